//! Which requests the provider's side accepts, and which answers ours does.

use chrono::TimeDelta;
use server::gateways::payment::{PaymentProvider, ProviderError};
use server::gateways::wechat::wire::Authorization;

use super::payments::code;
use super::support::{Counter, Platform, merchant, merchant_key, now, request, sign_request};

const TARGET: &str = "/v3/pay/transactions/h5";
const BODY: &str = r#"{"appid":"wx0000000000000001","mchid":"1900000001","description":"d","out_trade_no":"trade-1","time_expire":"2026-11-18T12:00:00+08:00","notify_url":"http://127.0.0.1:9/","amount":{"total":100,"currency":"CNY"},"scene_info":{"payer_client_ip":"127.0.0.1","h5_info":{"type":"Wap"}}}"#;

#[tokio::test]
async fn a_request_as_the_documents_say_is_accepted() {
    let counter = Counter::open().await;
    let header = counter.signed("POST", TARGET, BODY).header();
    let (status, answer) = counter.send("POST", TARGET, BODY, Some(header)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(counter.payments().await, 1);
}

#[tokio::test]
async fn a_request_that_is_not_ours_opens_nothing() {
    let counter = Counter::open().await;
    let good = || counter.signed("POST", TARGET, BODY);
    let folder = counter.folder.path();
    let strange = Authorization {
        serial: merchant_key(folder).serial,
        ..sign_request(Platform::of(folder).key(), now(), "POST", TARGET, BODY)
    };
    let cases = [
        ("no signature", None),
        ("another scheme", Some(good().header().replace("SHA256-RSA2048", "SM2-WITH-SM3"))),
        ("another merchant", Some(Authorization { merchant: "1900000002".into(), ..good() }.header())),
        ("another serial", Some(Authorization { serial: "00".into(), ..good() }.header())),
        ("another nonce", Some(Authorization { nonce: "N".into(), ..good() }.header())),
        ("another key", Some(strange.header())),
        ("no base64", Some(Authorization { signature: "%".into(), ..good() }.header())),
        ("another method", Some(counter.signed("PUT", TARGET, BODY).header())),
        ("another path", Some(counter.signed("POST", "/v3/pay/transactions/jsapi", BODY).header())),
        ("another body", Some(counter.signed("POST", TARGET, &BODY.replace("100", "1")).header())),
        ("no time", Some(Authorization { timestamp: "soon".into(), ..good() }.header())),
    ];
    for (what, authorization) in cases {
        let (status, answer) = counter.send("POST", TARGET, BODY, authorization).await;
        assert_eq!((status, answer["code"].as_str()), (401, Some("SIGN_ERROR")), "{what}: {answer}");
    }
    assert_eq!(counter.payments().await, 0);
}

#[tokio::test]
async fn a_request_counts_for_five_minutes() {
    let counter = Counter::open().await;
    let keys = merchant_key(counter.folder.path());
    for (seconds, awaited) in [(-301, 401), (-300, 200), (300, 200), (301, 401)] {
        let header = sign_request(&keys, now() + TimeDelta::seconds(seconds), "POST", TARGET, BODY).header();
        assert_eq!(counter.send("POST", TARGET, BODY, Some(header)).await.0, awaited, "{seconds}");
    }
}

#[tokio::test]
async fn every_endpoint_asks_for_the_signature() {
    let counter = Counter::open().await;
    let one = "/v3/pay/transactions/out-trade-no/trade-1";
    let close = format!("{one}/close");
    let refunds = "/v3/refund/domestic/refunds";
    let of_refund = format!("{refunds}/refund-1");
    let bill = "/v3/bill/tradebill?bill_date=2026-11-18";
    let (by_id, file) = ("/v3/pay/transactions/id/42?mchid=1", "/v3/billdownload/file?token=2026-11-18");
    let endpoints = [
        ("POST", TARGET),
        ("GET", one),
        ("POST", &close),
        ("POST", refunds),
        ("GET", &of_refund),
        ("GET", bill),
        ("GET", by_id),
        ("GET", file),
        ("GET", "/v3/certificates"),
    ];
    for (method, target) in endpoints {
        assert_eq!(counter.send(method, target, "", None).await.0, 401, "{method} {target}");
    }
}

#[tokio::test]
async fn an_order_in_another_merchants_name_is_refused() {
    let counter = Counter::open().await;
    let body = BODY.replace("1900000001", "1900000002");
    let header = counter.signed("POST", TARGET, &body).header();
    let (status, answer) = counter.send("POST", TARGET, &body, Some(header)).await;
    assert_eq!((status, answer["code"].as_str()), (400, Some("APPID_MCHID_NOT_MATCH")));
    assert_eq!(counter.payments().await, 0);
}

#[tokio::test]
async fn a_forged_answer_counts_as_none() {
    let counter = Counter::open().await;
    counter.ask("trade-1", 100).await.unwrap();
    counter.tell(serde_json::json!({ "forge_answers": true })).await;
    assert_eq!(counter.ask("trade-1", 100).await, Err(ProviderError::Forged));
    assert_eq!(counter.client.query("trade-1").await, Err(ProviderError::Forged));
    assert_eq!(counter.client.query("trade-2").await, Err(ProviderError::Forged), "refusals too");
    assert_eq!(counter.client.close("trade-1").await, Err(ProviderError::Forged), "empty answers too");
}

#[tokio::test]
async fn a_client_whose_clock_is_off_is_refused_or_refuses() {
    let counter = Counter::open().await;
    for minutes in [-6, 6] {
        // The provider refuses, and the refusal's own time is too far off to count.
        let client = counter.client_off_by(TimeDelta::minutes(minutes));
        assert_eq!(client.open(request("trade-1", 100)).await, Err(ProviderError::Forged), "{minutes}");
    }
    assert_eq!(counter.payments().await, 0);
    let client = counter.client_off_by(TimeDelta::minutes(4));
    assert!(client.open(request("trade-1", 100)).await.is_ok());
    assert_eq!(code(client.query("trade-2").await), "ORDER_NOT_EXIST");
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_answer() {
    let counter = Counter::open().await;
    let (folder, clock) = (counter.folder.path(), counter.clock.clone());
    let nowhere = merchant(folder, "http://127.0.0.1:1", "http://127.0.0.1:1", "http://127.0.0.1:9/");
    let client = server::gateways::wechat::Client::new(nowhere, clock);
    assert!(matches!(client.unwrap().query("trade-1").await, Err(ProviderError::NoAnswer(_))));
}

#[tokio::test]
async fn an_order_that_is_not_as_documented_is_refused() {
    let counter = Counter::open().await;
    for (what, with, awaited) in [
        ("\"type\":\"Wap\"", "\"type\":\"\"", "PARAM_ERROR"),
        ("\"127.0.0.1\",\"h5", "\"somewhere\",\"h5", "PARAM_ERROR"),
        (",\"scene_info\"", ",\"scene\"", "PARAM_ERROR"),
        ("CNY", "USD", "PARAM_ERROR"),
        ("trade-1", "p1", "PARAM_ERROR"),
        ("2026-11-18T12:00:00", "2026-11-18T09:00:00", "PARAM_ERROR"),
        ("wx0000000000000001", "wx0000000000000002", "APPID_MCHID_NOT_MATCH"),
    ] {
        let body = BODY.replacen(what, with, 1);
        assert_ne!(body, BODY, "{what}");
        let header = counter.signed("POST", TARGET, &body).header();
        let (status, answer) = counter.send("POST", TARGET, &body, Some(header)).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some(awaited)), "{with}: {answer}");
    }
    let body = BODY.replace("\"time_expire\":\"2026-11-18T12:00:00+08:00\",", "");
    let header = counter.signed("POST", TARGET, &body).header();
    assert_eq!(counter.send("POST", TARGET, &body, Some(header)).await.0, 200, "its time need not be named");
}
