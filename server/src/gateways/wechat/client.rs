//! The client of WeChat Pay API v3.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest;
use chrono::{FixedOffset, NaiveDate, TimeDelta};
use http::{HeaderMap, StatusCode};
use rules::Moment;
use rules::money::Fen;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answers::{self, Mismatch, Own, same};
use super::bill;
use super::keys::{self, KeyError, Secret, SigningKey, VerifyingKeys};
use super::wire::{
    self, Amount, Authorization, BillAnswer, CloseOrder, Envelope, H5Answer, H5Info, H5Order, Problem,
    Refund, RefundOrder, SceneInfo, Transaction,
};
use crate::clock::Clock;
use crate::gateways::payment::{
    Bill, Notice, Notification, NotificationError, PaymentPage, PaymentProvider, PaymentRequest,
    ProviderError, ProviderPayment, ProviderRefund, RefundRequest,
};

/// How far a signature's time may be off.
pub const SKEW: TimeDelta = TimeDelta::minutes(5);
const TIMEOUT: Duration = Duration::from_secs(5);
/// A bill lists every payment of a day.
const BILL_TIMEOUT: Duration = Duration::from_secs(120);
/// The site's name, as the provider shows it to the person.
const NAME: &str = "路通";

/// Settings of the client, from `Settings` and from where the program is reached.
#[derive(Clone, Debug)]
pub struct Merchant {
    pub url: String,
    /// Origins of the provider's payment pages.
    pub pages: Vec<String>,
    pub notify_url: String,
    /// Where people reach us.
    pub origin: String,
    pub id: String,
    pub app: String,
    /// Of our own certificate.
    pub serial: String,
    /// The folder of the keys.
    pub keys: PathBuf,
}

pub struct Client {
    merchant: Merchant,
    signing: SigningKey,
    platform: VerifyingKeys,
    secret: Secret,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
    /// Nonces of answers and when they came: a signed answer counts once.
    answered: Mutex<HashMap<String, Moment>>,
}

/// A signature that was checked.
struct Signed {
    nonce: String,
}

fn no_answer(error: &dyn std::fmt::Display) -> ProviderError {
    ProviderError::NoAnswer(error.to_string())
}

fn mismatch(error: Mismatch) -> ProviderError {
    ProviderError::Mismatch(error.to_string())
}

impl Client {
    pub fn new(merchant: Merchant, clock: Arc<dyn Clock>) -> Result<Self, KeyError> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client with these settings is always built");
        let merchant = Merchant { url: merchant.url.trim_end_matches('/').to_owned(), ..merchant };
        Ok(Self {
            signing: SigningKey::from_file(&merchant.serial, &merchant.keys.join(keys::PRIVATE_KEY))?,
            platform: VerifyingKeys::from_folder(&merchant.keys.join(keys::PLATFORM))?,
            secret: Secret::from_file(&merchant.keys.join(keys::SECRET))?,
            merchant,
            clock,
            http,
            answered: Mutex::default(),
        })
    }

    fn own(&self) -> Own<'_> {
        Own { merchant: &self.merchant.id, app: &self.merchant.app }
    }

    /// A signed request.
    fn request(&self, method: http::Method, target: &str, body: String) -> reqwest::RequestBuilder {
        let timestamp = self.clock.now().timestamp().to_string();
        let nonce = hex::encode_upper(self.clock.random::<16>());
        let message = wire::request_message(method.as_str(), target, &timestamp, &nonce, &body);
        let authorization = Authorization {
            merchant: self.merchant.id.clone(),
            signature: self.signing.sign(message.as_bytes()),
            serial: self.signing.serial.clone(),
            nonce,
            timestamp,
        };
        self.http
            .request(method, format!("{}{target}", self.merchant.url))
            .header(http::header::AUTHORIZATION, authorization.header())
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body)
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: http::Method,
        target: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Option<A>, ProviderError> {
        let body = body.map(serde_json::to_string).transpose().map_err(|error| no_answer(&error))?;
        let request = self.request(method, target, body.unwrap_or_default());
        let answer = request.send().await.map_err(|error| no_answer(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| no_answer(&error))?;
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(ProviderError::NoAnswer(format!("status {status}")));
        }
        let Ok(signed) = self.check_signature(&headers, &body) else { return Err(ProviderError::Forged) };
        if !self.counts_first(signed.nonce) {
            return Err(ProviderError::Forged);
        }
        if !status.is_success() {
            let problem = serde_json::from_slice(&body);
            let Problem { code, message } = problem.map_err(|error| no_answer(&error))?;
            return Err(ProviderError::Refused { code, message });
        }
        if body.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&body).map(Some).map_err(|error| no_answer(&error))
    }

    async fn ask<A: DeserializeOwned>(&self, target: &str) -> Result<A, ProviderError> {
        self.call(http::Method::GET, target, None::<&()>).await?.ok_or_else(missing)
    }

    /// An answer that was recorded and sent again has a nonce that came before.
    fn counts_first(&self, nonce: String) -> bool {
        let now = self.clock.now();
        let mut answered = self.answered.lock().expect("no holder of the nonces panics");
        answered.retain(|_, came| now - *came <= SKEW * 2);
        answered.insert(nonce, now).is_none()
    }

    fn check_signature(&self, headers: &HeaderMap, body: &[u8]) -> Result<Signed, NotificationError> {
        let header = |name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).ok_or(NotificationError::Header)
        };
        if headers.contains_key(wire::SIGNATURE_TYPE) && header(wire::SIGNATURE_TYPE)? != wire::SCHEME {
            return Err(NotificationError::Signature);
        }
        let timestamp = header(wire::TIMESTAMP)?;
        let signed_at = timestamp.parse().ok().and_then(|seconds| Moment::from_timestamp(seconds, 0));
        let signed_at = signed_at.ok_or(NotificationError::Header)?;
        if (self.clock.now() - signed_at).abs() > SKEW {
            return Err(NotificationError::Time);
        }
        let nonce = header(wire::NONCE)?;
        let message = wire::answer_message(timestamp, nonce, body);
        if self.platform.verify(header(wire::SERIAL)?, &message, header(wire::SIGNATURE)?) {
            Ok(Signed { nonce: nonce.to_owned() })
        } else {
            Err(NotificationError::Signature)
        }
    }

    /// The text of a notification's resource.
    fn decrypted(&self, envelope: &Envelope) -> Result<String, NotificationError> {
        let resource = &envelope.resource;
        same("algorithm", resource.algorithm.as_str(), "AEAD_AES_256_GCM")
            .map_err(|error| NotificationError::Body(error.to_string()))?;
        let text = self.secret.decrypt(&resource.nonce, &resource.associated_data, &resource.ciphertext);
        text.ok_or_else(|| NotificationError::Body("not encrypted with our secret".into()))
    }

    fn notice(&self, envelope: &Envelope, text: &str) -> Result<Notice, NotificationError> {
        let wrong = |error: serde_json::Error| NotificationError::Body(error.to_string());
        let notice = match envelope.event_type.split('.').next() {
            Some("TRANSACTION") => {
                let paid: Transaction = serde_json::from_str(text).map_err(wrong)?;
                answers::payment_notice(paid, &self.own())
            }
            Some("REFUND") => {
                let refund: Refund = serde_json::from_str(text).map_err(wrong)?;
                answers::refund_notice(refund, envelope, &self.own())
            }
            _ => Ok(Notice::Other),
        };
        notice.map_err(|error| NotificationError::Mismatch(error.to_string()))
    }

    /// The text of the bill. Its answer carries no signature: the hash came signed.
    async fn download(&self, target: &str) -> Result<String, ProviderError> {
        let request = self.request(http::Method::GET, target, String::new()).timeout(BILL_TIMEOUT);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let answer = answer.map_err(|error| no_answer(&error.without_url()))?;
        answer.text().await.map_err(|error| no_answer(&error.without_url()))
    }
}

fn missing() -> ProviderError {
    ProviderError::NoAnswer("an empty answer".into())
}

/// A moment as the provider writes it, in China's time.
pub fn written(moment: Moment) -> String {
    let place = FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
    moment.with_timezone(&place).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// Scheme, host and port of the address.
pub fn origin_of(address: &str) -> Option<String> {
    let origin = reqwest::Url::parse(address).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

fn order_amount(total: Fen) -> Amount {
    Amount { total: total.fen(), currency: Some(wire::CURRENCY.into()), ..Amount::default() }
}

pub fn sha1(text: &str) -> String {
    hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

#[async_trait]
impl PaymentProvider for Client {
    fn name(&self) -> &'static str {
        "wechat"
    }

    async fn open(&self, request: PaymentRequest) -> Result<PaymentPage, ProviderError> {
        let order = H5Order {
            appid: self.merchant.app.clone(),
            mchid: self.merchant.id.clone(),
            description: request.description,
            out_trade_no: request.out_trade_no,
            time_expire: Some(written(request.expires_at)),
            notify_url: self.merchant.notify_url.clone(),
            amount: order_amount(request.amount),
            scene_info: Some(SceneInfo {
                payer_client_ip: request.payer_ip.to_string(),
                h5_info: Some(H5Info {
                    kind: "Wap".into(),
                    app_name: Some(NAME.into()),
                    app_url: Some(self.merchant.origin.clone()),
                }),
            }),
        };
        let answer: Option<H5Answer> =
            self.call(http::Method::POST, "/v3/pay/transactions/h5", Some(&order)).await?;
        let page = answer.ok_or_else(missing)?.h5_url;
        // People are sent to the provider's own pages alone.
        let known = origin_of(&page).filter(|origin| self.merchant.pages.contains(origin));
        known.ok_or_else(|| ProviderError::Mismatch("h5_url is on no page origin of the provider".into()))?;
        let joint = if page.contains('?') { '&' } else { '?' };
        let back: String = serde_urlencoded::to_string([("redirect_url", &request.return_url)])
            .map_err(|error| no_answer(&error))?;
        Ok(PaymentPage { url: format!("{page}{joint}{back}") })
    }

    async fn query(&self, out_trade_no: &str) -> Result<ProviderPayment, ProviderError> {
        let merchant = &self.merchant.id;
        let target = format!("/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={merchant}");
        let transaction: Transaction = self.ask(&target).await?;
        answers::payment(&transaction, &self.own(), out_trade_no).map_err(mismatch)
    }

    async fn close(&self, out_trade_no: &str) -> Result<(), ProviderError> {
        let target = format!("/v3/pay/transactions/out-trade-no/{out_trade_no}/close");
        let body = CloseOrder { mchid: self.merchant.id.clone() };
        self.call::<serde_json::Value>(http::Method::POST, &target, Some(&body)).await.map(drop)
    }

    async fn refund(&self, request: RefundRequest) -> Result<ProviderRefund, ProviderError> {
        let order = RefundOrder {
            transaction_id: None,
            out_trade_no: Some(request.out_trade_no.clone()),
            out_refund_no: request.out_refund_no.clone(),
            reason: Some(request.reason.clone()),
            notify_url: Some(self.merchant.notify_url.clone()),
            amount: Amount { refund: Some(request.amount.fen()), ..order_amount(request.total) },
        };
        let answer: Option<Refund> =
            self.call(http::Method::POST, "/v3/refund/domestic/refunds", Some(&order)).await?;
        answers::refund(answer.ok_or_else(missing)?, &request).map_err(mismatch)
    }

    async fn query_refund(&self, request: &RefundRequest) -> Result<ProviderRefund, ProviderError> {
        let refund = self.ask(&format!("/v3/refund/domestic/refunds/{}", request.out_refund_no)).await?;
        answers::refund(refund, request).map_err(mismatch)
    }

    async fn bill(&self, day: NaiveDate) -> Result<Option<Bill>, ProviderError> {
        let target = format!("/v3/bill/tradebill?bill_date={day}&bill_type=ALL");
        let answer: BillAnswer = match self.ask(&target).await {
            Err(ProviderError::Refused { code, .. }) if code == "NO_STATEMENT_EXIST" => return Ok(None),
            answer => answer?,
        };
        same("hash_type", answer.hash_type.as_str(), "SHA1").map_err(mismatch)?;
        let target = answer.download_url.strip_prefix(&self.merchant.url);
        let target = target.filter(|target| target.starts_with('/'));
        let target = target.ok_or_else(|| ProviderError::Mismatch("download_url is elsewhere".into()))?;
        let text = self.download(target).await?;
        same("hash_value", answer.hash_value.to_lowercase(), sha1(&text)).map_err(mismatch)?;
        let lines = bill::read(&text, &self.merchant.id);
        let lines = lines.map_err(|error| ProviderError::Mismatch(error.to_string()))?;
        Ok(Some(Bill { hash: sha1(&text), text, lines }))
    }

    fn read_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, NotificationError> {
        let Signed { nonce } = self.check_signature(headers, body)?;
        let envelope = serde_json::from_slice(body);
        let envelope: Envelope = envelope.map_err(|error| NotificationError::Body(error.to_string()))?;
        let notice = self.notice(&envelope, &self.decrypted(&envelope)?)?;
        Ok(Notification { id: envelope.id, nonce, notice })
    }
}
