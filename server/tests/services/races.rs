//! Two at once at the same order or person: each gets the answer that the other leaves.

use chrono::TimeDelta;
use futures::future::join_all;
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::engine::end;
use server::engine::payments::{open, reconcile};
use server::sandbox::Faults;

use crate::support::{payer, world_on};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn pay_pressed_many_times_at_once_opens_one_payment_for_all(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let pressed = join_all((0..20).map(|_| {
            let (state, order) = (world.state.clone(), order.clone());
            tokio::spawn(async move { open::open(&state, &order, &payer()).await.expect("a page") })
        }));
        let mut pages: Vec<String> = pressed.await.into_iter().map(Result::unwrap).collect();
        pages.dedup();
        assert_eq!(pages.len(), 1, "{:?} {pages:?}", world.engine());
        assert_eq!(world.number("select count(*) from payments").await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_and_the_lapse_at_once_end_the_order_once(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        for _ in 0..10 {
            let order = world.placed(&["r1"]).await;
            world.clock.advance(TimeDelta::hours(3));
            let ending = join_all((0..8).map(|each| {
                let (state, order) = (world.state.clone(), order.clone());
                tokio::spawn(async move {
                    if each % 2 == 0 {
                        end::cancel(&state, &order, "a1").await.expect("an answer");
                    } else {
                        end::lapse(&state, &order).await.expect("an answer");
                    }
                })
            }));
            ending.await.into_iter().for_each(|ended| ended.unwrap());
            let ends = format!("select count(*) from case_events where case_id = '{}'", order.id);
            assert_eq!(world.number(&ends).await, 2, "placed and ended once");
            world.run("update cases set key = id".into()).await;
        }
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_late_payments_at_once_do_not_pass_the_limit_of_points_together(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    for _ in 0..3 {
        if let Some(world) = world_on(engine).await {
            world.faults(Faults { lose_notifications: true, ..Faults::default() });
            let mut late = Vec::new();
            for records in [["r1", "r2"], ["r3", "r4"]] {
                let order = world.placed(&records).await;
                let page = world.open_payment(&order).await;
                world.press(&page, "pay").await;
                world.clock.advance(TimeDelta::hours(3));
                assert!(end::lapse(&world.state, &order).await.unwrap());
                late.push(order);
            }
            let asking = join_all(late.iter().map(|order| {
                let (state, order) = (world.state.clone(), order.clone());
                tokio::spawn(async move { reconcile::ask_provider(&state, &order).await.expect("an answer") })
            }));
            asking.await.into_iter().for_each(|asked| asked.unwrap());
            let mut states = [world.order_state(&late[0]).await, world.order_state(&late[1]).await];
            states.sort_by_key(|state| state.code());
            assert_eq!(states, [CaseState::Refunding, CaseState::Settled], "{:?}", world.engine());
            world.every_promise_holds().await;
        }
    }
}
