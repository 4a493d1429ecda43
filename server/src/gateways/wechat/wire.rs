//! The shapes and signature texts of WeChat Pay API v3, for both ends of the wire.

use serde::{Deserialize, Serialize};

pub const SERIAL: &str = "wechatpay-serial";
pub const SIGNATURE: &str = "wechatpay-signature";
pub const TIMESTAMP: &str = "wechatpay-timestamp";
pub const NONCE: &str = "wechatpay-nonce";
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
pub const NONCE_LENGTH: usize = 12;

/// What a request's signature covers. `target` is path and query.
pub fn request_message(method: &str, target: &str, timestamp: &str, nonce: &str, body: &str) -> String {
    format!("{method}\n{target}\n{timestamp}\n{nonce}\n{body}\n")
}

/// What the signature of an answer or a notification covers: the raw body.
pub fn answer_message(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat()
}

/// The parts of an Authorization header.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Authorization {
    pub merchant: String,
    pub nonce: String,
    pub signature: String,
    pub timestamp: String,
    pub serial: String,
}

impl Authorization {
    pub fn header(&self) -> String {
        format!(
            "{SCHEME} mchid=\"{}\",nonce_str=\"{}\",signature=\"{}\",timestamp=\"{}\",serial_no=\"{}\"",
            self.merchant, self.nonce, self.signature, self.timestamp, self.serial
        )
    }

    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = Self::default();
        for part in header.strip_prefix(SCHEME)?.trim().split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let value = value.trim_matches('"').to_owned();
            match name {
                "mchid" => parts.merchant = value,
                "nonce_str" => parts.nonce = value,
                "signature" => parts.signature = value,
                "timestamp" => parts.timestamp = value,
                "serial_no" => parts.serial = value,
                _ => return None,
            }
        }
        Some(parts)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Amount {
    /// Whole fen.
    pub total: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<i64>,
    /// Left out by the provider in refund notifications and for payments nobody has made yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct H5Order {
    pub appid: String,
    pub mchid: String,
    pub description: String,
    pub out_trade_no: String,
    pub time_expire: String,
    pub notify_url: String,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct H5Answer {
    pub h5_url: String,
}

/// A payment as asked for and as notified.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transaction {
    pub mchid: String,
    pub out_trade_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// SUCCESS, REFUND, NOTPAY, CLOSED, PAYERROR.
    pub trade_state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_time: Option<String>,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CloseOrder {
    pub mchid: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundOrder {
    pub out_trade_no: String,
    pub out_refund_no: String,
    pub reason: String,
    pub notify_url: String,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    pub refund_id: String,
    pub out_refund_no: String,
    pub out_trade_no: String,
    /// SUCCESS, PROCESSING, ABNORMAL, CLOSED; `refund_status` in notifications.
    #[serde(alias = "refund_status")]
    pub status: String,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub message: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub id: String,
    pub create_time: String,
    /// TRANSACTION.SUCCESS, REFUND.SUCCESS, REFUND.ABNORMAL, REFUND.CLOSED.
    pub event_type: String,
    pub resource_type: String,
    pub resource: Resource,
    pub summary: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resource {
    pub algorithm: String,
    pub ciphertext: String,
    #[serde(default)]
    pub associated_data: String,
    pub original_type: String,
    pub nonce: String,
}
