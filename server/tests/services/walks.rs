//! Whatever people, clocks, registry and provider do in whatever order: in the end every order has ended, and the
//! provider's books say the same as ours.

use crate::support::place;
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::cases::CaseKey;
use server::engine::end;
use server::engine::payments::{open, reconcile};
use server::jobs;
use server::sandbox::Faults;

use crate::support::{payer, world_on};
use crate::world::World;

const RECORDS: [&str; 5] = ["r1", "r2", "r3", "r4", "r5"];

/// One thing that happens. Orders and pages are chosen among those that there are by then.
#[derive(Clone, Debug)]
enum Step {
    Place(Vec<&'static str>),
    OpenPayment(usize),
    /// At the provider's page, however old it is.
    Press(usize, &'static str),
    Look(usize),
    Cancel(usize),
    Wait(i64),
    Jobs,
    Dispute(&'static str),
    ProcessedElsewhere(&'static str),
    /// The registry corrects a record: its fine, or its points.
    Corrected(&'static str, &'static str),
    Provider(Faults),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let record = || prop::sample::select(RECORDS.to_vec());
    let faults = prop::sample::select(vec![
        Faults::default(),
        Faults { lose_notifications: true, ..Faults::default() },
        Faults { repeat: 3, reorder: true, ..Faults::default() },
        Faults { fail_requests: 2, ..Faults::default() },
        Faults { wrong_amount: true, ..Faults::default() },
        Faults { say_failed_then_paid: true, ..Faults::default() },
        Faults { close_refunds: 1, ..Faults::default() },
        Faults { take_other_amount: true, ..Faults::default() },
        Faults { coupon: true, second_platform_key: true, ..Faults::default() },
    ]);
    let step = prop_oneof![
        4 => prop::sample::subsequence(RECORDS.to_vec(), 1..=3).prop_map(Step::Place),
        4 => any::<usize>().prop_map(Step::OpenPayment),
        4 => (any::<usize>(), prop::sample::select(vec!["pay", "pay", "decline"]))
            .prop_map(|(page, outcome)| Step::Press(page, outcome)),
        2 => any::<usize>().prop_map(Step::Look),
        1 => any::<usize>().prop_map(Step::Cancel),
        2 => prop::sample::select(vec![1, 20, 119, 121]).prop_map(Step::Wait),
        2 => Just(Step::Jobs),
        1 => record().prop_map(Step::Dispute),
        1 => record().prop_map(Step::ProcessedElsewhere),
        1 => (record(), prop::sample::select(vec!["fine = 35000 - fine", "points = 4 - points"]))
            .prop_map(|(record, change)| Step::Corrected(record, change)),
        2 => faults.prop_map(Step::Provider),
    ];
    prop::collection::vec(step, 5..30)
}

/// What has come into being on the way.
#[derive(Default)]
struct Walk {
    orders: Vec<CaseKey>,
    pages: Vec<String>,
}

impl Walk {
    fn order(&self, chosen: usize) -> Option<&CaseKey> {
        self.orders.get(chosen.checked_rem(self.orders.len())?)
    }

    async fn take(&mut self, world: &World, step: &Step) {
        match step {
            Step::Place(records) => self.place(world, records).await,
            Step::OpenPayment(chosen) => {
                let Some(order) = self.order(*chosen) else { return };
                let opened = open::open(&world.state, order, &payer()).await.ok();
                // An order that waits for no payment has no page but its own.
                self.pages.extend(opened.filter(|page| page.contains("prepay_id=")));
            }
            Step::Press(chosen, outcome) => {
                let Some(page) = chosen.checked_rem(self.pages.len()) else { return };
                world.press(&self.pages[page], outcome).await;
            }
            // What is refused by then is refused; the books are compared in the end.
            Step::Look(chosen) => {
                let Some(order) = self.order(*chosen) else { return };
                drop(reconcile::ask_provider(&world.state, order).await);
            }
            Step::Cancel(chosen) => {
                let Some(order) = self.order(*chosen) else { return };
                drop(end::cancel(&world.state, order, "a1").await);
            }
            Step::Wait(minutes) => world.clock.advance(TimeDelta::minutes(*minutes)),
            Step::Jobs => drop(jobs::cases::once(&world.state).await),
            Step::Dispute(record) => {
                let marked = "update camera_records set disputed = 1 where state = 'unprocessed' and id";
                world.run(format!("{marked} = '{record}'")).await;
            }
            Step::ProcessedElsewhere(record) => {
                let processed = "update camera_records set registry_state = 'processed-elsewhere', \
                                 state = case when state = 'unprocessed' then 'processed-elsewhere' else state end";
                world.run(format!("{processed} where state <> 'processed' and id = '{record}'")).await;
            }
            Step::Corrected(record, change) => {
                let corrected = format!("update camera_records set {change}, updated_at = updated_at + 1");
                world.run(format!("{corrected} where id = '{record}'")).await;
            }
            Step::Provider(faults) => world.faults(faults.clone()),
        }
    }

    async fn place(&mut self, world: &World, records: &[&str]) {
        let chosen = world.chosen(records);
        let code = world.code(&chosen).await;
        let placing = world.placing(&self.orders.len().to_string(), &chosen, &code);
        if let Ok(app::api::orders::Placed::Order(id)) = place(&world.state, placing).await {
            self.orders.push(CaseKey { person_id: world.driver.id.clone(), id });
        }
    }
}

/// Everything that waits for its time comes to its end.
async fn comes_to_rest(world: &World) {
    world.faults(Faults::default());
    for _ in 0..12 {
        world.clock.advance(TimeDelta::minutes(30));
        jobs::cases::once(&world.state).await.expect("the jobs run");
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
}

async fn books_agree(world: &World) {
    world.every_promise_holds().await;
    let ended = "('settled', 'lapsed', 'cancelled', 'refunded')";
    for nothing in [
        format!("select count(*) from cases where state not in {ended}"),
        "select count(*) from camera_records where state = 'held'".into(),
        "select count(*) from refunds where state <> 'done'".into(),
        "select count(*) from payments where state = 'open'".into(),
    ] {
        assert_eq!(world.number(&nothing).await, 0, "{:?}: {nothing}", world.engine());
    }
    let settled = "select cast(coalesce(sum(price), 0) as bigint) from cases where state = 'settled'";
    let (taken, returned) = {
        let till = world.sandbox.till.lock().expect("the till");
        let paid = till.payments.values().filter(|payment| payment.paid_at.is_some());
        let back = till.refunds.values().filter(|refund| refund.state == "SUCCESS");
        (paid.map(|payment| payment.amount).sum::<i64>(), back.map(|refund| refund.amount).sum::<i64>())
    };
    assert_eq!(taken - returned, world.number(settled).await, "{:?}", world.engine());
}

#[rstest]
#[test]
fn whatever_happens_in_whatever_order_the_books_agree_in_the_end(#[values(Sqlite, Postgres)] engine: Engine) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = Config { cases: 16, max_shrink_iters: 40, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let walked = runner.run(&steps(), |steps| {
        runtime.block_on(async {
            if let Some(world) = world_on(engine).await {
                let mut walk = Walk::default();
                for step in &steps {
                    walk.take(&world, step).await;
                }
                comes_to_rest(&world).await;
                books_agree(&world).await;
            }
        });
        Ok(())
    });
    walked.expect("the books agree");
}
