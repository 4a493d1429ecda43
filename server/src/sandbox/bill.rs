//! The trade bill of a day, in the documented columns, and the file behind its link.

use std::io::Write;

use axum::Json;
use axum::extract::{Query, State};
use chrono::{NaiveDate, Timelike};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use rules::money::Fen;
use serde::Deserialize;

use super::Shared;
use super::signed::Refusal;
use super::till::{Payment, RefundRow, Till};
use crate::gateways::wechat::client::sha1;
use crate::gateways::wechat::settings::{SANDBOX_APP, SANDBOX_MERCHANT};
use crate::gateways::wechat::wire::BillAnswer;

pub const DOWNLOAD: &str = "/v3/billdownload/file";
/// The bill of a day is there from this hour of the next one.
const READY_AT: u32 = 10;

const HEADER: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
const SUMS: &str =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

#[derive(Deserialize)]
pub struct Asked {
    bill_date: String,
    #[serde(default)]
    bill_type: String,
    #[serde(default)]
    tar_type: String,
}

#[derive(Deserialize)]
pub struct Token {
    token: String,
}

fn line(values: &[&str]) -> String {
    format!("`{}\r\n", values.join(",`"))
}

/// The columns in which rows of payments and of refunds differ. Amounts are in yuan.
struct Row<'a> {
    at: &'a str,
    state: &'a str,
    paid: &'a str,
    refund_id: &'a str,
    out_refund_no: &'a str,
    returned: &'a str,
    refund_kind: &'a str,
    refund_state: &'a str,
}

impl Row<'_> {
    fn of(self, payment: &Payment) -> String {
        line(&[
            self.at,
            SANDBOX_APP,
            SANDBOX_MERCHANT,
            "0",
            "",
            &payment.transaction_id,
            &payment.out_trade_no,
            "sandbox",
            "MWEB",
            self.state,
            "OTHERS",
            "CNY",
            self.paid,
            "0.00",
            self.refund_id,
            self.out_refund_no,
            self.returned,
            "0.00",
            self.refund_kind,
            self.refund_state,
            &payment.description,
            "",
            "0.00000",
            "0.00%",
            self.paid,
            self.returned,
            "",
        ])
    }
}

fn payment_line(payment: &Payment, at: &str) -> String {
    Row {
        at,
        state: "SUCCESS",
        paid: &Fen::new(payment.amount).to_string(),
        refund_id: "0",
        out_refund_no: "0",
        returned: "0.00",
        refund_kind: "",
        refund_state: "",
    }
    .of(payment)
}

fn refund_line(refund: &RefundRow, payment: &Payment, at: &str) -> String {
    Row {
        at,
        state: "REFUND",
        paid: "0.00",
        refund_id: &refund.refund_id,
        out_refund_no: &refund.out_refund_no,
        returned: &Fen::new(refund.amount).to_string(),
        refund_kind: "ORIGINAL",
        refund_state: &refund.state,
    }
    .of(payment)
}

/// The bill of the day; none where nothing was paid or given back.
fn text(till: &Till, day: NaiveDate) -> Option<String> {
    let of_day = |at| {
        let local = rules::calendar::local(at);
        (local.date() == day).then(|| local.format("%Y-%m-%d %H:%M:%S").to_string())
    };
    let (mut lines, mut paid, mut returned) = (Vec::new(), 0, 0);
    for payment in till.payments.values() {
        if let Some(at) = payment.paid_at.and_then(of_day) {
            paid += payment.amount;
            lines.push(payment_line(payment, &at));
        }
    }
    for refund in till.refunds.values().filter(|refund| refund.state != "CLOSED") {
        let payment = till.payments.get(&refund.out_trade_no);
        if let (Some(at), Some(payment)) = (of_day(refund.asked_at), payment) {
            returned += refund.amount;
            lines.push(refund_line(refund, payment, &at));
        }
    }
    if lines.is_empty() {
        return None;
    }
    let (count, paid, returned) =
        (lines.len().to_string(), Fen::new(paid).to_string(), Fen::new(returned).to_string());
    let sums = line(&[&count, &paid, &returned, "0.00", "0.00000", &paid, &returned]);
    Some(format!("{HEADER}\r\n{}{SUMS}\r\n{sums}", lines.concat()))
}

pub async fn apply(
    State(sandbox): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Json<BillAnswer>, Refusal> {
    let day = asked.bill_date.parse::<NaiveDate>().map_err(|_| Refusal::parameter("bill_date"))?;
    if !matches!(asked.bill_type.as_str(), "" | "ALL") || !matches!(asked.tar_type.as_str(), "" | "GZIP") {
        return Err(Refusal::parameter("bill_type 或 tar_type"));
    }
    let now = rules::calendar::local(sandbox.clock.now());
    let none = || Refusal(StatusCode::BAD_REQUEST, "NO_STATEMENT_EXIST", "账单文件不存在");
    if day >= now.date() {
        return Err(none());
    }
    if day.succ_opt() == Some(now.date()) && now.hour() < READY_AT {
        return Err(Refusal(StatusCode::BAD_REQUEST, "STATEMENT_CREATING", "账单生成中"));
    }
    let text = text(&sandbox.till(), day).ok_or_else(none)?;
    Ok(Json(BillAnswer {
        hash_type: "SHA1".into(),
        hash_value: sha1(&text),
        download_url: format!("{}{DOWNLOAD}?token={day}{}", sandbox.origins.api, asked.tar_type),
    }))
}

pub async fn download(State(sandbox): State<Shared>, Query(token): Query<Token>) -> Result<Vec<u8>, Refusal> {
    let (day, packed) = match token.token.strip_suffix("GZIP") {
        Some(day) => (day, true),
        None => (token.token.as_str(), false),
    };
    let day = day.parse().map_err(|_| Refusal::parameter("token"))?;
    let text = text(&sandbox.till(), day).ok_or(Refusal::parameter("token"))?;
    if !packed {
        return Ok(text.into_bytes());
    }
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish());
    packed.map_err(|_| Refusal(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常，请稍后重试"))
}
