//! The person accepted certain records at certain amounts: nothing else is held, and nothing else is settled.

use std::sync::{Arc, Mutex};

use crate::support::place;
use app::api::ServiceError;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::engine::end;
use server::engine::payments::reconcile;
use server::invariants;
use server::jobs;
use server::sandbox::Faults;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

use crate::support::world_on;
use crate::world::World;

/// Changes that the feed or the person may make between placing and the payment's arrival, and the refund's reason.
const CHANGES: [(&str, &str); 7] = [
    ("fine = 25000", "refund.amount-changed"),
    ("fine = 15000", "refund.amount-changed"),
    ("points = 3", "refund.amount-changed"),
    ("points = 0", "refund.amount-changed"),
    ("code = '1116'", "refund.record-changed"),
    ("disputed = 1", "refund.disputed"),
    ("registry_state = 'processed-elsewhere'", "refund.processed-elsewhere"),
];

/// The record when it is accepted.
const BEFORE: &str = "points = 1";

async fn change(world: &World, change: &str) {
    world.run(format!("update camera_records set {change} where id = 'r1'")).await;
}

async fn comes_back_for(world: &World, reason: &str) {
    jobs::cases::once(&world.state).await.unwrap();
    let refunded = "select o.reason from cases o join refunds r on r.case_id = o.id where r.state = 'done' \
                    and r.reason = o.reason and r.amount = 40000";
    assert_eq!(world.text(refunded).await.as_deref(), Some(reason), "{:?}", world.engine());
    assert_eq!(world.number("select count(*) from receipts").await, 0);
    assert_eq!(world.number("select count(*) from camera_records where state = 'held'").await, 0);
    world.every_promise_holds().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_changed_since_it_was_accepted_is_not_settled_and_the_money_goes_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    for (what, reason) in CHANGES {
        if let Some(world) = world_on(engine).await {
            change(&world, BEFORE).await;
            let order = world.placed(&["r1", "r2"]).await;
            let page = world.open_payment(&order).await;
            change(&world, what).await;
            world.press(&page, "pay").await;
            world.until(&order, CaseState::Refunding).await;
            comes_back_for(&world, reason).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_late_payment_does_not_settle_at_the_amounts_of_before(#[values(Sqlite, Postgres)] engine: Engine) {
    for (what, reason) in [CHANGES[0], CHANGES[3]] {
        if let Some(world) = world_on(engine).await {
            world.faults(Faults { lose_notifications: true, ..Faults::default() });
            let order = world.placed(&["r1", "r2"]).await;
            let page = world.open_payment(&order).await;
            world.press(&page, "pay").await;
            world.clock.advance(chrono::TimeDelta::hours(2));
            assert!(end::lapse(&world.state, &order).await.unwrap());
            change(&world, what).await;
            reconcile::ask_provider(&world.state, &order).await.unwrap();
            comes_back_for(&world, reason).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_at_another_amount_is_a_broken_promise(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        world.every_promise_holds().await;
        for (column, promise) in
            [("fine", "ORDER_UNLIKE_ITS_RECORDS"), ("points", "SETTLED_UNLIKE_ITS_DECISION")]
        {
            world.run(format!("update order_records set {column} = {column} + 1")).await;
            let broken = invariants::broken(&world.state.store, &world.state.procedures).await.unwrap();
            let found = |name: &str| broken.iter().any(|line| line.starts_with(name));
            assert!(found("SETTLED_UNLIKE_ITS_DECISION") && found(promise), "{broken:?}");
            world.run(format!("update order_records set {column} = {column} - 1")).await;
        }
        world.every_promise_holds().await;
    }
}

/// Runs the statement on a connection of its own; none where the engine lets nobody in between.
fn from_elsewhere(url: &str, statement: &str) -> Option<()> {
    let (url, statement) = (url.to_owned(), statement.to_owned());
    let running = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = AnyConnection::connect(&url).await.unwrap();
            if url.starts_with("sqlite") {
                connection.execute("pragma busy_timeout = 100").await.unwrap();
            }
            connection.execute(AssertSqlSafe(statement)).await.ok().map(drop)
        })
    });
    running.join().unwrap()
}

/// What another connection commits while an order is being placed: between reading the record and holding it.
const BETWEEN: [&str; 4] = [
    "update camera_records set disputed = 1 where id = 'r1'",
    "update camera_records set fine = 10000, updated_at = updated_at + 1 where id = 'r1'",
    "update camera_records set points = 6, updated_at = updated_at + 1 where id = 'r1'",
    "update camera_records set location = '别处', updated_at = updated_at + 1 where id = 'r1'",
];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_changes_while_it_is_read_is_not_held(#[values(Sqlite, Postgres)] engine: Engine) {
    for statement in BETWEEN {
        if let Some(world) = world_on(engine).await {
            let chosen = world.chosen(&["r1"]);
            let code = world.code(&chosen).await;
            let (url, came_between) = (world.url.clone(), Arc::new(Mutex::new(None)));
            let seen = Arc::clone(&came_between);
            fail::cfg_callback("case.place.loaded", move || {
                *seen.lock().unwrap() = from_elsewhere(&url, statement);
            })
            .unwrap();
            let placed = place(&world.state, world.placing("between", &chosen, &code)).await;
            fail::remove("case.place.loaded");
            if world.engine() == Sqlite {
                assert_eq!(*came_between.lock().unwrap(), None, "one writer: nobody comes in between");
                assert!(placed.is_ok());
                continue;
            }
            assert_eq!(*came_between.lock().unwrap(), Some(()), "{statement}");
            let Err(Fault::Service(ServiceError::Invalid(errors))) = placed else { panic!("{placed:?}") };
            assert_eq!(errors[0].text, "error.records.changed", "{statement}");
            for nothing in ["cases", "holds", "order_records", "case_events"] {
                assert_eq!(world.number(&format!("select count(*) from {nothing}")).await, 0, "{nothing}");
            }
            assert_eq!(world.number("select count(*) from sms_codes where used_at is not null").await, 0);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_does_not_change_while_its_order_settles(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        world.press(&page, "pay").await;
        let (url, changing) = (world.url.clone(), Arc::new(Mutex::new(None)));
        let begun = Arc::clone(&changing);
        fail::cfg_callback("order.records-locked", move || {
            let url = url.clone();
            let statement = "update camera_records set fine = 10000 where id = 'r1'";
            *begun.lock().unwrap() = Some(std::thread::spawn(move || from_elsewhere(&url, statement)));
            std::thread::sleep(std::time::Duration::from_millis(300));
        })
        .unwrap();
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        fail::remove("order.records-locked");
        changing.lock().unwrap().take().expect("somebody tried").join().unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        world.every_promise_holds().await;
    }
}
