//! Money on its way back arrives, or somebody sees to it.

use chrono::TimeDelta;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::cases::CaseKey;
use server::jobs;
use server::sandbox::Faults;

use crate::provider::Watched;
use crate::support::world_on;
use crate::world::World;

/// An order whose payment is to go back; the provider misbehaves as told from then on.
async fn refunding(world: &World, faults: Faults) -> CaseKey {
    let order = world.placed(&["r1"]).await;
    let page = world.open_payment(&order).await;
    world.run("update camera_records set disputed = 1 where id = 'r1'".into()).await;
    world.press(&page, "pay").await;
    world.until(&order, CaseState::Refunding).await;
    world.faults(faults);
    order
}

async fn seconds_pass(world: &World, seconds: usize) {
    for _ in 0..seconds {
        jobs::cases::once(&world.state).await.expect("the job runs");
        world.clock.advance(TimeDelta::seconds(1));
    }
}

fn quiet() -> Faults {
    Faults { lose_notifications: true, ..Faults::default() }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_told_once_and_asked_about_ever_more_seldom(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(mut world) = world_on(engine).await {
        let provider = Watched::before(&mut world);
        let order = refunding(&world, Faults { hold_refunds: true, ..quiet() }).await;
        seconds_pass(&world, 60).await;
        assert_eq!((provider.asked("refund"), provider.asked("query-refund")), (1, 4));
        world.faults(quiet());
        seconds_pass(&world, 60).await;
        assert_eq!(world.order_state(&order).await, CaseState::Refunded);
        assert_eq!((provider.asked("refund"), provider.asked("query-refund")), (1, 5));
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_never_arrived_is_told_again(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = refunding(&world, Faults { fail_requests: 2, ..quiet() }).await;
        seconds_pass(&world, 10).await;
        assert_eq!(world.order_state(&order).await, CaseState::Refunded);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_the_provider_closes_is_asked_for_under_another_number(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        for lose_notifications in [true, false] {
            let order = refunding(&world, Faults { close_refunds: 2, lose_notifications, ..quiet() }).await;
            for _ in 0..30 {
                seconds_pass(&world, 1).await;
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            world.until(&order, CaseState::Refunded).await;
            let number = "select out_refund_no from refunds order by requested_at desc limit 1";
            assert!(world.text(number).await.unwrap().ends_with("R3"));
            world.run("update camera_records set disputed = 0".into()).await;
            world.run("update cases set key = id".into()).await;
            world.faults(Faults::default());
        }
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_abnormal_refund_is_marked_for_an_operator_and_ends_when_they_have_seen_to_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let provider = Watched::before(&mut world);
        let order = refunding(&world, Faults { abnormal_refunds: true, ..quiet() }).await;
        seconds_pass(&world, 60).await;
        assert_eq!(world.text("select state from refunds").await.as_deref(), Some("abnormal"));
        assert_eq!((provider.asked("refund"), provider.asked("query-refund")), (1, 4));
        world.faults(quiet());
        seconds_pass(&world, 60).await;
        assert_eq!(world.order_state(&order).await, CaseState::Refunded);
        world.every_promise_holds().await;
    }
}
