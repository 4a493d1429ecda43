//! How often the provider is asked, and about whom first.

use chrono::TimeDelta;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::engine::end;
use server::engine::payments::{open, reconcile};
use server::jobs;
use server::sandbox::Faults;

use crate::provider::Watched;
use crate::support::{payer, world_on};
use crate::world::World;

async fn payment_state(world: &World) -> String {
    world.text("select state from payments").await.expect("a payment")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_the_provider_never_saw_closes_when_the_time_to_pay_is_over(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        world.faults(Faults { fail_requests: 1, ..Faults::default() });
        assert!(open::open(&world.state, &order, &payer()).await.is_err());
        end::cancel(&world.state, &order, "a1").await.unwrap();
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(payment_state(&world).await, "opening", "the request may still arrive");
        world.clock.advance(TimeDelta::hours(2));
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(payment_state(&world).await, "closed");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn payments_without_an_answer_do_not_keep_newer_ones_waiting(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        for number in 0..150 {
            world
                .run(format!(
                    "insert into payments (person_id, case_id, provider, out_trade_no, amount, state, url, opened_at) \
                     values ('p', 'o', 'wechat', 'LOST{number}', 1, 'opening', '', 0)"
                ))
                .await;
        }
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.press(&page, "pay").await;
        world.clock.advance(TimeDelta::minutes(1));
        for _ in 0..2 {
            jobs::cases::once(&world.state).await.unwrap();
        }
        assert_eq!(world.order_state(&order).await, CaseState::Settled, "{:?}", world.engine());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_looked_at_again_and_again_asks_once_every_three_seconds(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        world.open_payment(&order).await;
        let provider = Watched::before(&mut world);
        for questions in 1..=3 {
            for _ in 0..5 {
                reconcile::ask_provider(&world.state, &order).await.unwrap();
            }
            assert_eq!(provider.asked("query"), questions);
            world.clock.advance(TimeDelta::seconds(3));
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_job_asks_ever_more_seldom_and_at_once_when_the_order_ends(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        world.open_payment(&order).await;
        let provider = Watched::before(&mut world);
        for _ in 0..600 {
            jobs::cases::once(&world.state).await.unwrap();
            world.clock.advance(TimeDelta::seconds(1));
        }
        assert_eq!(provider.asked("query"), 9, "after 20 seconds, then 2, 4, 8, … more");
        end::cancel(&world.state, &order, "a1").await.unwrap();
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(payment_state(&world).await, "closed");
    }
}
