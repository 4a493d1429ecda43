//! Notifications: who is believed, for how long, and what is read of them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use http::HeaderMap;
use proptest::prelude::*;
use rules::Moment;
use rules::money::Fen;
use serde_json::{Value, json};
use server::clock::FixedClock;
use server::gateways::payment::{
    Notice, NotificationError, PaymentProvider, ProviderError, ProviderRefundState, RefundNotice,
};
use server::gateways::wechat::Client;
use server::gateways::wechat::keys::SigningKey;
use server::gateways::wechat::settings::{SANDBOX_APP, SANDBOX_MERCHANT};
use server::gateways::wechat::wire::{
    NONCE, SCHEME, SERIAL, SIGNATURE, SIGNATURE_TYPE, TIMESTAMP, answer_message,
};
use server::sandbox::keys::{FIRST, PUBLIC_KEY, SECOND};
use tempfile::TempDir;

use super::support::{Counter, Platform, keys_folder, merchant, merchant_key, now};

/// Both sides without a socket between them.
struct Desk {
    client: Client,
    platform: Platform,
    folder: TempDir,
}

static DESK: LazyLock<Desk> = LazyLock::new(|| {
    let folder = keys_folder();
    let nowhere = "http://127.0.0.1:9";
    let merchant = merchant(folder.path(), nowhere, nowhere, "");
    let client = Client::new(merchant, FixedClock::at(now(), 2)).unwrap();
    Desk { client, platform: Platform::of(folder.path()), folder }
});

fn headers(key: &SigningKey, at: Moment, body: &[u8]) -> HeaderMap {
    let timestamp = at.timestamp().to_string();
    let message = answer_message(&timestamp, "n0", body);
    let signature = key.sign(&message);
    let pairs = [
        (TIMESTAMP, &*timestamp),
        (NONCE, "n0"),
        (SERIAL, &*key.serial),
        (SIGNATURE, &*signature),
        (SIGNATURE_TYPE, SCHEME),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
        .collect()
}

fn envelope(event: &str, ciphertext: &str) -> String {
    let resource = json!({
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": ciphertext, "associated_data": "transaction",
        "original_type": "transaction", "nonce": "abcdefghijkl",
    });
    json!({
        "id": "EV-1", "create_time": "2026-11-18T10:00:00+08:00", "event_type": event,
        "resource_type": "encrypt-resource", "resource": resource, "summary": "s",
    })
    .to_string()
}

fn sealed(event: &str, content: &Value) -> String {
    envelope(event, &DESK.platform.secret().encrypt("abcdefghijkl", "transaction", &content.to_string()))
}

/// As the provider's documents show it, with fields that we do not read.
fn transaction() -> Value {
    json!({
        "appid": SANDBOX_APP, "mchid": SANDBOX_MERCHANT, "out_trade_no": "trade-1", "transaction_id": "42",
        "trade_type": "MWEB", "trade_state": "SUCCESS", "trade_state_desc": "支付成功", "bank_type": "CMC",
        "attach": "", "success_time": "2026-11-18T09:59:00+08:00", "payer": { "openid": "o" },
        "amount": { "total": 100, "payer_total": 100, "currency": "CNY", "payer_currency": "CNY" },
    })
}

fn read(body: &str) -> Result<Notice, NotificationError> {
    let headers = headers(DESK.platform.key(), now(), body.as_bytes());
    DESK.client.read_notification(&headers, body.as_bytes()).map(|read| read.notice)
}

#[tokio::test]
async fn a_payment_and_its_refund_are_each_told_once() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 100, "pay").await;
    counter.heard(1).await;
    counter.give_back("trade-1", "refund-1", 100, 100).await.unwrap();
    let letters = counter.heard(2).await;
    let (paid, refunded) = (letters[0].read.clone().unwrap(), letters[1].read.clone().unwrap());
    let Notice::Paid { out_trade_no, amount, paid_at, .. } = paid.notice else { panic!("{paid:?}") };
    assert_eq!((&*out_trade_no, amount, paid_at), ("trade-1", Fen::new(100), now()));
    let Notice::Refunded(refund) = refunded.notice else { panic!("{refunded:?}") };
    assert_eq!((&*refund.out_refund_no, refund.state), ("refund-1", ProviderRefundState::Succeeded));
    assert_ne!(paid.id, refunded.id);
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again_with_the_same_number() {
    let counter = Counter::open().await;
    counter.deaf.store(2, std::sync::atomic::Ordering::SeqCst);
    counter.opened_and("trade-1", 100, "pay").await;
    let letters = counter.heard(3).await;
    let ids: Vec<String> = letters.iter().map(|letter| letter.read.clone().unwrap().id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(letters.windows(2).all(|pair| pair[0].body == pair[1].body));
    assert!(
        letters.windows(2).all(|pair| pair[0].headers[SIGNATURE] != pair[1].headers[SIGNATURE]),
        "signed anew"
    );
}

#[tokio::test]
async fn a_replayed_notification_has_its_number_and_later_is_too_old() {
    let counter = Counter::open().await;
    counter.opened_and("trade-1", 100, "pay").await;
    let letter = counter.heard(1).await.remove(0);
    counter.clock.advance(TimeDelta::minutes(5));
    assert_eq!(counter.client.read_notification(&letter.headers, &letter.body), letter.read);
    counter.clock.advance(TimeDelta::seconds(1));
    let late = counter.client.read_notification(&letter.headers, &letter.body);
    assert_eq!(late, Err(NotificationError::Time));
}

#[test]
fn a_notification_counts_for_five_minutes() {
    let body = sealed("TRANSACTION.SUCCESS", &transaction());
    for (seconds, good) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
        let headers = headers(DESK.platform.key(), now() + TimeDelta::seconds(seconds), body.as_bytes());
        let read = DESK.client.read_notification(&headers, body.as_bytes());
        assert_eq!(read.is_ok(), good, "{seconds}: {read:?}");
        assert!(good || read == Err(NotificationError::Time), "{seconds}");
    }
}

#[test]
fn whoever_is_not_the_provider_is_not_believed() {
    let body = sealed("TRANSACTION.SUCCESS", &transaction());
    let good = headers(DESK.platform.key(), now(), body.as_bytes());
    assert!(DESK.client.read_notification(&good, body.as_bytes()).is_ok());
    let probe = STANDARD.encode([7; 256]);
    let changes = [
        (NONCE, "n1"),
        (SERIAL, "00"),
        (SIGNATURE, "WECHATPAY/SIGNTEST/abcdefgh"),
        (SIGNATURE, ""),
        (SIGNATURE, &*probe),
        (SIGNATURE_TYPE, "WECHATPAY2-SM2-WITH-SM3"),
        (TIMESTAMP, &*(now().timestamp() + 1).to_string()),
    ];
    for (name, value) in changes {
        let mut changed = good.clone();
        changed.insert(name, value.parse().unwrap());
        let read = DESK.client.read_notification(&changed, body.as_bytes());
        assert_eq!(read, Err(NotificationError::Signature), "{name}: {value}");
    }
    for name in [NONCE, SERIAL, SIGNATURE, TIMESTAMP] {
        let mut without = good.clone();
        without.remove(name);
        let read = DESK.client.read_notification(&without, body.as_bytes());
        assert_eq!(read, Err(NotificationError::Header), "{name}");
    }
    let mut own = headers(&merchant_key(DESK.folder.path()), now(), body.as_bytes());
    own.insert(SERIAL, FIRST.parse().unwrap());
    assert_eq!(
        DESK.client.read_notification(&own, body.as_bytes()),
        Err(NotificationError::Signature),
        "our own key"
    );
}

#[test]
fn a_signed_payment_is_read_as_the_documents_show_it() {
    let paid = Notice::Paid {
        out_trade_no: "trade-1".into(),
        transaction_id: "42".into(),
        amount: Fen::new(100),
        payer_amount: Fen::new(100),
        paid_at: now() - TimeDelta::minutes(1),
    };
    assert_eq!(read(&sealed("TRANSACTION.SUCCESS", &transaction())), Ok(paid));
}

#[test]
fn a_signed_refund_is_read_as_the_documents_show_it() {
    for (status, state) in [
        ("SUCCESS", ProviderRefundState::Succeeded),
        ("CLOSED", ProviderRefundState::Closed),
        ("ABNORMAL", ProviderRefundState::Abnormal),
    ] {
        let refund = json!({
            "mchid": SANDBOX_MERCHANT, "out_trade_no": "trade-1", "transaction_id": "42", "out_refund_no": "refund-1",
            "refund_id": "50", "refund_status": status, "success_time": "2026-11-18T09:59:00+08:00",
            "user_received_account": "招商银行信用卡0403",
            "amount": { "total": 100, "refund": 100, "payer_total": 100, "payer_refund": 100 },
        });
        let awaited = Notice::Refunded(RefundNotice {
            out_trade_no: "trade-1".into(),
            transaction_id: "42".into(),
            out_refund_no: "refund-1".into(),
            state,
            amount: Fen::new(100),
            total: Fen::new(100),
        });
        assert_eq!(read(&sealed(&format!("REFUND.{status}"), &refund)), Ok(awaited), "{status}");
    }
}

#[test]
fn a_payment_that_is_not_made_is_nothing_to_us() {
    for (field, value) in [("trade_state", "NOTPAY"), ("trade_state", "PAYERROR")] {
        let mut other = transaction();
        other[field] = value.into();
        assert_eq!(read(&sealed("TRANSACTION.SUCCESS", &other)), Ok(Notice::Other), "{field}: {value}");
    }
    assert_eq!(read(&sealed("COUPON.USE", &transaction())), Ok(Notice::Other));
}

/// The notification with one field changed, or left out.
fn changed(event: &str, content: &Value, pointer: &str, value: Value) -> Result<Notice, NotificationError> {
    let mut content = content.clone();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = content.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        drop(parent.remove(field))
    } else {
        drop(parent.insert(field.into(), value))
    }
    read(&sealed(event, &content))
}

#[test]
fn a_signed_payment_about_anything_but_us_is_refused() {
    for (pointer, value) in [
        ("/mchid", json!("1900000002")),
        ("/appid", json!("wx0000000000000002")),
        ("/trade_type", json!("JSAPI")),
        ("/amount/currency", json!("USD")),
        ("/amount/payer_currency", json!("USD")),
        ("/amount/total", json!(0)),
        ("/amount", Value::Null),
        ("/transaction_id", Value::Null),
        ("/success_time", Value::Null),
    ] {
        let read = changed("TRANSACTION.SUCCESS", &transaction(), pointer, value);
        assert!(matches!(read, Err(NotificationError::Mismatch(_))), "{pointer}: {read:?}");
    }
    let read = changed("TRANSACTION.SUCCESS", &transaction(), "/amount/payer_total", json!(1));
    let Ok(Notice::Paid { amount, payer_amount, .. }) = read else { panic!("{read:?}") };
    assert_eq!((amount, payer_amount), (Fen::new(100), Fen::new(1)));
}

#[test]
fn a_signed_refund_about_anything_but_us_is_refused() {
    let refund = json!({
        "mchid": SANDBOX_MERCHANT, "out_trade_no": "trade-1", "transaction_id": "42", "out_refund_no": "refund-1",
        "refund_id": "50", "refund_status": "SUCCESS", "amount": { "total": 100, "refund": 100 },
    });
    assert!(read(&sealed("REFUND.SUCCESS", &refund)).is_ok());
    for (pointer, value) in [
        ("/mchid", json!("1900000002")),
        ("/mchid", Value::Null),
        ("/refund_status", json!("CLOSED")),
        ("/transaction_id", Value::Null),
        ("/amount/currency", json!("USD")),
        ("/amount/refund", Value::Null),
    ] {
        let read = changed("REFUND.SUCCESS", &refund, pointer, value);
        assert!(matches!(read, Err(NotificationError::Mismatch(_))), "{pointer}: {read:?}");
    }
}

#[tokio::test]
async fn every_key_of_the_platform_is_believed_under_its_own_number() {
    let counter = Counter::open().await;
    let rotated = [json!({}), json!({ "second_platform_key": true }), json!({ "platform_public_key": true })];
    for (round, faults) in rotated.into_iter().enumerate() {
        counter.tell(faults).await;
        counter.opened_and(&format!("trade-{round}"), 100, "pay").await;
        let letter = counter.heard(round + 1).await.remove(round);
        assert_eq!(letter.headers[SERIAL].to_str().unwrap(), [FIRST, SECOND, PUBLIC_KEY][round]);
        assert!(letter.read.is_ok(), "{:?}", letter.read);
    }
    std::fs::remove_file(counter.folder.path().join("platform").join(format!("{SECOND}.pem"))).unwrap();
    let before = counter.client_off_by(TimeDelta::zero());
    counter.tell(json!({ "second_platform_key": true })).await;
    assert_eq!(before.query("trade-0").await, Err(ProviderError::Forged), "a key that we were not given");
}

#[test]
fn what_is_signed_but_not_readable_is_turned_away() {
    let good = sealed("TRANSACTION.SUCCESS", &transaction());
    let bodies = [
        String::new(),
        "{}".into(),
        envelope("TRANSACTION.SUCCESS", "%"),
        envelope("TRANSACTION.SUCCESS", &STANDARD.encode([0; 40])),
        sealed("TRANSACTION.SUCCESS", &json!({ "amount": "much" })),
        good.replace(r#""associated_data":"transaction""#, r#""associated_data":"refund""#),
        good.replace("abcdefghijkl", "abcdefghijkm"),
        good.replace("abcdefghijkl", "short"),
    ];
    for body in bodies {
        let read = read(&body);
        assert!(matches!(read, Err(NotificationError::Body(_))), "{body}: {read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_with_any_headers_are_never_believed(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        signature in prop_oneof![
            proptest::collection::vec(any::<u8>(), 256).prop_map(|bytes| STANDARD.encode(bytes)),
            "[ -~]{0,400}",
        ],
        timestamp in prop_oneof![Just(now().timestamp().to_string()), any::<i64>().prop_map(|any| any.to_string()), "[ -~]{0,30}"],
        serial in prop_oneof![Just(FIRST.to_owned()), "[ -~]{0,30}"],
        nonce in "[ -~]{0,40}",
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(SIGNATURE, signature), (TIMESTAMP, timestamp), (SERIAL, serial), (NONCE, nonce)] {
            headers.insert(name, value.parse().unwrap());
        }
        prop_assert!(DESK.client.read_notification(&headers, &body).is_err());
    }

    #[test]
    fn one_changed_bit_is_never_believed(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut body = sealed("TRANSACTION.SUCCESS", &transaction()).into_bytes();
        let headers = headers(DESK.platform.key(), now(), &body);
        let place = place.index(body.len());
        body[place] ^= 1 << bit;
        prop_assert_eq!(DESK.client.read_notification(&headers, &body), Err(NotificationError::Signature));
    }

    #[test]
    fn any_signed_text_is_read_without_a_panic(text in "\\PC{0,300}", nonce in "\\PC{0,16}", sealed in "\\PC{0,80}") {
        prop_assert!(read(&text).is_err());
        let body = envelope("TRANSACTION.SUCCESS", &sealed).replace("abcdefghijkl", &nonce.replace(['"', '\\'], ""));
        prop_assert!(read(&body).is_err());
    }
}
