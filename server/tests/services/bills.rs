//! The provider's bill of each day is compared with our books: every difference is found, and nothing else.

use chrono::NaiveDate;
use rstest::rstest;
use rules::kernel::CaseState;
use server::clock::Clock;
use server::db::Engine::{self, Postgres, Sqlite};
use server::engine::payments::bill::{self, Books};
use server::gateways::payment::PaymentProvider;
use server::jobs;
use server::sandbox::{Faults, Payment};

use crate::provider::Watched;
use crate::support::world_on;
use crate::world::World;

fn books(world: &World) -> Books<'_> {
    let (provider, clock): (&dyn PaymentProvider, &dyn Clock) = (&*world.state.payment, &*world.state.clock);
    Books { store: &world.state.store, provider, clock }
}

async fn paid(world: &World, record: &str, state: CaseState) {
    let order = world.placed(&[record]).await;
    let page = world.open_payment(&order).await;
    world.press(&page, "pay").await;
    world.until(&order, state).await;
}

fn today(world: &World) -> NaiveDate {
    rules::calendar::local(world.state.clock.now()).date()
}

fn next_morning(world: &World) {
    world.clock.set("2026-11-19T02:00:00Z".parse().unwrap());
}

/// Difference, kind, number, ours, theirs of every stored row.
async fn differences(world: &World) -> Vec<String> {
    let rows = world.number("select count(*) from bill_differences").await;
    let mut found = Vec::new();
    for row in 0..rows {
        let text = "difference || ' ' || kind || ' ' || number || ' ' || coalesce(cast(ours as text), '-') || ' ' || \
                    coalesce(cast(theirs as text), '-')";
        let query = format!(
            "select {text} from bill_differences order by difference, kind, number limit 1 offset {row}"
        );
        found.extend(world.text(&query).await);
    }
    found
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn books_that_agree_show_no_difference_and_a_bill_is_fetched_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        paid(&world, "r1", CaseState::Settled).await;
        world.run("update camera_records set disputed = 1 where id = 'r2'".into()).await;
        world.run("update camera_records set disputed = 0 where id = 'r2'".into()).await;
        let order = world.placed(&["r2"]).await;
        let page = world.open_payment(&order).await;
        world.run("update camera_records set disputed = 1 where id = 'r2'".into()).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Refunding).await;
        jobs::cases::once(&world.state).await.unwrap();
        world.until(&order, CaseState::Refunded).await;
        let provider = Watched::before(&mut world);
        jobs::bill::once(&world.state).await.unwrap();
        assert_eq!(provider.asked("bill"), 0, "today's bill is not asked for");
        next_morning(&world);
        for _ in 0..3 {
            jobs::bill::once(&world.state).await.unwrap();
        }
        assert_eq!(provider.asked("bill"), 1);
        assert_eq!(differences(&world).await, Vec::<String>::new());
        assert_eq!(world.number("select count(*) from bill_lines").await, 3);
        assert_eq!(
            world.number("select count(*) from bills where day = '2026-11-18' and body <> ''").await,
            1
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_row_that_differs_is_found_and_stays_until_it_is_mended(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        for record in ["r1", "r2", "r3"] {
            paid(&world, record, CaseState::Settled).await;
        }
        let day = today(&world);
        let numbers: Vec<String> = {
            let mut till = world.sandbox.till.lock().unwrap();
            let known: Vec<Payment> = till.payments.values().cloned().collect();
            till.payments.remove(&known[0].out_trade_no);
            till.keep(Payment { amount: known[1].amount + 5, ..known[1].clone() });
            till.keep(Payment { out_trade_no: "LT-STRANGE".into(), ..known[2].clone() });
            known.into_iter().map(|payment| payment.out_trade_no).collect()
        };
        next_morning(&world);
        jobs::bill::once(&world.state).await.unwrap();
        let expected = [
            "missing-here payment LT-STRANGE - 20000".to_owned(),
            format!("missing-there payment {} 20000 -", numbers[0]),
            format!("other-amount payment {} 20000 20005", numbers[1]),
        ];
        assert_eq!(differences(&world).await, expected);
        let again = bill::compare(books(&world), day).await.unwrap();
        assert_eq!((again.len(), differences(&world).await.len()), (3, 3), "comparing again adds nothing");
        world
            .run(format!("update payments set captured_amount = 20005 where out_trade_no = '{}'", numbers[1]))
            .await;
        assert_eq!(bill::compare(books(&world), day).await.unwrap().len(), 2, "what was mended goes");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_bill_that_fails_comes_later_and_a_day_without_payments_has_none(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        paid(&world, "r1", CaseState::Settled).await;
        next_morning(&world);
        world.faults(Faults { fail_requests: 1, ..Faults::default() });
        jobs::bill::once(&world.state).await.unwrap();
        assert_eq!(world.number("select count(*) from bills").await, 0);
        world.clock.advance(chrono::TimeDelta::days(2));
        jobs::bill::once(&world.state).await.unwrap();
        assert_eq!(world.number("select count(*) from bills").await, 3);
        assert_eq!(
            world.number("select count(*) from bills where body = ''").await,
            2,
            "two days of nothing"
        );
        assert_eq!(differences(&world).await, Vec::<String>::new());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_a_bill_for_our_payments_is_a_difference_in_the_end(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        paid(&world, "r1", CaseState::Settled).await;
        world.sandbox.till.lock().unwrap().payments.clear();
        next_morning(&world);
        assert_eq!(bill::fetch(books(&world), "2026-11-18".parse().unwrap()).await.unwrap(), None);
        world.clock.advance(chrono::TimeDelta::days(1));
        jobs::bill::once(&world.state).await.unwrap();
        let found = differences(&world).await;
        assert!(found.len() == 1 && found[0].starts_with("missing-there payment LT"), "{found:?}");
    }
}
