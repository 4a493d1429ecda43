//! Opening, paying, asking and closing.

use chrono::TimeDelta;
use rules::money::Fen;
use server::gateways::payment::{PaymentProvider, ProviderError, ProviderPaymentState as State};

use super::support::{BACK, Counter, DOMAIN, now};

pub fn code<T: std::fmt::Debug>(answer: Result<T, ProviderError>) -> String {
    match answer {
        Err(ProviderError::Refused { code, .. }) => code,
        other => panic!("a refusal was awaited: {other:?}"),
    }
}

#[tokio::test]
async fn opening_twice_is_opening_once_and_never_with_another_amount() {
    let counter = Counter::open().await;
    let first = counter.ask("trade-1", 20_000).await.unwrap();
    assert_eq!(counter.ask("trade-1", 20_000).await.unwrap(), first);
    assert_eq!(code(counter.ask("trade-1", 20_001).await), "OUT_TRADE_NO_USED");
    assert_eq!(counter.payments().await, 1);
    assert_eq!(counter.state().await["payments"]["trade-1"]["amount"], 20_000);
}

#[tokio::test]
async fn nothing_and_less_than_nothing_cannot_be_asked_for() {
    let counter = Counter::open().await;
    for fen in [0, -1] {
        assert_eq!(code(counter.ask("trade-1", fen).await), "PARAM_ERROR", "{fen}");
    }
    assert_eq!(counter.payments().await, 0);
}

#[tokio::test]
async fn the_page_says_what_is_paid_and_brings_the_person_back() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 20_050).await.unwrap();
    let (status, text) = counter.visit(&page.url, Some(DOMAIN)).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("交通违法罚款 &lt;2&gt;") && text.contains("200.50"), "{text}");
    assert!(!text.contains("<script"), "{text}");
    let answer = counter.press(&page, "pay").await;
    assert_eq!(answer.status(), 303);
    assert_eq!(answer.headers()["location"], BACK);
}

#[tokio::test]
async fn a_paid_payment_is_told_with_amount_number_and_time() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 20_000, "pay").await;
    let paid = counter.client.query("trade-1").await.unwrap();
    assert_eq!((paid.state, paid.amount, paid.paid_at), (State::Paid, Some(Fen::new(20_000)), Some(now())));
    let recorded = counter.state().await["payments"]["trade-1"]["transaction_id"].clone();
    assert_eq!(paid.transaction_id.as_deref(), recorded.as_str());
    assert_eq!(code(counter.ask("trade-1", 20_000).await), "ORDERPAID");
    assert_eq!(code(counter.client.close("trade-1").await), "ORDERPAID");
}

#[tokio::test]
async fn an_unpaid_payment_has_no_number_and_an_unknown_one_is_refused() {
    let counter = Counter::open().await;
    counter.ask("trade-1", 100).await.unwrap();
    let unpaid = counter.client.query("trade-1").await.unwrap();
    assert_eq!((unpaid.state, unpaid.transaction_id, unpaid.paid_at), (State::Unpaid, None, None));
    assert_eq!(code(counter.client.query("trade-2").await), "ORDER_NOT_EXIST");
    assert_eq!(code(counter.client.close("trade-2").await), "ORDER_NOT_EXIST");
}

#[tokio::test]
async fn after_closing_no_money_can_come() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    counter.client.close("trade-1").await.unwrap();
    counter.client.close("trade-1").await.unwrap();
    counter.press(&page, "pay").await;
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, State::Closed);
    assert_eq!(code(counter.ask("trade-1", 100).await), "ORDER_CLOSED");
}

#[tokio::test]
async fn who_declines_or_leaves_has_not_paid_and_can_still_pay() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    for (outcome, state) in [("leave", State::Unpaid), ("decline", State::Failed)] {
        counter.press(&page, outcome).await;
        assert_eq!(counter.client.query("trade-1").await.unwrap().state, state, "{outcome}");
    }
    counter.press(&page, "pay").await;
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, State::Paid);
}

#[tokio::test]
async fn paying_twice_takes_the_money_once() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    counter.press(&page, "pay").await;
    counter.clock.advance(TimeDelta::minutes(1));
    counter.press(&page, "pay").await;
    assert_eq!(counter.client.query("trade-1").await.unwrap().paid_at, Some(now()));
    assert_eq!(counter.heard(1).await.len(), 1);
}

#[tokio::test]
async fn the_page_takes_money_until_the_payment_runs_out() {
    for (seconds, state) in [(-1, State::Paid), (0, State::Unpaid), (1, State::Unpaid)] {
        let counter = Counter::open().await;
        let page = counter.ask("trade-1", 100).await.unwrap();
        counter.clock.set(now() + TimeDelta::hours(2) + TimeDelta::seconds(seconds));
        counter.press(&page, "pay").await;
        assert_eq!(counter.client.query("trade-1").await.unwrap().state, state, "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_and_paying_at_once_ends_in_one_of_both() {
    let counter = Counter::open().await;
    for round in 0..20 {
        let number = format!("trade-{round}");
        let page = counter.ask(&number, 100).await.unwrap();
        let (closed, _) = tokio::join!(counter.client.close(&number), counter.press(&page, "pay"));
        let state = counter.client.query(&number).await.unwrap().state;
        assert_eq!(state, if closed.is_ok() { State::Closed } else { State::Paid }, "{number}: {closed:?}");
    }
}
