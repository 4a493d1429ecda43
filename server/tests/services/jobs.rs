//! What is due is done for everybody, whatever cannot be done for one.

use chrono::TimeDelta;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::cases::CaseKey;
use server::db::{Fault, Store};
use server::jobs;
use server::sandbox::Faults;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tokio_util::sync::CancellationToken;

use crate::provider::Watched;
use crate::support::world_on;
use crate::world::World;

/// No event can follow this one: whatever is to happen to the order fails.
async fn poison(world: &World, order: &CaseKey) {
    world
        .run(format!(
            "insert into case_events values ('{}', '{}', {}, 0, 'poison', 'placed', 'test', null, '-', '', '')",
            order.person_id,
            order.id,
            i64::MAX
        ))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_lapse_keeps_no_other_from_it(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let (poisoned, other) = (world.placed(&["r1"]).await, world.placed(&["r2"]).await);
        poison(&world, &poisoned).await;
        world.clock.advance(TimeDelta::hours(3));
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&poisoned).await, CaseState::Placed);
        assert_eq!(world.order_state(&other).await, CaseState::Lapsed);
    }
}

/// A session that hangs in the middle of a transaction, as on a lost machine.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_record_stays_locked_keeps_no_other_from_lapsing() {
    if let Some(world) = world_on(Postgres).await {
        let (locked, other) = (world.placed(&["r1"]).await, world.placed(&["r2"]).await);
        let mut hanging = AnyConnection::connect(&world.url).await.unwrap();
        hanging.execute("begin").await.unwrap();
        hanging.execute("update camera_records set code = code where id = 'r1'").await.unwrap();
        world.clock.advance(TimeDelta::hours(3));
        let state = world.state.clone();
        let lapsing = tokio::spawn(async move { jobs::cases::once(&state).await });
        world.until(&other, CaseState::Lapsed).await;
        assert_eq!(world.order_state(&locked).await, CaseState::Placed);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(20), lapsing).await;
        ended.expect("a lock is not waited for longer").unwrap().unwrap();
        hanging.execute("rollback").await.unwrap();
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&locked).await, CaseState::Lapsed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connection_to_postgres_has_limits_of_time() {
    if let Some(world) = world_on(Postgres).await {
        for (setting, value) in [
            ("statement_timeout", "10s"),
            ("lock_timeout", "4s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ] {
            let question = format!("select current_setting('{setting}')");
            assert_eq!(world.text(&question).await.as_deref(), Some(value), "readers: {setting}");
            let told = world.state.store.write(question, move |connection, question| {
                Box::pin(async move {
                    let told = sqlx::query_scalar(AssertSqlSafe(question)).fetch_one(connection).await?;
                    Ok::<String, Fault>(told)
                })
            });
            assert_eq!(told.await.unwrap(), value, "writers: {setting}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_to_postgres_that_must_be_encrypted_is_or_fails_with_a_clear_error() {
    if let Some(world) = world_on(Postgres).await {
        let offered = world.text("select current_setting('ssl')").await;
        let opened = Store::open(&format!("{}?sslmode=require", world.url)).await;
        match (offered.as_deref(), opened) {
            (Some("on"), Ok(store)) => {
                let question = "select cast(ssl as text) from pg_stat_ssl where pid = pg_backend_pid()";
                let mut connection = store.read().await.unwrap();
                let encrypted: String =
                    sqlx::query_scalar(question).fetch_one(&mut *connection).await.unwrap();
                assert_eq!(encrypted, "true");
            }
            (Some("off"), Err(fault)) => {
                let told = fault.to_string();
                assert!(told.contains("TLS") && !told.contains("without TLS support"), "{told}");
            }
            (offered, opened) => panic!("the server has ssl {offered:?}: {:?}", opened.err()),
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_registry_that_nobody_can_read_keeps_no_other_waiting(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let body = format!(r#"{{"person":"{}","order":"{}"}}"#, order.person_id, order.id);
        for (id, body) in [("1", "torn"), ("2", body.as_str())] {
            world
                .run(format!(
                    "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until) \
                     values ('{id}', 'record-processed-elsewhere', '', '{body}', 0, 0, 0, 0)"
                ))
                .await;
        }
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Cancelled);
        let open = "select id from outbox where done_at is null and kind <> 'sms'";
        assert_eq!(world.text(open).await.as_deref(), Some("1"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_or_refund_that_cannot_be_noted_keeps_no_other_waiting(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let (poisoned, settles, comes_back) =
            (world.placed(&["r1"]).await, world.placed(&["r2"]).await, world.placed(&["r3"]).await);
        for order in [&poisoned, &settles, &comes_back] {
            let page = world.open_payment(order).await;
            world.press(&page, "pay").await;
        }
        poison(&world, &poisoned).await;
        world.run("update camera_records set disputed = 1 where id = 'r3'".into()).await;
        world.clock.advance(TimeDelta::minutes(1));
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&poisoned).await, CaseState::Paying);
        assert_eq!(world.order_state(&settles).await, CaseState::Settled);
        world.clock.advance(TimeDelta::minutes(1));
        jobs::cases::once(&world.state).await.unwrap();
        world.until(&comes_back, CaseState::Refunded).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_keeps_no_lapse_waiting(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(mut world) = world_on(engine).await {
        let asked = world.placed(&["r1"]).await;
        world.open_payment(&asked).await;
        let provider = Watched::before(&mut world);
        provider.hush();
        world.clock.advance(TimeDelta::minutes(1));
        let stop = CancellationToken::new();
        let running = tokio::spawn(jobs::cases::run(world.state.clone(), stop.clone()));
        while provider.asked("query") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let order = world.placed(&["r2"]).await;
        world.clock.advance(TimeDelta::hours(3));
        world.until(&order, CaseState::Lapsed).await;
        stop.cancel();
        running.await.unwrap();
    }
}
