//! Money is never in doubt: captured once, settled or given back, whatever the provider does.

use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::db::cases::CaseKey;
use server::engine::end;
use server::engine::payments::reconcile;
use server::jobs;
use server::sandbox::Faults;
use server::services::orders::views;

use crate::support::{payer, world_on};
use crate::world::World;

async fn opened(world: &World) -> (CaseKey, String) {
    let order = world.placed(&["r1", "r2"]).await;
    let page = world.open_payment(&order).await;
    (order, page)
}

async fn settled_once(world: &World) {
    assert_eq!(world.number("select count(*) from payments where state = 'captured'").await, 1);
    assert_eq!(world.number("select count(*) from receipts").await, 1);
    assert_eq!(world.number("select count(*) from camera_records where state = 'processed'").await, 2);
    world.every_promise_holds().await;
}

/// What was taken goes back by the job, once.
async fn comes_back(world: &World, order: &CaseKey) {
    world.until(order, CaseState::Refunding).await;
    world.every_promise_holds().await;
    jobs::cases::once(&world.state).await.unwrap();
    world.until(order, CaseState::Refunded).await;
    world.every_promise_holds().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_fine_is_paid(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        assert!(page.contains("prepay_id=wx"), "{page}");
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        settled_once(&world).await;
        let receipt = world.text("select canonical from receipts").await.unwrap();
        let signature = world.text("select signature from receipts").await.unwrap();
        assert!(world.state.signer.verify(&receipt, &signature));
        assert!(receipt.contains("amount 400.00 CNY"), "{receipt}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn notifications_repeated_late_and_out_of_order_settle_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { repeat: 9, delay_ms: 50, reorder: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        settled_once(&world).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_notification_is_found_by_asking(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "pay").await;
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        settled_once(&world).await;
    }
}

/// Values of an order's own rows that their types do not accept.
const CORRUPT: [(&str, &str, &str); 7] = [
    ("accounts", "identity", "'face'"),
    ("camera_records", "penalty", "'exile'"),
    ("camera_records", "region", "'0'"),
    ("order_records", "points", "-1"),
    ("cases", "state", "'lost'"),
    ("cases", "kind", "'favour'"),
    ("cases", "body", "replace(body, '\"version\":1', '\"version\":2')"),
];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_value_is_named_and_neither_settles_nor_gives_money_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "pay").await;
        for (table, column, value) in CORRUPT {
            let row = match table {
                "accounts" => "id = 'a1'",
                "camera_records" => "id = 'r1'",
                _ => "1 = 1",
            };
            let old = world.text(&format!("select cast({column} as text) from {table} where {row}")).await;
            let old = old.expect("a row");
            world.run(format!("update {table} set {column} = {value} where {row}")).await;
            let fault = reconcile::ask_provider(&world.state, &order).await.expect_err("a corrupt value");
            let Fault::Corrupt { place, .. } = &fault else { panic!("{table}.{column}: {fault}") };
            let named = place.contains("server::db::") || place.starts_with("cases:");
            assert!(place.contains(column) && named, "{place}");
            let old = if column == "points" { old } else { format!("'{old}'") };
            world.run(format!("update {table} set {column} = {old} where {row}")).await;
            assert_eq!(world.order_state(&order).await, CaseState::Paying, "{table}.{column}");
            assert_eq!(world.number("select count(*) from refunds").await, 0, "{table}.{column}");
            world.clock.advance(chrono::TimeDelta::minutes(1));
        }
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        settled_once(&world).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn forged_notifications_and_other_amounts_change_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        for faults in [
            Faults { forge_signature: true, ..Faults::default() },
            Faults { wrong_amount: true, ..Faults::default() },
        ] {
            world.faults(faults);
            let record = if world.number("select count(*) from cases").await == 0 { "r1" } else { "r2" };
            let order = world.placed(&[record]).await;
            let page = world.open_payment(&order).await;
            world.press(&page, "pay").await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert_eq!(world.order_state(&order).await, CaseState::Paying);
            assert_eq!(world.number("select count(*) from payments where state = 'captured'").await, 0);
            reconcile::ask_provider(&world.state, &order).await.unwrap();
            assert_eq!(world.order_state(&order).await, CaseState::Settled, "asked, it was paid");
            world.run("delete from payments".into()).await;
            world.run("delete from ledger".into()).await;
            world.run("delete from receipts".into()).await;
            world.run("update cases set state = 'lapsed'".into()).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_after_the_lapse_settles_when_its_records_are_still_free(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "pay").await;
        world.clock.advance(chrono::TimeDelta::hours(2));
        assert!(end::lapse(&world.state, &order).await.unwrap());
        world.every_promise_holds().await;
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        settled_once(&world).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_after_the_lapse_comes_back_when_a_record_is_taken(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "pay").await;
        world.clock.advance(chrono::TimeDelta::hours(2));
        assert!(end::lapse(&world.state, &order).await.unwrap());
        let second = world.placed(&["r1"]).await;
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        comes_back(&world, &order).await;
        assert_eq!(world.order_state(&second).await, CaseState::Placed);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_records_no_longer_eligible_comes_back(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        world.run("update camera_records set disputed = 1 where id = 'r2'".into()).await;
        world.press(&page, "pay").await;
        comes_back(&world, &order).await;
        assert_eq!(world.number("select count(*) from camera_records where state = 'unprocessed'").await, 5);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_record_processed_elsewhere_meanwhile_comes_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        world
            .run("update camera_records set registry_state = 'processed-elsewhere' where id = 'r2'".into())
            .await;
        world.press(&page, "pay").await;
        comes_back(&world, &order).await;
        let state = world.text("select state from camera_records where id = 'r2'").await;
        assert_eq!(state.as_deref(), Some("processed-elsewhere"));
        assert_eq!(world.number("select count(*) from camera_records where state = 'unprocessed'").await, 4);
        assert_eq!(world.number("select count(*) from receipts").await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_vehicle_sold_since_comes_back(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        world.run("update vehicles set owner_id = 'buyer' where id = 'v1'".into()).await;
        world.press(&page, "pay").await;
        comes_back(&world, &order).await;
        let reason = world.text("select reason from cases").await;
        assert_eq!(reason.as_deref(), Some("refund.no-longer-eligible"));
        assert_eq!(world.number("select count(*) from camera_records where state = 'unprocessed'").await, 5);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn declined_and_then_paid_is_paid(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        world.faults(Faults { say_failed_then_paid: true, ..Faults::default() });
        let (order, page) = opened(&world).await;
        world.press(&page, "decline").await;
        assert_eq!(world.order_state(&order).await, CaseState::Paying, "failed is not the last word");
        world.until(&order, CaseState::Settled).await;
        settled_once(&world).await;
    }
}

/// The person's bank said no, and we know it; gives the provider's page.
async fn declined(world: &World) -> (CaseKey, String) {
    let (order, page) = opened(world).await;
    world.press(&page, "decline").await;
    reconcile::ask_provider(&world.state, &order).await.unwrap();
    assert_eq!(world.order_state(&order).await, CaseState::Placed);
    assert_eq!(world.text("select state from payments").await.as_deref(), Some("closed"));
    (order, page)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_payment_failed_is_paid_anew_under_another_number(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (order, first) = declined(&world).await;
        let second = world.open_payment(&order).await;
        assert_ne!(first, second);
        world.press(&first, "pay").await;
        assert_eq!(world.order_state(&order).await, CaseState::Paying, "the first number is closed");
        world.press(&second, "pay").await;
        world.until(&order, CaseState::Settled).await;
        settled_once(&world).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_on_a_number_that_failed_is_not_lost_and_what_comes_twice_goes_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (order, first) = declined(&world).await;
        let second = world.open_payment(&order).await;
        {
            let mut till = world.sandbox.till.lock().unwrap();
            let mut reopened = till.payments.values().next().unwrap().clone();
            reopened.state = "NOTPAY".into();
            till.keep(reopened);
        }
        world.press(&first, "pay").await;
        world.until(&order, CaseState::Settled).await;
        settled_once(&world).await;
        world.press(&second, "pay").await;
        world.clock.advance(chrono::TimeDelta::minutes(1));
        for _ in 0..2 {
            jobs::cases::once(&world.state).await.unwrap();
        }
        assert_eq!(world.number("select count(*) from payments where state = 'captured'").await, 2);
        let refund = world.text("select state from refunds").await;
        assert_eq!(refund.as_deref(), Some("done"));
        let mut connection = world.state.store.read().await.unwrap();
        let shown = views::order(&world.state, &mut connection, &order).await.unwrap();
        let [refund] = &shown.refunds[..] else { panic!("{:?}", shown.refunds) };
        assert_eq!((refund.reason.as_str(), refund.amount), ("refund.paid-twice", shown.fine));
        assert!(refund.done_at.is_some());
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_nothing_settles_as_it_is_placed(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        world.run("update camera_records set penalty = 'warning', fine = 0 where id = 'r5'".into()).await;
        let order = world.placed(&["r5"]).await;
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        assert_eq!(world.number("select count(*) from payments").await, 0);
        assert_eq!(world.number("select count(*) from camera_records where state = 'processed'").await, 1);
        let receipt = world.text("select canonical from receipts").await.unwrap();
        assert!(receipt.contains("amount 0.00 CNY"), "{receipt}");
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_fails_can_be_asked_again(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1", "r2"]).await;
        world.faults(Faults { fail_requests: 1, ..Faults::default() });
        let failed = server::engine::payments::open::open(&world.state, &order, &payer()).await;
        assert!(failed.is_err());
        let page = world.open_payment(&order).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        settled_once(&world).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_closes_its_payment_so_that_no_money_can_come(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        end::cancel(&world.state, &order, "a1").await.unwrap();
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        let state = world.text("select state from payments").await;
        assert_eq!(state.as_deref(), Some("closed"));
        world.press(&page, "pay").await;
        reconcile::ask_provider(&world.state, &order).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Cancelled);
        world.every_promise_holds().await;
    }
}

/// The order can be paid anew, and the money that was not asked for is back.
async fn other_amount_goes_back(world: &World, order: &CaseKey, taken: i64) {
    assert_eq!(world.order_state(order).await, CaseState::Placed, "{:?}", world.engine());
    assert_eq!(world.text("select state from payments").await.as_deref(), Some("other-amount"));
    world.every_promise_holds().await;
    jobs::cases::once(&world.state).await.unwrap();
    let back = format!(
        "select count(*) from refunds where state = 'done' and reason = 'refund.other-amount' and amount = {taken}"
    );
    assert_eq!(world.number(&back).await, 1);
    world.every_promise_holds().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn money_of_another_amount_goes_back_and_the_order_can_be_paid_anew(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    for (faults, taken) in [
        (Faults { take_other_amount: true, lose_notifications: true, ..Faults::default() }, 40_100),
        (Faults { coupon: true, lose_notifications: true, ..Faults::default() }, 40_000),
    ] {
        if let Some(mut world) = world_on(engine).await {
            let (order, page) = opened(&world).await;
            world.faults(faults.clone());
            world.press(&page, "pay").await;
            reconcile::ask_provider(&world.state, &order).await.unwrap();
            other_amount_goes_back(&world, &order, taken).await;
            let provider = crate::provider::Watched::before(&mut world);
            for _ in 0..20 {
                world.clock.advance(chrono::TimeDelta::minutes(1));
                jobs::cases::once(&world.state).await.unwrap();
            }
            assert_eq!(provider.asked("query"), 0, "nobody asks for ever");
            world.faults(Faults::default());
            let page = world.open_payment(&order).await;
            world.press(&page, "pay").await;
            world.until(&order, CaseState::Settled).await;
            settled_once(&world).await;
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_another_amount_has_the_provider_asked_at_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (order, page) = opened(&world).await;
        world.faults(Faults { take_other_amount: true, ..Faults::default() });
        world.press(&page, "pay").await;
        for _ in 0..100 {
            if world.number("select count(*) from notification_nonces").await > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        for _ in 0..100 {
            jobs::cases::once(&world.state).await.unwrap();
            if world.number("select count(*) from refunds where state = 'done'").await == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        other_amount_goes_back(&world, &order, 40_100).await;
    }
}

/// An order in Chongqing, whose system closes at ten in the evening, placed at 21:30.
async fn in_chongqing(world: &World) -> CaseKey {
    world.run("update camera_records set region = '500108'".into()).await;
    world.run("update vehicles set plate = '渝A12345'".into()).await;
    world.clock.set("2026-11-18T13:28:59Z".parse().unwrap());
    world.placed(&["r1"]).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_providers_page_takes_no_money_while_the_place_is_closed(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = in_chongqing(&world).await;
        let first = world.open_payment(&order).await;
        let closes: rules::Moment = "2026-11-18T14:00:00Z".parse().unwrap();
        let expires = world.number("select expires_at from payments").await;
        assert_eq!(expires, closes.timestamp_millis());
        assert!(world.number("select deadline_at from cases").await > expires);
        {
            let till = world.sandbox.till.lock().unwrap();
            assert_eq!(till.payments.values().next().unwrap().expires_at, closes);
        }
        world.clock.set(closes);
        world.press(&first, "pay").await;
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Placed);
        assert_eq!(world.text("select state from payments").await.as_deref(), Some("closed"));
        let closed = server::engine::payments::open::open(&world.state, &order, &payer()).await;
        assert!(closed.is_err(), "closed until one in the morning");
        world.clock.set("2026-11-18T17:00:00Z".parse().unwrap());
        let second = world.open_payment(&order).await;
        assert_ne!(first, second);
        world.press(&second, "pay").await;
        world.until(&order, CaseState::Settled).await;
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_ran_out_keeps_no_new_one_of_the_order_from_being_paid(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = in_chongqing(&world).await;
        world.open_payment(&order).await;
        world.clock.set("2026-11-18T17:00:00Z".parse().unwrap());
        let second = world.open_payment(&order).await;
        assert_eq!(world.number("select count(*) from payments where state = 'open'").await, 2);
        jobs::cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&order).await, CaseState::Paying, "the second is still open");
        assert_eq!(world.number("select count(*) from payments where state = 'open'").await, 1);
        world.press(&second, "pay").await;
        world.until(&order, CaseState::Settled).await;
        world.every_promise_holds().await;
    }
}
