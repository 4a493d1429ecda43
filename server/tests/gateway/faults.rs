//! What the sandbox does when it is told to misbehave, and what the client makes of it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rules::money::Fen;
use serde_json::json;
use server::gateways::payment::{
    Notice, NotificationError, PaymentProvider, ProviderError, ProviderPaymentState, ProviderRefundState,
};

use super::support::{Counter, Letter, refund_of};

fn number(letter: &Letter) -> String {
    match letter.read.as_ref().map(|read| &read.notice) {
        Ok(Notice::Paid { out_trade_no, .. }) => out_trade_no.clone(),
        other => panic!("a payment was awaited: {other:?}"),
    }
}

#[tokio::test]
async fn told_to_fail_it_fails_so_often_and_then_does_it_once() {
    let counter = Counter::open().await;
    counter.tell(json!({ "fail_requests": 2 })).await;
    for _ in 0..2 {
        assert!(matches!(counter.ask("trade-1", 100).await, Err(ProviderError::NoAnswer(_))));
    }
    assert_eq!(counter.payments().await, 0);
    counter.ask("trade-1", 100).await.unwrap();
    assert_eq!(counter.payments().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_hang_it_does_what_was_asked_and_the_client_waits_five_seconds() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    counter.press(&page, "pay").await;
    counter.ask("trade-2", 100).await.unwrap();
    counter.tell(json!({ "hang_requests": 3 })).await;
    let begun = Instant::now();
    let (opened, refunded, closed) = tokio::join!(
        counter.ask("trade-3", 100),
        counter.give_back("trade-1", "refund-1", 100, 100),
        counter.client.close("trade-2")
    );
    assert!((Duration::from_secs(4)..Duration::from_secs(8)).contains(&begun.elapsed()));
    assert!(matches!(opened, Err(ProviderError::NoAnswer(_))));
    assert!(matches!(refunded, Err(ProviderError::NoAnswer(_))));
    assert!(matches!(closed, Err(ProviderError::NoAnswer(_))));
    assert_eq!(counter.client.query("trade-3").await.unwrap().state, ProviderPaymentState::Unpaid);
    assert_eq!(
        counter.client.query_refund(&refund_of("trade-1", "refund-1", 100, 100)).await.unwrap().state,
        ProviderRefundState::Succeeded
    );
    assert_eq!(counter.client.query("trade-2").await.unwrap().state, ProviderPaymentState::Closed);
}

#[tokio::test]
async fn told_to_be_slow_it_answers_and_notifies_later() {
    let counter = Counter::open().await;
    let page = counter.ask("trade-1", 100).await.unwrap();
    counter.tell(json!({ "delay_ms": 600 })).await;
    let begun = Instant::now();
    counter.client.query("trade-1").await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(600));
    let begun = Instant::now();
    counter.press(&page, "pay").await;
    counter.heard(1).await;
    assert!(begun.elapsed() >= Duration::from_millis(600));
}

#[tokio::test]
async fn told_to_repeat_it_sends_the_same_notification_again() {
    let counter = Counter::open().await;
    counter.tell(json!({ "repeat": 4 })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    let letters = counter.heard(5).await;
    let ids: HashSet<String> = letters.iter().map(|letter| letter.read.clone().unwrap().id).collect();
    assert_eq!((letters.len(), ids.len()), (5, 1));
}

#[tokio::test]
async fn told_to_reorder_it_sends_the_later_notification_first() {
    let counter = Counter::open().await;
    counter.tell(json!({ "reorder": true })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    counter.opened_and("trade-2", 200, "pay").await;
    let letters = counter.heard(2).await;
    assert_eq!(letters.iter().map(number).collect::<Vec<_>>(), ["trade-2", "trade-1"]);
}

#[tokio::test]
async fn a_notification_that_waits_for_another_one_comes_all_the_same() {
    let counter = Counter::open().await;
    counter.tell(json!({ "reorder": true })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    assert_eq!(counter.letters().len(), 0);
    assert_eq!(number(&counter.heard(1).await[0]), "trade-1");
}

#[tokio::test]
async fn told_to_lose_notifications_it_still_says_so_when_asked() {
    let counter = Counter::open().await;
    counter.tell(json!({ "lose_notifications": true })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(counter.letters().len(), 0);
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Paid);
}

#[tokio::test]
async fn told_to_name_another_amount_it_does_so_in_the_notification_alone() {
    let counter = Counter::open().await;
    counter.tell(json!({ "wrong_amount": true })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    let notice = counter.heard(1).await[0].read.clone().unwrap().notice;
    assert!(matches!(notice, Notice::Paid { amount, .. } if amount == Fen::new(200)), "{notice:?}");
    assert_eq!(counter.client.query("trade-1").await.unwrap().amount, Some(Fen::new(100)));
}

#[tokio::test]
async fn told_to_forge_it_is_not_believed_until_it_signs() {
    let counter = Counter::open().await;
    counter.tell(json!({ "forge_signature": true })).await;
    counter.opened_and("trade-1", 100, "pay").await;
    assert_eq!(counter.heard(1).await[0].read, Err(NotificationError::Signature));
    counter.tell(json!({})).await;
    assert_eq!(number(&counter.heard(2).await[1]), "trade-1");
}

#[tokio::test]
async fn told_to_say_failed_it_says_paid_a_moment_later() {
    let counter = Counter::open().await;
    counter.tell(json!({ "say_failed_then_paid": true })).await;
    counter.opened_and("trade-1", 100, "decline").await;
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Failed);
    assert_eq!(number(&counter.heard(1).await[0]), "trade-1");
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Paid);
}

#[tokio::test]
async fn a_declined_payment_that_was_closed_is_not_paid_a_moment_later() {
    let counter = Counter::open().await;
    counter.tell(json!({ "say_failed_then_paid": true })).await;
    counter.opened_and("trade-1", 100, "decline").await;
    counter.client.close("trade-1").await.unwrap();
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    assert_eq!(counter.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Closed);
    assert_eq!(counter.letters().len(), 0);
}

#[tokio::test]
async fn told_to_hold_refunds_it_ends_them_when_that_is_taken_back() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 100, "pay").await;
    counter.tell(json!({ "hold_refunds": true })).await;
    for _ in 0..2 {
        let refund = counter.give_back("trade-1", "refund-1", 100, 100).await.unwrap();
        assert_eq!(refund.state, ProviderRefundState::Processing);
    }
    assert_eq!(
        counter.client.query_refund(&refund_of("trade-1", "refund-1", 100, 100)).await.unwrap().state,
        ProviderRefundState::Processing
    );
    counter.tell(json!({})).await;
    assert_eq!(
        counter.client.query_refund(&refund_of("trade-1", "refund-1", 100, 100)).await.unwrap().state,
        ProviderRefundState::Succeeded
    );
    assert_eq!(counter.heard(2).await.len(), 2);
}

#[tokio::test]
async fn a_fault_that_does_not_exist_is_not_taken_in_silence() {
    let counter = Counter::open().await;
    let request =
        counter.http.put(format!("{}/sandbox/faults", counter.origins.api)).json(&json!({ "dealy_ms": 1 }));
    assert!(request.send().await.unwrap().status().is_client_error());
}
