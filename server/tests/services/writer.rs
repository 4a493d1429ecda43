//! The writer of SQLite answers each command with what became of it, whatever another command of its group does.

use std::sync::Arc;

use server::db::{Engine, Fault, Store};
use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::support::world_on;
use crate::world::World;

async fn on_sqlite() -> World {
    world_on(Engine::Sqlite).await.expect("a world on SQLite")
}

/// What a command does after its insert.
#[derive(Clone, Copy)]
enum Then {
    Succeeds,
    Fails,
    Panics,
    /// As SQLite does by itself where the disk is full: the whole transaction is gone.
    TakesAllBack,
}

async fn insert(store: Store, name: &'static str, then: Then) -> Result<(), Fault> {
    let written = store.write((), move |connection, ()| {
        Box::pin(async move {
            let statement = format!("insert into synchronisation values ({name}, 0)");
            connection.execute(AssertSqlSafe(statement)).await?;
            match then {
                Then::Succeeds => Ok(()),
                Then::Fails => Err(Fault::Internal("refused".into())),
                Then::Panics => panic!("a bug"),
                Then::TakesAllBack => {
                    connection.execute("rollback").await?;
                    Err(Fault::Internal("full".into()))
                }
            }
        })
    });
    written.await
}

/// Runs the commands in one group: they are queued while the writer is busy with another.
async fn together(world: &World, commands: &[(&'static str, Then)]) -> Vec<Result<(), Fault>> {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, started, waits) = (world.state.store.clone(), Arc::clone(&begun), Arc::clone(&go_on));
    let busy = tokio::spawn(async move {
        let waiting = store.write((), move |_, ()| {
            let (started, waits) = (Arc::clone(&started), Arc::clone(&waits));
            Box::pin(async move {
                started.notify_one();
                waits.notified().await;
                Ok(())
            })
        });
        waiting.await
    });
    begun.notified().await;
    let mut queued: Vec<JoinHandle<Result<(), Fault>>> = Vec::new();
    for (name, then) in commands {
        queued.push(tokio::spawn(insert(world.state.store.clone(), name, *then)));
        // The order of the queue is that of the list.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    go_on.notify_one();
    busy.await.expect("no panic").expect("it is written");
    let mut outcomes = Vec::new();
    for command in queued {
        outcomes.push(command.await.expect("the asker does not panic"));
    }
    outcomes
}

async fn what_one_does_concerns_no_other(then: Then) {
    let world = on_sqlite().await;
    let commands = [("11", Then::Succeeds), ("12", then), ("13", Then::Succeeds)];
    let outcomes = together(&world, &commands).await;
    let fine: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(fine, [true, false, true], "{outcomes:?}");
    for (id, stands) in [(11, 1), (12, 0), (13, 1)] {
        let found = world.number(&format!("select count(*) from synchronisation where id = {id}")).await;
        assert_eq!(found, stands, "{id} was told {:?}", outcomes[usize::try_from(id).expect("small") - 11]);
    }
    assert!(insert(world.state.store.clone(), "14", Then::Succeeds).await.is_ok(), "the writer goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_takes_back_nothing_of_another() {
    what_one_does_concerns_no_other(Then::Fails).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_panics_takes_back_nothing_of_another_and_the_writer_goes_on() {
    what_one_does_concerns_no_other(Then::Panics).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_the_database_takes_back_is_begun_again_for_the_others() {
    what_one_does_concerns_no_other(Then::TakesAllBack).await;
}
