//! Payments in a browser (H5): opened, asked about by either number, closed.

use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use chrono::TimeDelta;
use http::StatusCode;
use rules::Moment;
use serde::Deserialize;

use super::signed::Refusal;
use super::till::{Closing, Payment};
use super::{Shared, cashier};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::settings::{SANDBOX_APP, SANDBOX_MERCHANT};
use crate::gateways::wechat::wire::{
    Amount, CURRENCY, CloseOrder, H5Answer, H5Order, TRADE_TYPE, Transaction,
};

/// How long a payment may be made where the merchant names no time.
const USUAL_TIME: TimeDelta = TimeDelta::days(7);

#[derive(Deserialize)]
pub struct OfMerchant {
    mchid: String,
}

fn bad(code: &'static str, message: &'static str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, code, message)
}

fn unknown() -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
}

/// The rules that the documentation gives for a merchant's numbers.
pub fn is_number(text: &str, longest: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    (6..=longest).contains(&text.len()) && text.bytes().all(plain)
}

pub fn is_currency(currency: Option<&str>) -> bool {
    currency.is_none_or(|currency| currency == CURRENCY)
}

/// The payment that the order asks for, if all its fields are as documented.
fn asked(sandbox: &Shared, order: H5Order) -> Result<Payment, Refusal> {
    if order.mchid != SANDBOX_MERCHANT || order.appid != SANDBOX_APP {
        return Err(bad("APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配"));
    }
    if !is_number(&order.out_trade_no, 32) {
        return Err(Refusal::parameter("out_trade_no 应为 6 至 32 个字符"));
    }
    if order.amount.total <= 0 || !is_currency(order.amount.currency.as_deref()) {
        return Err(Refusal::parameter("amount 不正确"));
    }
    if order.description.is_empty() || order.description.len() > 127 {
        return Err(Refusal::parameter("description 应为 1 至 127 个字节"));
    }
    if !order.notify_url.starts_with("http") || order.notify_url.contains('?') {
        return Err(Refusal::parameter("notify_url 应为不带参数的地址"));
    }
    let scene = order.scene_info.ok_or(Refusal::parameter("缺少 scene_info"))?;
    let payer = scene.payer_client_ip.parse::<IpAddr>();
    let payer_ip = payer.map_err(|_| Refusal::parameter("scene_info.payer_client_ip 不是 IP 地址"))?;
    let kind = scene.h5_info.map(|info| info.kind).unwrap_or_default();
    if !matches!(kind.as_str(), "iOS" | "Android" | "Wap") {
        return Err(Refusal::parameter("缺少 scene_info.h5_info.type"));
    }
    let now = sandbox.clock.now();
    let expires_at = match &order.time_expire {
        Some(text) => chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()),
        None => Some(now + USUAL_TIME),
    };
    let expires_at = expires_at.filter(|expires| *expires > now);
    Ok(Payment {
        out_trade_no: order.out_trade_no,
        description: order.description,
        amount: order.amount.total,
        payer_amount: order.amount.total,
        expires_at: expires_at.ok_or(Refusal::parameter("time_expire 不正确"))?,
        notify_url: order.notify_url,
        payer_ip,
        issued_at: now,
        prepay_id: prepay_id(sandbox, now),
        state: "NOTPAY".into(),
        transaction_id: format!("42{:026}", u128::from(u64::from_be_bytes(sandbox.clock.random()))),
        paid_at: None,
    })
}

fn prepay_id(sandbox: &Shared, now: Moment) -> String {
    let at = rules::calendar::local(now).format("%Y%m%d%H%M%S");
    format!("wx{at}{}", hex::encode(sandbox.clock.random::<10>()))
}

pub async fn open(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<H5Answer>, Refusal> {
    let order = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("参数错误"))?;
    let asked = asked(&sandbox, order)?;
    let known = sandbox.till().payments.get(&asked.out_trade_no).cloned();
    let payment = match known {
        None => asked,
        Some(known) if known.amount != asked.amount || known.description != asked.description => {
            return Err(Refusal(StatusCode::FORBIDDEN, "OUT_TRADE_NO_USED", "商户订单号重复"));
        }
        Some(known) if known.paid_at.is_some() => return Err(bad("ORDERPAID", "该订单已支付")),
        Some(known) if known.state == "CLOSED" || known.expires_at <= asked.issued_at => {
            return Err(bad("ORDER_CLOSED", "该订单已关闭"));
        }
        // The same payment asked for again: its link counts anew, from where the person is now.
        Some(known) => Payment { issued_at: asked.issued_at, payer_ip: asked.payer_ip, ..known },
    };
    let h5_url = format!("{}{}?prepay_id={}", sandbox.origins.pages, cashier::PATH, payment.prepay_id);
    sandbox.till().keep(payment);
    Ok(Json(H5Answer { h5_url }))
}

/// The payment as the protocol writes it.
pub fn transaction(payment: &Payment) -> Transaction {
    let paid = payment.paid_at.is_some();
    let describing = match payment.state.as_str() {
        "SUCCESS" => "支付成功",
        "REFUND" => "转入退款",
        "CLOSED" => "已关闭",
        "PAYERROR" => "支付失败",
        _ => "订单未支付",
    };
    Transaction {
        appid: SANDBOX_APP.into(),
        mchid: SANDBOX_MERCHANT.into(),
        out_trade_no: payment.out_trade_no.clone(),
        transaction_id: paid.then(|| payment.transaction_id.clone()),
        trade_type: paid.then(|| TRADE_TYPE.into()),
        trade_state: payment.state.clone(),
        trade_state_desc: describing.into(),
        success_time: payment.paid_at.map(written),
        amount: Some(Amount {
            total: payment.amount,
            payer_total: paid.then_some(payment.payer_amount),
            currency: Some(CURRENCY.into()),
            payer_currency: paid.then(|| CURRENCY.into()),
            ..Amount::default()
        }),
    }
}

fn of_merchant(asked: &OfMerchant, known: Option<Payment>) -> Result<Json<Transaction>, Refusal> {
    if asked.mchid != SANDBOX_MERCHANT {
        return Err(bad("MCH_NOT_EXISTS", "商户号不存在"));
    }
    known.map(|payment| Json(transaction(&payment))).ok_or_else(unknown)
}

pub async fn query(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    Query(asked): Query<OfMerchant>,
) -> Result<Json<Transaction>, Refusal> {
    let known = sandbox.till().payments.get(&number).cloned();
    of_merchant(&asked, known)
}

pub async fn query_by_id(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<OfMerchant>,
) -> Result<Json<Transaction>, Refusal> {
    let known = sandbox.till().paid_as(&id).cloned();
    of_merchant(&asked, known)
}

pub async fn close(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let order: CloseOrder = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("参数错误"))?;
    if order.mchid != SANDBOX_MERCHANT {
        return Err(bad("MCH_NOT_EXISTS", "商户号不存在"));
    }
    let closing = sandbox.till().close(&number);
    match closing {
        Closing::Unknown => Err(unknown()),
        Closing::AlreadyPaid => Err(bad("ORDERPAID", "该订单已支付")),
        Closing::Closed => Ok(StatusCode::NO_CONTENT),
    }
}
