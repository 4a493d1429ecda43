//! Giving money back, and the daily bill.

use rules::money::Fen;
use serde_json::json;
use server::gateways::payment::{
    BillKind, BillLine, Notice, PaymentProvider, ProviderPaymentState, ProviderRefundState as State,
};

use super::payments::code;
use super::support::{Counter, now, refund_of};

#[tokio::test]
async fn a_refund_asked_for_twice_is_given_once() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 300, "pay").await;
    let first = counter.give_back("trade-1", "refund-1", 300, 300).await.unwrap();
    assert_eq!(first.state, State::Succeeded);
    assert_eq!(counter.give_back("trade-1", "refund-1", 300, 300).await.unwrap(), first);
    assert_eq!(
        counter.client.query_refund(&refund_of("trade-1", "refund-1", 300, 300)).await.unwrap(),
        first
    );
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Refunded);
    assert_eq!(counter.state().await["refunds"].as_object().unwrap().len(), 1);
    let letters = counter.heard(2).await;
    let refunds = letters.iter().filter(|letter| {
        let notice = letter.read.as_ref().map(|read| &read.notice);
        matches!(notice, Ok(Notice::Refunded(refund)) if refund.state == State::Succeeded)
    });
    assert_eq!(refunds.count(), 1);
}

#[tokio::test]
async fn never_more_is_given_back_than_was_paid() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 300, "pay").await;
    assert_eq!(code(counter.give_back("trade-1", "refund-0", 301, 300).await), "INVALID_REQUEST");
    assert_eq!(code(counter.give_back("trade-1", "refund-0", 0, 300).await), "INVALID_REQUEST");
    counter.give_back("trade-1", "refund-1", 200, 300).await.unwrap();
    assert_eq!(code(counter.give_back("trade-1", "refund-2", 101, 300).await), "INVALID_REQUEST");
    assert_eq!(code(counter.give_back("trade-1", "refund-1", 100, 300).await), "INVALID_REQUEST");
    assert_eq!(code(counter.give_back("trade-1", "refund-2", 100, 301).await), "INVALID_REQUEST");
    counter.give_back("trade-1", "refund-2", 100, 300).await.unwrap();
    assert_eq!(code(counter.give_back("trade-1", "refund-3", 1, 300).await), "INVALID_REQUEST");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_refunds_at_once_stay_within_what_was_paid() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 300, "pay").await;
    let numbers: Vec<String> = (0..12).map(|each| format!("refund-{each}")).collect();
    let all = numbers.iter().map(|number| counter.give_back("trade-1", number, 100, 300));
    let given = futures::future::join_all(all).await;
    assert_eq!(given.iter().filter(|answer| answer.is_ok()).count(), 3, "{given:?}");
}

#[tokio::test]
async fn what_was_not_paid_is_not_given_back() {
    let counter = Counter::open().await;
    counter.ask("trade-1", 300).await.unwrap();
    for number in ["trade-1", "trade-2"] {
        assert_eq!(
            code(counter.give_back(number, "refund-1", 300, 300).await),
            "RESOURCE_NOT_EXISTS",
            "{number}"
        );
    }
    assert_eq!(
        code(counter.client.query_refund(&refund_of("trade-1", "refund-1", 300, 300)).await),
        "RESOURCE_NOT_EXISTS"
    );
}

#[tokio::test]
async fn a_refund_may_name_the_payment_by_the_providers_number() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 300, "pay").await;
    let id = counter.client.query("trade-1").await.unwrap().transaction_id.unwrap();
    let target = "/v3/refund/domestic/refunds";
    let body = |id: &str| {
        let amount = json!({ "refund": 100, "total": 300, "currency": "CNY" });
        json!({ "transaction_id": id, "out_refund_no": "refund-1", "amount": amount }).to_string()
    };
    for (id, awaited) in [("42", 404), (id.as_str(), 200)] {
        let body = body(id);
        let header = counter.signed("POST", target, &body).header();
        let (status, answer) = counter.send("POST", target, &body, Some(header)).await;
        assert_eq!(status, awaited, "{answer}");
    }
}

#[tokio::test]
async fn the_bill_of_a_day_names_what_came_and_what_went_and_is_ready_the_next_morning() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 20_000, "pay").await;
    counter.opened_and("trade-2", 300, "leave").await;
    counter.give_back("trade-1", "refund-1", 5_000, 20_000).await.unwrap();
    let day = rules::calendar::local(now()).date();
    assert_eq!(counter.client.bill(day).await, Ok(None), "not on the day itself");
    counter.clock.set("2026-11-19T01:59:59Z".parse().unwrap());
    assert_eq!(code(counter.client.bill(day).await), "STATEMENT_CREATING");
    counter.clock.advance(chrono::TimeDelta::seconds(1));
    let bill = counter.client.bill(day).await.unwrap().unwrap();
    let line = |kind, number: &str, fen| BillLine { kind, number: number.into(), amount: Fen::new(fen) };
    let expected = [line(BillKind::Payment, "trade-1", 20_000), line(BillKind::Refund, "refund-1", 5_000)];
    assert_eq!(bill.lines, expected, "{}", bill.text);
    assert_eq!(bill.hash, server::gateways::wechat::client::sha1(&bill.text));
    assert_eq!(counter.client.bill(day.pred_opt().unwrap()).await, Ok(None), "a day without payments");
}
