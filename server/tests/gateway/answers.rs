//! Signed answers count for the question that was asked, once.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use server::clock::FixedClock;
use server::gateways::payment::{PaymentProvider, ProviderError, ProviderPaymentState};
use server::gateways::wechat::Client;
use server::gateways::wechat::settings::{SANDBOX_APP, SANDBOX_MERCHANT};
use server::gateways::wechat::wire::{NONCE, SERIAL, SIGNATURE, TIMESTAMP, answer_message};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::support::{Platform, keys_folder, merchant, now, refund_of, request};

/// A provider that signs whatever it is told to say.
struct Script {
    platform: Platform,
    says: Mutex<Value>,
    /// Where it is set, every answer has this nonce.
    nonce: Mutex<Option<String>>,
    answered: Mutex<usize>,
}

async fn answer(State(script): State<Arc<Script>>, _: Request) -> Response {
    let body = script.says.lock().unwrap().to_string();
    let count = {
        let mut answered = script.answered.lock().unwrap();
        *answered += 1;
        *answered
    };
    let nonce = script.nonce.lock().unwrap().clone().unwrap_or_else(|| format!("nonce-{count}"));
    let timestamp = now().timestamp().to_string();
    let key = script.platform.key();
    let signature = key.sign(&answer_message(&timestamp, &nonce, body.as_bytes()));
    Response::builder()
        .header(TIMESTAMP, timestamp)
        .header(NONCE, nonce)
        .header(SERIAL, &key.serial)
        .header(SIGNATURE, signature)
        .body(Body::from(body))
        .unwrap()
}

struct Told {
    script: Arc<Script>,
    client: Client,
    url: String,
    _folder: TempDir,
}

impl Told {
    async fn open() -> Self {
        let folder = keys_folder();
        let script = Arc::new(Script {
            platform: Platform::of(folder.path()),
            says: Mutex::default(),
            nonce: Mutex::default(),
            answered: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answering = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(axum::serve(listener, answering).into_future());
        let merchant = merchant(folder.path(), &url, "https://wx.tenpay.com", "http://127.0.0.1:9/");
        let client = Client::new(merchant, FixedClock::at(now(), 2)).unwrap();
        Self { script, client, url, _folder: folder }
    }

    fn says(&self, what: Value) {
        *self.script.says.lock().unwrap() = what;
    }
}

/// The documented shape, with one field changed.
fn with(shape: &Value, pointer: &str, value: Value) -> Value {
    let mut shape = shape.clone();
    *shape.pointer_mut(pointer).unwrap() = value;
    shape
}

fn paid() -> Value {
    json!({
        "appid": SANDBOX_APP, "mchid": SANDBOX_MERCHANT, "out_trade_no": "trade-1", "transaction_id": "42",
        "trade_type": "MWEB", "trade_state": "SUCCESS", "trade_state_desc": "支付成功", "bank_type": "CMC",
        "success_time": "2026-11-18T09:59:00+08:00", "payer": { "openid": "o" },
        "amount": { "total": 100, "payer_total": 100, "currency": "CNY", "payer_currency": "CNY" },
    })
}

#[tokio::test]
async fn an_answer_about_another_payment_is_no_answer() {
    let told = Told::open().await;
    told.says(paid());
    assert_eq!(told.client.query("trade-1").await.unwrap().state, ProviderPaymentState::Paid);
    for (pointer, value) in [
        ("/out_trade_no", json!("trade-2")),
        ("/mchid", json!("1900000002")),
        ("/appid", json!("wx0000000000000002")),
        ("/trade_type", json!("NATIVE")),
        ("/amount/currency", json!("USD")),
        ("/amount/payer_currency", json!("USD")),
        ("/amount/total", json!(-1)),
        ("/transaction_id", json!("")),
        ("/success_time", json!("soon")),
    ] {
        told.says(with(&paid(), pointer, value));
        let answer = told.client.query("trade-1").await;
        assert!(matches!(answer, Err(ProviderError::Mismatch(_))), "{pointer}: {answer:?}");
    }
}

#[tokio::test]
async fn an_unpaid_payment_is_read_as_the_documents_show_it() {
    let told = Told::open().await;
    told.says(json!({
        "appid": SANDBOX_APP, "mchid": SANDBOX_MERCHANT, "out_trade_no": "trade-1", "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付", "amount": { "total": 100, "currency": "CNY" },
    }));
    let answer = told.client.query("trade-1").await.unwrap();
    assert_eq!((answer.state, answer.amount), (ProviderPaymentState::Unpaid, None));
}

#[tokio::test]
async fn an_answer_about_another_refund_is_no_answer() {
    let told = Told::open().await;
    let shape = json!({
        "refund_id": "50", "out_refund_no": "refund-1", "transaction_id": "42", "out_trade_no": "trade-1",
        "channel": "ORIGINAL", "user_received_account": "招商银行信用卡0403",
        "create_time": "2026-11-18T09:59:00+08:00", "status": "SUCCESS",
        "amount": { "total": 300, "refund": 100, "payer_total": 300, "payer_refund": 100, "currency": "CNY" },
    });
    let asked = server::gateways::payment::RefundRequest {
        transaction_id: Some("42".into()),
        ..refund_of("trade-1", "refund-1", 100, 300)
    };
    told.says(shape.clone());
    assert!(told.client.refund(asked.clone()).await.is_ok());
    assert!(told.client.query_refund(&asked).await.is_ok());
    for (pointer, value) in [
        ("/out_refund_no", json!("refund-2")),
        ("/out_trade_no", json!("trade-2")),
        ("/transaction_id", json!("43")),
        ("/amount/refund", json!(1)),
        ("/amount/total", json!(301)),
        ("/amount/currency", json!("USD")),
    ] {
        told.says(with(&shape, pointer, value));
        for answer in [told.client.refund(asked.clone()).await, told.client.query_refund(&asked).await] {
            assert!(matches!(answer, Err(ProviderError::Mismatch(_))), "{pointer}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn people_are_sent_to_the_providers_own_pages_alone() {
    let told = Told::open().await;
    let page = "/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2";
    told.says(json!({ "h5_url": format!("https://wx.tenpay.com{page}") }));
    let opened = told.client.open(request("trade-1", 100)).await.unwrap();
    assert!(
        opened.url.starts_with("https://wx.tenpay.com/")
            && opened.url.contains("&redirect_url=http%3A%2F%2F")
    );
    for elsewhere in ["https://wx.tenpay.com.elsewhere.example", "http://wx.tenpay.com", "javascript:"] {
        told.says(json!({ "h5_url": format!("{elsewhere}{page}") }));
        let answer = told.client.open(request("trade-1", 100)).await;
        assert!(matches!(answer, Err(ProviderError::Mismatch(_))), "{elsewhere}: {answer:?}");
    }
}

#[tokio::test]
async fn an_answer_that_was_recorded_counts_once() {
    let told = Told::open().await;
    told.says(paid());
    *told.script.nonce.lock().unwrap() = Some("recorded".into());
    assert!(told.client.query("trade-1").await.is_ok());
    assert_eq!(told.client.query("trade-1").await, Err(ProviderError::Forged));
    assert_eq!(told.client.close("trade-1").await, Err(ProviderError::Forged));
}

#[tokio::test]
async fn a_bill_that_is_elsewhere_or_unlike_its_hash_is_refused() {
    let told = Told::open().await;
    let day = "2026-11-17".parse().unwrap();
    let answer = |url: &str, kind: &str| {
        told.says(json!({ "hash_type": kind, "hash_value": "00", "download_url": url }));
        told.client.bill(day)
    };
    let here = format!("{}/v3/billdownload/file?token=1", told.url);
    for (url, kind) in [("https://elsewhere.example/bill", "SHA1"), (here.as_str(), "SHA1"), (&here, "MD5")] {
        let answer = answer(url, kind).await;
        assert!(matches!(answer, Err(ProviderError::Mismatch(_))), "{url} {kind}: {answer:?}");
    }
}
