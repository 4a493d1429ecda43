//! Our end of WeChat Pay API v3.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta};
use http::HeaderMap;
use rules::Moment;
use rules::money::Fen;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{KeyError, Keys};
use super::wire::{
    self, Amount, Authorization, CloseOrder, Envelope, H5Answer, H5Order, Problem, Refund, RefundOrder,
    Transaction,
};
use crate::clock::Clock;
use crate::gateways::payment::{
    Notice, Notification, NotificationError, PaymentPage, PaymentProvider, PaymentRequest, ProviderError,
    ProviderPayment, ProviderPaymentState, ProviderRefund, ProviderRefundState, RefundRequest,
};

/// How far a signature's time may be off.
const SKEW: TimeDelta = TimeDelta::minutes(5);
const PATIENCE: Duration = Duration::from_secs(5);
const APP: &str = "wx0000000000000001";

pub struct Client {
    keys: Keys,
    url: String,
    notify_url: String,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
}

impl Client {
    pub fn from_keys(
        folder: &Path,
        url: &str,
        notify_url: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyError> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client with these settings is always built");
        Ok(Self {
            keys: Keys::of_merchant(folder, &*clock)?,
            url: url.trim_end_matches('/').to_owned(),
            notify_url: notify_url.to_owned(),
            clock,
            http,
        })
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: http::Method,
        target: &str,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<Option<A>, ProviderError> {
        let no_answer = |error: &dyn std::fmt::Display| ProviderError::NoAnswer(error.to_string());
        let body = body.map(serde_json::to_string).transpose().map_err(|error| no_answer(&error))?;
        let body = body.unwrap_or_default();
        let timestamp = self.clock.now().timestamp().to_string();
        let nonce = hex::encode_upper(self.clock.random::<16>());
        let message = wire::request_message(method.as_str(), target, &timestamp, &nonce, &body);
        let authorization = Authorization {
            merchant: self.keys.merchant.clone(),
            signature: self.keys.sign(&message),
            serial: self.keys.own_serial.clone(),
            nonce,
            timestamp,
        };
        let request = self
            .http
            .request(method, format!("{}{target}", self.url))
            .header(http::header::AUTHORIZATION, authorization.header())
            .header(http::header::ACCEPT, "application/json")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body);
        let answer = request.send().await.map_err(|error| no_answer(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| no_answer(&error))?;
        if status.is_server_error() {
            return Err(ProviderError::NoAnswer(format!("status {status}")));
        }
        if self.check_signature(&headers, &body).is_err() {
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

    fn check_signature(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), NotificationError> {
        let header = |name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).ok_or(NotificationError::Header)
        };
        let timestamp = header(wire::TIMESTAMP)?;
        let signed_at = timestamp.parse().ok().and_then(|seconds| Moment::from_timestamp(seconds, 0));
        let signed_at = signed_at.ok_or(NotificationError::Header)?;
        if (self.clock.now() - signed_at).abs() > SKEW {
            return Err(NotificationError::Time);
        }
        let message = wire::answer_message(timestamp, header(wire::NONCE)?, body);
        let ours = header(wire::SERIAL)? == self.keys.other_serial;
        if ours && self.keys.verify(&message, header(wire::SIGNATURE)?) {
            Ok(())
        } else {
            Err(NotificationError::Signature)
        }
    }
}

fn amount(total: Fen) -> Amount {
    Amount { total: total.fen(), refund: None, currency: Some("CNY".into()) }
}

fn missing() -> ProviderError {
    ProviderError::NoAnswer("an empty answer".into())
}

fn moment(text: &str) -> Option<Moment> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

fn refund_state(status: &str) -> ProviderRefundState {
    match status {
        "SUCCESS" => ProviderRefundState::Succeeded,
        "PROCESSING" => ProviderRefundState::Processing,
        "CLOSED" => ProviderRefundState::Closed,
        _ => ProviderRefundState::Abnormal,
    }
}

/// The provider writes times of the place.
pub fn written(moment: Moment) -> String {
    let place = FixedOffset::east_opt(8 * 3600).expect("eight hours are an offset");
    moment.with_timezone(&place).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

#[async_trait]
impl PaymentProvider for Client {
    fn name(&self) -> &'static str {
        "wechat"
    }

    async fn open(&self, request: PaymentRequest) -> Result<PaymentPage, ProviderError> {
        let order = H5Order {
            appid: APP.into(),
            mchid: self.keys.merchant.clone(),
            description: request.description,
            out_trade_no: request.out_trade_no,
            time_expire: written(request.expires_at),
            notify_url: self.notify_url.clone(),
            amount: amount(request.amount),
        };
        let answer: Option<H5Answer> =
            self.call(http::Method::POST, "/v3/pay/transactions/h5", Some(&order)).await?;
        let page = answer.ok_or_else(missing)?.h5_url;
        let joint = if page.contains('?') { '&' } else { '?' };
        let back: String = serde_urlencoded::to_string([("redirect_url", &request.return_url)])
            .map_err(|error| ProviderError::NoAnswer(error.to_string()))?;
        Ok(PaymentPage { url: format!("{page}{joint}{back}") })
    }

    async fn query(&self, out_trade_no: &str) -> Result<ProviderPayment, ProviderError> {
        let merchant = &self.keys.merchant;
        let target = format!("/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={merchant}");
        let answer: Option<Transaction> = self.call(http::Method::GET, &target, None::<&()>).await?;
        let transaction = answer.ok_or_else(missing)?;
        Ok(ProviderPayment {
            state: match transaction.trade_state.as_str() {
                "SUCCESS" => ProviderPaymentState::Paid,
                "REFUND" => ProviderPaymentState::Refunded,
                "CLOSED" | "REVOKED" => ProviderPaymentState::Closed,
                "PAYERROR" => ProviderPaymentState::Failed,
                _ => ProviderPaymentState::Unpaid,
            },
            amount: Some(Fen::new(transaction.amount.total)),
            transaction_id: transaction.transaction_id,
            paid_at: transaction.success_time.as_deref().and_then(moment),
        })
    }

    async fn close(&self, out_trade_no: &str) -> Result<(), ProviderError> {
        let target = format!("/v3/pay/transactions/out-trade-no/{out_trade_no}/close");
        let body = CloseOrder { mchid: self.keys.merchant.clone() };
        self.call::<serde_json::Value>(http::Method::POST, &target, Some(&body)).await.map(drop)
    }

    async fn refund(&self, request: RefundRequest) -> Result<ProviderRefund, ProviderError> {
        let order = RefundOrder {
            out_trade_no: request.out_trade_no,
            out_refund_no: request.out_refund_no,
            reason: request.reason,
            notify_url: self.notify_url.clone(),
            amount: Amount { refund: Some(request.amount.fen()), ..amount(request.total) },
        };
        let answer: Option<Refund> =
            self.call(http::Method::POST, "/v3/refund/domestic/refunds", Some(&order)).await?;
        let refund = answer.ok_or_else(missing)?;
        Ok(ProviderRefund { state: refund_state(&refund.status), refund_id: refund.refund_id })
    }

    async fn query_refund(&self, out_refund_no: &str) -> Result<ProviderRefund, ProviderError> {
        let target = format!("/v3/refund/domestic/refunds/{out_refund_no}");
        let answer: Option<Refund> = self.call(http::Method::GET, &target, None::<&()>).await?;
        let refund = answer.ok_or_else(missing)?;
        Ok(ProviderRefund { state: refund_state(&refund.status), refund_id: refund.refund_id })
    }

    fn read_notification(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, NotificationError> {
        self.check_signature(headers, body)?;
        let wrong = |error: &dyn std::fmt::Display| NotificationError::Body(error.to_string());
        let envelope: Envelope = serde_json::from_slice(body).map_err(|error| wrong(&error))?;
        let resource = &envelope.resource;
        let text = self.keys.decrypt(&resource.nonce, &resource.associated_data, &resource.ciphertext);
        let text = text.ok_or_else(|| wrong(&"not encrypted with our secret"))?;
        let notice = match envelope.event_type.split('.').next() {
            Some("TRANSACTION") => {
                let paid: Transaction = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
                match (paid.trade_state.as_str(), paid.transaction_id) {
                    ("SUCCESS", Some(transaction_id)) if paid.mchid == self.keys.merchant => Notice::Paid {
                        out_trade_no: paid.out_trade_no,
                        transaction_id,
                        amount: Fen::new(paid.amount.total),
                        paid_at: paid
                            .success_time
                            .as_deref()
                            .and_then(moment)
                            .unwrap_or_else(|| self.clock.now()),
                    },
                    _ => Notice::Other,
                }
            }
            Some("REFUND") => {
                let refund: Refund = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
                Notice::Refunded { out_refund_no: refund.out_refund_no, state: refund_state(&refund.status) }
            }
            _ => Notice::Other,
        };
        Ok(Notification { id: envelope.id, notice })
    }
}
