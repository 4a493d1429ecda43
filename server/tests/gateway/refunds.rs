//! Giving money back, and the daily bill.

use server::gateways::payment::{
    Notice, PaymentProvider, ProviderPaymentState, ProviderRefundState as State,
};
use sha2::{Digest, Sha256};

use super::payments::code;
use super::support::Counter;

#[tokio::test]
async fn a_refund_asked_for_twice_is_given_once() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 300, "pay").await;
    let first = counter.give_back("p1", "r1", 300, 300).await.unwrap();
    assert_eq!(first.state, State::Succeeded);
    assert_eq!(counter.give_back("p1", "r1", 300, 300).await.unwrap(), first);
    assert_eq!(counter.client.query_refund("r1").await.unwrap(), first);
    assert_eq!(counter.client.query("p1").await.unwrap().state, ProviderPaymentState::Refunded);
    assert_eq!(counter.state().await["refunds"].as_object().unwrap().len(), 1);
    let letters = counter.heard(2).await;
    let refunds = letters.iter().filter(|letter| {
        let notice = letter.read.as_ref().map(|read| &read.notice);
        notice == Ok(&Notice::Refunded { out_refund_no: "r1".into(), state: State::Succeeded })
    });
    assert_eq!(refunds.count(), 1);
}

#[tokio::test]
async fn never_more_is_given_back_than_was_paid() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 300, "pay").await;
    assert_eq!(code(counter.give_back("p1", "r0", 301, 300).await), "NOT_ENOUGH");
    assert_eq!(code(counter.give_back("p1", "r0", 0, 300).await), "NOT_ENOUGH");
    counter.give_back("p1", "r1", 200, 300).await.unwrap();
    assert_eq!(code(counter.give_back("p1", "r2", 101, 300).await), "NOT_ENOUGH");
    assert_eq!(code(counter.give_back("p1", "r1", 100, 300).await), "PARAM_ERROR");
    counter.give_back("p1", "r2", 100, 300).await.unwrap();
    assert_eq!(code(counter.give_back("p1", "r3", 1, 300).await), "NOT_ENOUGH");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_refunds_at_once_stay_within_what_was_paid() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 300, "pay").await;
    let numbers: Vec<String> = (0..12).map(|each| format!("r{each}")).collect();
    let all = numbers.iter().map(|number| counter.give_back("p1", number, 100, 300));
    let given = futures::future::join_all(all).await;
    assert_eq!(given.iter().filter(|answer| answer.is_ok()).count(), 3, "{given:?}");
}

#[tokio::test]
async fn what_was_not_paid_is_not_given_back() {
    let counter = Counter::open().await;
    counter.ask("p1", 300).await.unwrap();
    for number in ["p1", "p2"] {
        assert_eq!(code(counter.give_back(number, "r1", 300, 300).await), "RESOURCE_NOT_EXISTS", "{number}");
    }
    assert_eq!(code(counter.client.query_refund("r1").await), "RESOURCE_NOT_EXISTS");
}

#[tokio::test]
async fn the_bill_of_a_day_names_what_came_and_what_went_and_fits_its_hash() {
    let counter = Counter::open().await;
    counter.opened_and("p1", 20_000, "pay").await;
    counter.opened_and("p2", 300, "leave").await;
    counter.give_back("p1", "r1", 5_000, 20_000).await.unwrap();
    let mut bills = Vec::new();
    for day in ["2026-11-18", "2026-11-17"] {
        let target = format!("/v3/bill/tradebill?bill_date={day}");
        let authorization = counter.signed("GET", &target, "").header();
        let (status, answer) = counter.send("GET", &target, "", Some(authorization)).await;
        assert_eq!(status, 200);
        let url = answer["download_url"].as_str().unwrap();
        let bill = counter.http.get(url).send().await.unwrap().text().await.unwrap();
        assert_eq!(answer["hash_value"], hex::encode(Sha256::digest(&bill)), "{day}");
        bills.push(bill);
    }
    assert!(bills[0].contains("`p1,`SUCCESS,`200.00,`,`0.00"), "{}", bills[0]);
    assert!(bills[0].contains("`p1,`REFUND,`0.00,`r1,`50.00"), "{}", bills[0]);
    assert_eq!((bills[0].lines().count(), bills[1].lines().count()), (3, 1));
}
