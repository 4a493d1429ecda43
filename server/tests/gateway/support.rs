//! A counter for one test: the sandbox on a socket, our client, and an ear that reads notifications as we do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
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
use server::gateways::wechat::client::Merchant;
use server::gateways::wechat::keys::{PRIVATE_KEY, SECRET, Secret, SigningKey};
use server::gateways::wechat::wire::{Authorization, request_message};
use server::gateways::wechat::{Client, settings};
use server::sandbox::keys::{FIRST, PlatformKeys};
use server::sandbox::{self, Origins, Sandbox};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::keys;

pub const BACK: &str = "http://127.0.0.1:3000/orders/1?a=b";

pub fn now() -> Moment {
    "2026-11-18T02:00:00Z".parse().unwrap()
}

/// The merchant's registered origin.
pub const DOMAIN: &str = "http://127.0.0.1:3000";

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
    pub origins: Origins,
    /// So many of the next notifications are not acknowledged.
    pub deaf: Arc<AtomicU32>,
    pub http: reqwest::Client,
    letters: Arc<Mutex<Vec<Letter>>>,
}

/// A folder with the keys of both sides.
pub fn keys_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    keys::copy_to(folder.path());
    folder
}

/// The platform's side: its first key signs, its secret encrypts.
pub struct Platform(PlatformKeys);

impl Platform {
    pub fn of(folder: &Path) -> Self {
        Self(PlatformKeys::open(folder, &*FixedClock::at(now(), 1)).unwrap())
    }

    pub fn key(&self) -> &SigningKey {
        self.0.key(FIRST).unwrap()
    }

    pub fn named(&self, serial: &str) -> &SigningKey {
        self.0.key(serial).unwrap()
    }

    pub fn secret(&self) -> &Secret {
        &self.0.secret
    }
}

/// The merchant's own key.
pub fn merchant_key(folder: &Path) -> SigningKey {
    SigningKey::from_file(settings::SANDBOX_SERIAL, &folder.join(PRIVATE_KEY)).unwrap()
}

pub fn merchant_secret(folder: &Path) -> Secret {
    Secret::from_file(&folder.join(SECRET)).unwrap()
}

/// The merchant that the sandbox knows, with its keys in the folder.
pub fn merchant(folder: &Path, url: &str, pages: &str, ear: &str) -> Merchant {
    Merchant {
        url: url.into(),
        pages: vec![pages.into()],
        notify_url: ear.into(),
        origin: DOMAIN.into(),
        id: settings::SANDBOX_MERCHANT.into(),
        app: settings::SANDBOX_APP.into(),
        serial: settings::SANDBOX_SERIAL.into(),
        keys: folder.to_owned(),
    }
}

fn origin(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

impl Counter {
    pub async fn open() -> Self {
        let folder = keys_folder();
        let clock = FixedClock::at(now(), 7);
        let shared: Arc<dyn Clock> = clock.clone();
        let port = || TcpListener::bind("127.0.0.1:0");
        let (pay, show, hear) = (port().await.unwrap(), port().await.unwrap(), port().await.unwrap());
        let origins = Origins { api: origin(&pay), pages: origin(&show), domain: DOMAIN.into() };
        let sandbox = Sandbox::open(folder.path(), shared.clone(), origins.clone()).unwrap();
        let merchant = merchant(folder.path(), &origins.api, &origins.pages, &origin(&hear));
        let client = Arc::new(Client::new(merchant, shared).unwrap());
        tokio::spawn(axum::serve(pay, sandbox::router(sandbox.clone())).into_future());
        let pages = sandbox::pages(sandbox).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(show, pages).into_future());
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
        Self { client, clock, folder, origins, deaf, http, letters }
    }

    /// Our client with a clock that is off by so much.
    pub fn client_off_by(&self, by: TimeDelta) -> Client {
        let clock: Arc<dyn Clock> = FixedClock::at(now() + by, 5);
        let Origins { api, pages, .. } = &self.origins;
        Client::new(merchant(self.folder.path(), api, pages, "http://127.0.0.1:9/"), clock).unwrap()
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
        self.press_from(page, outcome, Some(DOMAIN)).await
    }

    /// The same with this Referer.
    pub async fn press_from(
        &self,
        page: &PaymentPage,
        outcome: &str,
        from: Option<&str>,
    ) -> reqwest::Response {
        let mut request = self.http.post(&page.url).form(&[("outcome", outcome)]);
        if let Some(from) = from {
            request = request.header(http::header::REFERER, from);
        }
        request.send().await.unwrap()
    }

    /// Opens the provider's page, as a link from this Referer does.
    pub async fn visit(&self, page: &str, from: Option<&str>) -> (u16, String) {
        let mut request = self.http.get(page);
        if let Some(from) = from {
            request = request.header(http::header::REFERER, from);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub async fn give_back(
        &self,
        number: &str,
        refund: &str,
        fen: i64,
        total: i64,
    ) -> Result<Given, ProviderError> {
        self.client.refund(refund_of(number, refund, fen, total)).await
    }

    pub async fn tell(&self, faults: Value) {
        let url = format!("{}/sandbox/faults", self.origins.api);
        assert!(self.http.put(url).json(&faults).send().await.unwrap().status().is_success());
    }

    pub async fn state(&self) -> Value {
        let url = format!("{}/sandbox/state", self.origins.api);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
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
        sign_request(&merchant_key(self.folder.path()), now(), method, target, body)
    }

    pub async fn send(
        &self,
        method: &str,
        target: &str,
        body: &str,
        authorization: Option<String>,
    ) -> (u16, Value) {
        let method = method.parse().unwrap();
        let mut request =
            self.http.request(method, format!("{}{target}", self.origins.api)).body(body.to_owned());
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
        payer_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}

pub fn refund_of(number: &str, refund: &str, fen: i64, total: i64) -> RefundRequest {
    RefundRequest {
        out_trade_no: number.into(),
        transaction_id: None,
        out_refund_no: refund.into(),
        amount: Fen::new(fen),
        total: Fen::new(total),
        reason: "记录已在别处处理".into(),
    }
}

pub fn sign_request(key: &SigningKey, at: Moment, method: &str, target: &str, body: &str) -> Authorization {
    let (timestamp, nonce) = (at.timestamp().to_string(), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS".to_owned());
    Authorization {
        merchant: settings::SANDBOX_MERCHANT.into(),
        signature: key.sign(request_message(method, target, &timestamp, &nonce, body).as_bytes()),
        serial: key.serial.clone(),
        nonce,
        timestamp,
    }
}
