//! The shapes and signature texts of WeChat Pay API v3, for both ends of the wire.

use serde::{Deserialize, Serialize};

pub const SERIAL: &str = "wechatpay-serial";
pub const SIGNATURE: &str = "wechatpay-signature";
pub const SIGNATURE_TYPE: &str = "wechatpay-signature-type";
pub const TIMESTAMP: &str = "wechatpay-timestamp";
pub const NONCE: &str = "wechatpay-nonce";
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
pub const NONCE_LENGTH: usize = 12;
pub const CURRENCY: &str = "CNY";
/// The trade type of payments in a browser.
pub const TRADE_TYPE: &str = "MWEB";

/// The text that a request's signature covers. `target` is path and query.
pub fn request_message(method: &str, target: &str, timestamp: &str, nonce: &str, body: &str) -> String {
    format!("{method}\n{target}\n{timestamp}\n{nonce}\n{body}\n")
}

/// The text that the signature of an answer or a notification covers: the raw body.
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

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Amount {
    /// Whole fen: the order's total.
    pub total: i64,
    /// Fen of this refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<i64>,
    /// Fen that the person paid; less than the total where a coupon of the provider covered the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_total: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_refund: Option<i64>,
    /// Left out by the provider in refund notifications and for payments nobody has made yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_currency: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct H5Info {
    /// iOS, Android, Wap.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_url: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SceneInfo {
    /// The address that the person's browser has towards us; the provider compares it with what it sees.
    pub payer_client_ip: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h5_info: Option<H5Info>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct H5Order {
    pub appid: String,
    pub mchid: String,
    pub description: String,
    pub out_trade_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_expire: Option<String>,
    pub notify_url: String,
    pub amount: Amount,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_info: Option<SceneInfo>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct H5Answer {
    pub h5_url: String,
}

/// A payment as asked for and as notified.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Transaction {
    pub appid: String,
    pub mchid: String,
    pub out_trade_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_type: Option<String>,
    /// SUCCESS, REFUND, NOTPAY, CLOSED, PAYERROR.
    pub trade_state: String,
    #[serde(default)]
    pub trade_state_desc: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CloseOrder {
    pub mchid: String,
}

/// The payment is named by one of both numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundOrder {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    pub out_refund_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
    pub amount: Amount,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// In notifications alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    pub refund_id: String,
    pub out_refund_no: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    pub out_trade_no: String,
    /// SUCCESS, PROCESSING, ABNORMAL, CLOSED; `refund_status` in notifications.
    #[serde(alias = "refund_status")]
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_time: Option<String>,
    /// In answers alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    pub amount: Amount,
}

/// Where the bill of a day is, and the hash of its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BillAnswer {
    pub hash_type: String,
    pub hash_value: String,
    pub download_url: String,
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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificates {
    pub data: Vec<Certificate>,
}

/// A certificate of the platform, encrypted with the merchant's secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Certificate {
    pub serial_no: String,
    pub effective_time: String,
    pub expire_time: String,
    pub encrypt_certificate: EncryptedCertificate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EncryptedCertificate {
    pub algorithm: String,
    pub nonce: String,
    pub associated_data: String,
    pub ciphertext: String,
}
