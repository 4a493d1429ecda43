//! A signed notification changes something only if every field of it is about the payment or refund that it names.

use http::{HeaderMap, StatusCode};
use rstest::rstest;
use rules::Moment;
use rules::kernel::CaseState;
use serde_json::{Value, json};
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::cases::CaseKey;
use server::gateways::wechat::settings::{SANDBOX_APP, SANDBOX_MERCHANT};
use server::http::notifications::notified;
use server::jobs;
use server::sandbox::Faults;
use server::sandbox::keys::FIRST;

use crate::support::world_on;
use crate::world::World;

/// A letter as the platform writes it.
struct Letter {
    nonce: &'static str,
    at: Moment,
    event: &'static str,
    content: Value,
}

impl Letter {
    fn body(&self, world: &World) -> Vec<u8> {
        let sealed = world.sandbox.keys.secret.encrypt("abcdefghijkl", "a", &self.content.to_string());
        let resource = json!({
            "algorithm": "AEAD_AES_256_GCM", "ciphertext": sealed, "associated_data": "a", "original_type": "a",
            "nonce": "abcdefghijkl",
        });
        json!({
            "id": "EV-1", "create_time": "2026-11-18T10:00:00+08:00", "event_type": self.event,
            "resource_type": "encrypt-resource", "resource": resource, "summary": "s",
        })
        .to_string()
        .into_bytes()
    }

    fn headers(&self, world: &World, body: &[u8]) -> HeaderMap {
        let timestamp = self.at.timestamp().to_string();
        let message = [timestamp.as_bytes(), b"\n", self.nonce.as_bytes(), b"\n", body, b"\n"].concat();
        let key = world.sandbox.keys.key(FIRST).expect("the platform's key");
        let pairs = [
            ("wechatpay-timestamp", timestamp),
            ("wechatpay-nonce", self.nonce.to_owned()),
            ("wechatpay-serial", key.serial.clone()),
            ("wechatpay-signature", key.sign(&message)),
        ];
        let pairs = pairs.into_iter();
        pairs.map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    async fn sent(&self, world: &World) -> StatusCode {
        let body = self.body(world);
        notified(&world.state, &self.headers(world, &body), &body).await
    }
}

fn with(content: &Value, pointer: &str, value: Value) -> Value {
    let mut content = content.clone();
    *content.pointer_mut(pointer).expect("a field") = value;
    content
}

fn paid(number: &str) -> Value {
    json!({
        "appid": SANDBOX_APP, "mchid": SANDBOX_MERCHANT, "out_trade_no": number, "transaction_id": "4200001",
        "trade_type": "MWEB", "trade_state": "SUCCESS", "success_time": "2026-11-18T10:03:00+08:00",
        "amount": { "total": 20000, "payer_total": 20000, "currency": "CNY", "payer_currency": "CNY" },
    })
}

async fn untouched(world: &World, order: &CaseKey, what: &str) {
    assert_eq!(world.order_state(order).await, CaseState::Paying, "{what}");
    for table in ["ledger", "receipts", "refunds", "notifications"] {
        assert_eq!(world.number(&format!("select count(*) from {table}")).await, 0, "{what}: {table}");
    }
    assert_eq!(world.number("select count(*) from payments where state = 'open'").await, 1, "{what}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_a_payment_counts_only_whole_fresh_and_once(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        world.open_payment(&order).await;
        let number = world.text("select out_trade_no from payments").await.expect("a payment");
        let (now, content) = (world.state.clock.now(), paid(&number));
        let letter = |nonce, at, content| Letter { nonce, at, event: "TRANSACTION.SUCCESS", content };
        let (refused, unknown) = (StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED);
        for (nonce, pointer, value) in [
            ("n1", "/mchid", json!("1900000002")),
            ("n2", "/appid", json!("wx0000000000000002")),
            ("n3", "/out_trade_no", json!("LT0")),
            ("n4", "/amount/currency", json!("USD")),
            ("n5", "/amount/total", json!(1)),
            ("n6", "/amount/payer_total", json!(1)),
            ("n7", "/trade_type", json!("APP")),
        ] {
            let sent = letter(nonce, now, with(&content, pointer, value)).sent(&world).await;
            assert_eq!(sent, refused, "{pointer}");
            untouched(&world, &order, pointer).await;
        }
        for seconds in [-301, 301] {
            let at = now + chrono::TimeDelta::seconds(seconds);
            assert_eq!(letter("n8", at, content.clone()).sent(&world).await, unknown);
            untouched(&world, &order, "an old or early letter").await;
        }
        let good = letter("n9", now, content.clone());
        let (body, mut headers) = (good.body(&world), good.headers(&world, &good.body(&world)));
        headers.insert("wechatpay-nonce", "n10".parse().unwrap());
        assert_eq!(notified(&world.state, &headers, &body).await, unknown, "a bad signature");
        untouched(&world, &order, "a bad signature").await;
        let used = Letter { event: "COUPON.USE", ..letter("n11", now, content.clone()) };
        assert_eq!(used.sent(&world).await, StatusCode::OK, "nothing to us");
        assert_eq!(
            letter("n11", now, content.clone()).sent(&world).await,
            unknown,
            "a nonce that came before"
        );
        untouched(&world, &order, "a nonce that came before").await;
        assert_eq!(good.sent(&world).await, StatusCode::OK);
        assert_eq!(world.order_state(&order).await, CaseState::Settled);
        assert_eq!(good.sent(&world).await, unknown, "replayed");
        assert_eq!(letter("n12", now, content).sent(&world).await, StatusCode::OK, "delivered again");
        assert_eq!(world.number("select count(*) from receipts").await, 1);
        world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_a_refund_counts_only_for_the_refund_that_it_describes(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.faults(Faults { hold_refunds: true, ..Faults::default() });
        world.run("update camera_records set disputed = 1 where id = 'r1'".into()).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Refunding).await;
        jobs::cases::once(&world.state).await.unwrap();
        let refund = world.text("select out_refund_no from refunds").await.expect("a refund");
        let trade = world.text("select out_trade_no from refunds").await.expect("a payment");
        let id = world.text("select transaction_id from payments").await.expect("a number");
        let content = json!({
            "mchid": SANDBOX_MERCHANT, "out_trade_no": trade, "transaction_id": id, "out_refund_no": refund,
            "refund_id": "50", "refund_status": "SUCCESS", "success_time": "2026-11-18T10:04:00+08:00",
            "amount": { "total": 20000, "refund": 20000, "payer_total": 20000, "payer_refund": 20000 },
        });
        let at = world.state.clock.now();
        let letter = |nonce, content| Letter { nonce, at, event: "REFUND.SUCCESS", content };
        for (nonce, pointer, value) in [
            ("n1", "/mchid", json!("1900000002")),
            ("n2", "/out_trade_no", json!("LT0")),
            ("n3", "/transaction_id", json!("4200009")),
            ("n4", "/amount/refund", json!(1)),
            ("n5", "/amount/total", json!(20001)),
            ("n6", "/refund_status", json!("CLOSED")),
        ] {
            let sent = letter(nonce, with(&content, pointer, value)).sent(&world).await;
            assert_eq!(sent, StatusCode::BAD_REQUEST, "{pointer}");
            assert_eq!(world.order_state(&order).await, CaseState::Refunding, "{pointer}");
            assert_eq!(world.number("select count(*) from refunds where state = 'done'").await, 0);
        }
        assert_eq!(letter("n7", content).sent(&world).await, StatusCode::OK);
        assert_eq!(world.order_state(&order).await, CaseState::Refunded);
        world.every_promise_holds().await;
    }
}
