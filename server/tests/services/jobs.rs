//! What is due is done for everybody, whatever cannot be done for one.

use chrono::TimeDelta;
use rules::order::OrderState;
use server::db::orders::OrderKey;
use server::jobs;
use server::sandbox::Faults;
use tokio::sync::watch;

use crate::provider::Watched;
use crate::support::worlds;
use crate::world::World;

/// No event can follow this one: whatever is to happen to the order fails.
async fn poison(world: &World, order: &OrderKey) {
    world
        .run(format!(
            "insert into order_events values ('{}', '{}', {}, 0, 'poison', 'placed', 'test', '-', '', '')",
            order.person_id,
            order.id,
            i64::MAX
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_lapse_keeps_no_other_from_it() {
    for world in worlds().await {
        let (poisoned, other) = (world.placed(&["r1"]).await, world.placed(&["r2"]).await);
        poison(&world, &poisoned).await;
        world.clock.advance(TimeDelta::hours(3));
        jobs::orders::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&poisoned).await, OrderState::Placed);
        assert_eq!(world.order_state(&other).await, OrderState::Lapsed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_registry_that_nobody_can_read_keeps_no_other_waiting() {
    for world in worlds().await {
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
        jobs::orders::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&order).await, OrderState::Cancelled);
        let open = "select id from outbox where done_at is null and kind <> 'sms'";
        assert_eq!(world.text(open).await.as_deref(), Some("1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_or_refund_that_cannot_be_noted_keeps_no_other_waiting() {
    for world in worlds().await {
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
        jobs::orders::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&poisoned).await, OrderState::Paying);
        assert_eq!(world.order_state(&settles).await, OrderState::Settled);
        world.clock.advance(TimeDelta::minutes(1));
        jobs::orders::once(&world.state).await.unwrap();
        world.until(&comes_back, OrderState::Refunded).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_keeps_no_lapse_waiting() {
    for mut world in worlds().await {
        let asked = world.placed(&["r1"]).await;
        world.open_payment(&asked).await;
        let provider = Watched::before(&mut world);
        provider.hush();
        world.clock.advance(TimeDelta::minutes(1));
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(jobs::orders::run(world.state.clone(), stopped));
        while provider.asked("query") == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let order = world.placed(&["r2"]).await;
        world.clock.advance(TimeDelta::hours(3));
        world.until(&order, OrderState::Lapsed).await;
        stop.send_replace(true);
        running.await.unwrap();
    }
}
