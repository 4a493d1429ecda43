//! A counter for one test: the sandbox on a socket, our client, and an ear that reads notifications as we do.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use rules::Moment;
use rules::money::Fen;
use serde_json::{Value, json};
use server::clock::{Clock, FixedClock};
use server::gateways::payment::{
    Notification, NotificationError, PaymentPage, PaymentProvider, PaymentRequest, ProviderError,
    RefundRequest,
};
use server::gateways::wechat::Client;
use server::gateways::wechat::keys::Keys;
use server::gateways::wechat::wire::{Authorization, request_message};
use server::sandbox::{self, Sandbox};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const BACK: &str = "http://127.0.0.1:3000/orders/1?a=b";

pub fn now() -> Moment {
    "2026-11-18T02:00:00Z".parse().unwrap()
}

/// What came to the ear, and what our client made of it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub headers: HeaderMap,
    pub body: Bytes,
    pub read: Result<Notification, NotificationError>,
}

pub struct Counter {
    pub client: Arc<Client>,
    pub clock: Arc<FixedClock>,
    pub folder: TempDir,
    pub origin: String,
    /// So many of the next notifications are not acknowledged.
    pub deaf: Arc<AtomicU32>,
    pub http: reqwest::Client,
    letters: Arc<Mutex<Vec<Letter>>>,
}

/// Keys are made once for all tests, and copied.
pub fn keys_folder() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        Keys::of_merchant(folder.path(), &*FixedClock::at(now(), 11)).unwrap();
        folder
    });
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(made.path()).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    copy
}

pub fn platform(folder: &Path) -> Keys {
    Keys::of_platform(folder, &*FixedClock::at(now(), 1)).unwrap()
}

pub fn merchant(folder: &Path) -> Keys {
    Keys::of_merchant(folder, &*FixedClock::at(now(), 1)).unwrap()
}

fn origin(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

impl Counter {
    pub async fn open() -> Self {
        let folder = keys_folder();
        let clock = FixedClock::at(now(), 7);
        let shared: Arc<dyn Clock> = clock.clone();
        let (pay, hear) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let (origin, ear) = (origin(&pay), origin(&hear));
        let sandbox = Sandbox::open(folder.path(), shared.clone(), ear.clone(), origin.clone()).unwrap();
        let client = Arc::new(Client::from_keys(folder.path(), &origin, &ear, shared).unwrap());
        tokio::spawn(axum::serve(pay, sandbox::router(sandbox)).into_future());
        let (letters, deaf) = (Arc::<Mutex<Vec<Letter>>>::default(), Arc::<AtomicU32>::default());
        let (kept, reader, refusing) = (letters.clone(), client.clone(), deaf.clone());
        let hearing = post(move |headers: HeaderMap, body: Bytes| {
            let read = reader.read_notification(&headers, &body);
            let good = read.is_ok();
            kept.lock().unwrap().push(Letter { headers, body, read });
            let deaf =
                refusing.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            async move { if good && !deaf { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR } }
        });
        tokio::spawn(axum::serve(hear, Router::new().route("/", hearing)).into_future());
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(redirect).build().unwrap();
        Self { client, clock, folder, origin, deaf, http, letters }
    }

    /// Our client with a clock that is off by so much.
    pub fn client_off_by(&self, by: TimeDelta) -> Client {
        let clock: Arc<dyn Clock> = FixedClock::at(now() + by, 5);
        Client::from_keys(self.folder.path(), &self.origin, "http://127.0.0.1:9/", clock).unwrap()
    }

    pub async fn ask(&self, number: &str, fen: i64) -> Result<PaymentPage, ProviderError> {
        self.client.open(request(number, fen)).await
    }

    /// Opens and presses a button on the provider's page.
    pub async fn opened_and(&self, number: &str, fen: i64, outcome: &str) -> reqwest::Response {
        let page = self.ask(number, fen).await.unwrap();
        self.press(&page, outcome).await
    }

    pub async fn press(&self, page: &PaymentPage, outcome: &str) -> reqwest::Response {
        let form = serde_urlencoded::to_string([("outcome", outcome), ("redirect_url", BACK)]).unwrap();
        let request =
            self.http.post(&page.url).header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap()
    }

    pub async fn give_back(
        &self,
        number: &str,
        refund: &str,
        fen: i64,
        total: i64,
    ) -> Result<Given, ProviderError> {
        let request = RefundRequest {
            out_trade_no: number.into(),
            out_refund_no: refund.into(),
            amount: Fen::new(fen),
            total: Fen::new(total),
            reason: "记录已在别处处理".into(),
        };
        self.client.refund(request).await
    }

    pub async fn tell(&self, faults: Value) {
        let url = format!("{}/sandbox/faults", self.origin);
        assert!(self.http.put(url).json(&faults).send().await.unwrap().status().is_success());
    }

    pub async fn state(&self) -> Value {
        self.http.get(format!("{}/sandbox/state", self.origin)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn payments(&self) -> usize {
        self.state().await["payments"].as_object().unwrap().len()
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    /// Waits until so many notifications came.
    pub async fn heard(&self, count: usize) -> Vec<Letter> {
        for _ in 0..400 {
            if self.letters().len() >= count {
                return self.letters();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{count} notifications were awaited, these came: {:?}", self.letters());
    }

    /// A request as the merchant signs it, before anything is done to it.
    pub fn signed(&self, method: &str, target: &str, body: &str) -> Authorization {
        sign_request(&merchant(self.folder.path()), now(), method, target, body)
    }

    pub async fn send(
        &self,
        method: &str,
        target: &str,
        body: &str,
        authorization: Option<String>,
    ) -> (u16, Value) {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, format!("{}{target}", self.origin)).body(body.to_owned());
        if let Some(authorization) = authorization {
            request = request.header(http::header::AUTHORIZATION, authorization);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(json!(null)))
    }
}

pub type Given = server::gateways::payment::ProviderRefund;

pub fn request(number: &str, fen: i64) -> PaymentRequest {
    PaymentRequest {
        out_trade_no: number.into(),
        description: "交通违法罚款 <2>".into(),
        amount: Fen::new(fen),
        expires_at: now() + TimeDelta::hours(2),
        return_url: BACK.into(),
    }
}

pub fn sign_request(keys: &Keys, at: Moment, method: &str, target: &str, body: &str) -> Authorization {
    let (timestamp, nonce) = (at.timestamp().to_string(), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS".to_owned());
    Authorization {
        merchant: keys.merchant.clone(),
        signature: keys.sign(&request_message(method, target, &timestamp, &nonce, body)),
        serial: keys.own_serial.clone(),
        nonce,
        timestamp,
    }
}
