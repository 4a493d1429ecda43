//! What happens without a request: texts go out or are given up, and what has had its time is forgotten.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use rstest::rstest;
use rules::kernel::CaseState;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::accounts;
use server::engine::end;
use server::gateways::sms::SmsSender;
use server::jobs::{cases, outbox, purge};
use sqlx::{AssertSqlSafe, Row};
use tokio::net::TcpListener;

use crate::support::world_on;

/// An SMS provider that takes nothing; counts what it was asked.
async fn broken_provider() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let answers = Router::new().route(
        "/",
        post(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { StatusCode::BAD_GATEWAY }
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, answers).into_future());
    (url, asked)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_go_out_is_given_up_when_its_code_is_void(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let (url, asked) = broken_provider().await;
        world.state.sms = Some(Arc::new(SmsSender::new(&url, None)));
        world.code(&world.chosen(&["r1"])).await;
        let open = "select count(*) from outbox where kind = 'sms' and done_at is null";
        let expired = "select count(*) from outbox where kind = 'sms' and expired = 1";
        for minute in 0..10 {
            outbox::once(&world.state).await.unwrap();
            assert_eq!((world.number(open).await, world.number(expired).await), (1, 0), "minute {minute}");
            world.clock.advance(chrono::TimeDelta::minutes(1));
        }
        let tries = asked.load(Ordering::SeqCst);
        assert!(tries > 2, "tried again and again: {tries}");
        for _ in 0..2 {
            outbox::once(&world.state).await.unwrap();
            assert_eq!((world.number(open).await, world.number(expired).await), (0, 1));
            assert_eq!(asked.load(Ordering::SeqCst), tries, "a void code is not sent");
            world.clock.advance(chrono::TimeDelta::minutes(1));
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn notices_and_unpaid_orders_are_forgotten_in_time_and_what_was_paid_is_kept(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let paid = world.placed(&["r1"]).await;
        let page = world.open_payment(&paid).await;
        world.press(&page, "pay").await;
        world.until(&paid, CaseState::Settled).await;
        let (lapsed, cancelled) = (world.placed(&["r2"]).await, world.placed(&["r3"]).await);
        end::cancel(&world.state, &cancelled, "person").await.unwrap();
        world.open_payment(&lapsed).await;
        world.clock.advance(chrono::TimeDelta::hours(3));
        cases::once(&world.state).await.unwrap();
        assert_eq!(world.order_state(&lapsed).await, CaseState::Lapsed);
        let closed = "select count(*) from payments where state = 'closed'";
        for _ in 0..200 {
            if world.number(closed).await == 1 {
                break;
            }
            world.clock.advance(chrono::TimeDelta::minutes(1));
            cases::once(&world.state).await.unwrap();
        }
        assert_eq!(world.number(closed).await, 1, "the provider was told to close it");
        let kept = ["cases", "holds", "order_records", "payments", "receipts", "ledger", "notifications"];
        let before = [3, 3, 3, 2, 1, world.number("select count(*) from ledger").await, 1];
        let after = [1, 1, 1, 1, 1, before[5], 0];
        for (days, left) in [(0, before), (89, before), (2, [3, 3, 3, 2, 1, before[5], 0]), (90, after)] {
            world.clock.advance(chrono::TimeDelta::days(days));
            purge::once(&world.state).await.unwrap();
            for (table, left) in kept.into_iter().zip(left) {
                let found = world.number(&format!("select count(*) from {table}")).await;
                assert_eq!(found, left, "{table} {days} days later");
            }
        }
        let events = format!("select count(*) from case_events where case_id <> '{}'", paid.id);
        assert_eq!(world.number(&events).await, 0);
        world.every_promise_holds().await;
    }
}

/// An SMS provider that takes its time; counts the most texts at once, and remembers what it is called by.
async fn slow_provider() -> (String, Arc<Mutex<(usize, usize, Vec<String>)>>) {
    let seen = Arc::new(Mutex::new((0, 0, Vec::new())));
    let noted = Arc::clone(&seen);
    let answer = post(move |headers: HeaderMap| {
        let noted = Arc::clone(&noted);
        async move {
            {
                let mut noted = noted.lock().unwrap();
                noted.0 += 1;
                noted.1 = noted.1.max(noted.0);
                let token = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
                noted.2.extend(token);
            }
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            noted.lock().unwrap().0 -= 1;
            StatusCode::OK
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/", answer)).into_future());
    (url, seen)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn texts_go_out_side_by_side_to_a_provider_that_knows_the_program(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let (url, seen) = slow_provider().await;
        world.state.sms = Some(Arc::new(SmsSender::new(&url, Some("token-of-ours".into()))));
        for number in 0..80 {
            let seal = |part: &str, text: &str| {
                world.state.sealer.seal(&*world.state.clock, &format!("outbox:t{number}:{part}"), text)
            };
            let (recipient, body) = (seal("recipient", "13800000001"), seal("body", "text"));
            let row = "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until, \
                       valid_until) values";
            let now = world.state.clock.now().timestamp_millis();
            let until = now + 60_000;
            let values =
                format!("('t{number}', 'sms', '{recipient}', '{body}', {now}, {now}, 0, 0, {until})");
            world.run(format!("{row} {values}")).await;
        }
        // One that cannot be opened keeps no other from going out.
        world.run("update outbox set recipient = 'torn' where id = 't3'".into()).await;
        outbox::once(&world.state).await.unwrap();
        let (_, at_once, tokens) = seen.lock().unwrap().clone();
        assert!((8..=32).contains(&at_once), "{at_once} at once");
        assert_eq!(tokens, vec!["Bearer token-of-ours"; 79]);
        assert_eq!(world.number("select count(*) from outbox where done_at is null").await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_from_before_the_clock_was_set_back_keeps_no_text(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(mut world) = world_on(engine).await {
        let (url, asked) = broken_provider().await;
        world.state.sms = Some(Arc::new(SmsSender::new(&url, None)));
        world.code(&world.chosen(&["r1"])).await;
        outbox::once(&world.state).await.unwrap();
        outbox::once(&world.state).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1, "claimed");
        world.clock.advance(chrono::TimeDelta::hours(-3));
        outbox::once(&world.state).await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_sessions_are_found_by_an_index() {
    if let Some(world) = world_on(Sqlite).await {
        for (name, statement) in accounts::STATEMENTS {
            if !statement.starts_with("delete from sessions") {
                continue;
            }
            let mut connection = world.state.store.read().await.unwrap();
            let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {statement}")));
            for row in plan.fetch_all(&mut *connection).await.unwrap() {
                let step: String = row.get("detail");
                assert!(step.contains("USING INDEX"), "{name}: {step}");
            }
        }
    }
}

const KEPT: [&str; 6] = ["outbox", "sms_codes", "sms_allowances", "tries", "sessions", "notification_nonces"];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn texts_codes_allowances_tries_and_ended_sessions_are_forgotten_in_time(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.code(&world.chosen(&["r1"])).await;
        let now = world.state.clock.now().timestamp_millis();
        world.run(format!("insert into sessions values ('s1', 't', 'a1', {now}, {now}, '-')")).await;
        world.run(format!("insert into tries values ('identity:p', 1, {now}, {now})")).await;
        world.run(format!("insert into notification_nonces values ('wechat', 'n', {now})")).await;
        let told = "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until) values";
        world.run(format!("{told} ('o1', 'record-processed-elsewhere', '-', '-', {now}, {now}, 0, 0)")).await;
        for (minutes, left) in
            [(0, [2, 1, 2, 1, 1, 1]), (25 * 60, [2, 0, 0, 0, 0, 0]), (7 * 24 * 60, [1, 0, 0, 0, 0, 0])]
        {
            world.clock.advance(chrono::TimeDelta::minutes(minutes));
            purge::once(&world.state).await.unwrap();
            for (table, left) in KEPT.into_iter().zip(left) {
                let found = world.number(&format!("select count(*) from {table}")).await;
                assert_eq!(found, left, "{table} after {minutes} minutes");
            }
        }
        let kind = world.text("select kind from outbox").await;
        assert_eq!(kind.as_deref(), Some("record-processed-elsewhere"), "what is not done is kept");
    }
}
