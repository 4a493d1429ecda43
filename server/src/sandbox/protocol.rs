//! The endpoints of WeChat Pay API v3 that the program uses.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::till::{Closing, NoRefund, Payment, RefundRow};
use super::{Shared, notify, signed};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::wire::{Amount, H5Answer, H5Order, Refund, RefundOrder, Transaction};

fn target(uri: &Uri) -> String {
    uri.path_and_query().map(ToString::to_string).unwrap_or_default()
}

fn text(body: &Bytes) -> String {
    String::from_utf8_lossy(body).into_owned()
}

pub async fn open(State(sandbox): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = text(&body);
    if let Err(refused) = signed::check(&sandbox, "POST", &target(&uri), &headers, &body).await {
        return refused;
    }
    let Ok(order) = serde_json::from_str::<H5Order>(&body) else {
        return signed::problem(&sandbox, StatusCode::BAD_REQUEST, "PARAM_ERROR", "参数错误");
    };
    let known = sandbox.till().payments.get(&order.out_trade_no).cloned();
    let refuse = |code, message| signed::problem(&sandbox, StatusCode::BAD_REQUEST, code, message);
    if order.mchid != sandbox.keys.merchant || order.amount.total <= 0 {
        return refuse("PARAM_ERROR", "参数错误");
    }
    match known {
        Some(known) if known.amount != order.amount.total => {
            return refuse("PARAM_ERROR", "重入时金额不一致");
        }
        Some(known) if known.paid_at.is_some() => return refuse("ORDERPAID", "该订单已支付"),
        Some(known) if known.state == "CLOSED" => return refuse("ORDER_CLOSED", "该订单已关闭"),
        Some(_) => {}
        None => {
            let expires_at = chrono::DateTime::parse_from_rfc3339(&order.time_expire);
            let Ok(expires_at) = expires_at else { return refuse("PARAM_ERROR", "time_expire") };
            let payment = Payment {
                out_trade_no: order.out_trade_no.clone(),
                description: order.description,
                amount: order.amount.total,
                expires_at: expires_at.to_utc(),
                state: "NOTPAY".into(),
                transaction_id: format!("42{:026}", u128::from(u64::from_be_bytes(sandbox.clock.random()))),
                paid_at: None,
            };
            sandbox.till().keep(payment);
        }
    }
    let h5_url = format!("{}/cashier/{}?type=h5", sandbox.origin, order.out_trade_no);
    signed::answer(&sandbox, StatusCode::OK, &H5Answer { h5_url }).await
}

/// The payment as the protocol writes it.
pub fn transaction(sandbox: &Shared, payment: &Payment) -> Transaction {
    let paid = payment.paid_at.is_some();
    Transaction {
        mchid: sandbox.keys.merchant.clone(),
        out_trade_no: payment.out_trade_no.clone(),
        transaction_id: paid.then(|| payment.transaction_id.clone()),
        trade_state: payment.state.clone(),
        success_time: payment.paid_at.map(written),
        amount: Amount { total: payment.amount, refund: None, currency: Some("CNY".into()) },
    }
}

/// Answers a signed question for something that is known by its number, or that it is not.
async fn known<A: Serialize>(
    sandbox: &Shared,
    (uri, headers): (&Uri, &HeaderMap),
    find: impl FnOnce() -> Option<A>,
    (code, message): (&str, &str),
) -> Response {
    if let Err(refused) = signed::check(sandbox, "GET", &target(uri), headers, "").await {
        return refused;
    }
    match find() {
        Some(found) => signed::answer(sandbox, StatusCode::OK, &found).await,
        None => signed::problem(sandbox, StatusCode::NOT_FOUND, code, message),
    }
}

pub async fn query(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let find = || {
        let payment = sandbox.till().payments.get(&number).cloned()?;
        Some(transaction(&sandbox, &payment))
    };
    known(&sandbox, (&uri, &headers), find, ("ORDER_NOT_EXIST", "查询的订单不存在")).await
}

pub async fn close(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = signed::check(&sandbox, "POST", &target(&uri), &headers, &text(&body)).await {
        return refused;
    }
    let closing = sandbox.till().close(&number);
    match closing {
        Closing::Unknown => signed::problem(&sandbox, StatusCode::NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在"),
        Closing::AlreadyPaid => {
            signed::problem(&sandbox, StatusCode::BAD_REQUEST, "ORDERPAID", "该订单已支付")
        }
        Closing::Closed => signed::empty(&sandbox, StatusCode::NO_CONTENT).await,
    }
}

fn refund_answer(row: &RefundRow) -> Refund {
    Refund {
        refund_id: row.refund_id.clone(),
        out_refund_no: row.out_refund_no.clone(),
        out_trade_no: row.out_trade_no.clone(),
        status: row.state.clone(),
        amount: Amount { total: row.amount, refund: Some(row.amount), currency: Some("CNY".into()) },
    }
}

/// What becomes of the next refund; nothing yet while refunds are held.
fn refund_ends(sandbox: &Shared) -> Option<&'static str> {
    let mut faults = sandbox.faults();
    if faults.hold_refunds {
        return None;
    }
    if faults.close_refunds > 0 {
        faults.close_refunds -= 1;
        return Some("CLOSED");
    }
    Some(if faults.abnormal_refunds { "ABNORMAL" } else { "SUCCESS" })
}

/// Ends the refund and tells of it, unless refunds are held.
fn go_on_with(sandbox: &Shared, row: RefundRow) -> RefundRow {
    if matches!(row.state.as_str(), "SUCCESS" | "CLOSED") {
        return row;
    }
    let Some(state) = refund_ends(sandbox) else { return row };
    let moved = sandbox.till().move_refund(&row.out_refund_no, state);
    match moved {
        Some(moved) => {
            notify::refunded(sandbox, refund_answer(&moved));
            moved
        }
        None => row,
    }
}

pub async fn refund(State(sandbox): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = text(&body);
    if let Err(refused) = signed::check(&sandbox, "POST", &target(&uri), &headers, &body).await {
        return refused;
    }
    let refuse = |code, message| signed::problem(&sandbox, StatusCode::BAD_REQUEST, code, message);
    let Ok(order) = serde_json::from_str::<RefundOrder>(&body) else {
        return refuse("PARAM_ERROR", "参数错误");
    };
    let asked = RefundRow {
        out_refund_no: order.out_refund_no,
        out_trade_no: order.out_trade_no,
        refund_id: format!("50{:026}", u128::from(u64::from_be_bytes(sandbox.clock.random()))),
        amount: order.amount.refund.unwrap_or_default(),
        state: "PROCESSING".into(),
        asked_at: Some(sandbox.clock.now()),
    };
    let noted = sandbox.till().refund(asked);
    match noted {
        Ok(row) => {
            let row = go_on_with(&sandbox, row);
            signed::answer(&sandbox, StatusCode::OK, &refund_answer(&row)).await
        }
        Err(NoRefund::NotPaid) => refuse("RESOURCE_NOT_EXISTS", "订单不存在或未支付"),
        Err(NoRefund::TooMuch) => refuse("NOT_ENOUGH", "退款金额超过可退金额"),
        Err(NoRefund::OtherAmount) => refuse("PARAM_ERROR", "重入时金额不一致"),
    }
}

pub async fn query_refund(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let find = || {
        let row = sandbox.till().refunds.get(&number).cloned()?;
        Some(refund_answer(&go_on_with(&sandbox, row)))
    };
    known(&sandbox, (&uri, &headers), find, ("RESOURCE_NOT_EXISTS", "退款单不存在")).await
}

fn bill_text(sandbox: &Shared, day: &str) -> String {
    let till = sandbox.till();
    let mut bill =
        String::from("交易时间,商户号,微信订单号,商户订单号,交易状态,总金额,商户退款单号,退款金额\n");
    let merchant = &sandbox.keys.merchant;
    for payment in till.payments.values() {
        let Some(at) = payment.paid_at else { continue };
        let local = rules::calendar::local(at);
        if local.format("%Y-%m-%d").to_string() == day {
            let yuan = rules::money::Fen::new(payment.amount);
            let (id, number) = (&payment.transaction_id, &payment.out_trade_no);
            bill.push_str(&format!("`{local},`{merchant},`{id},`{number},`SUCCESS,`{yuan},`,`0.00\n"));
        }
    }
    for refund in till.refunds.values() {
        let (Some(at), Some(payment)) = (refund.asked_at, till.payments.get(&refund.out_trade_no)) else {
            continue;
        };
        let local = rules::calendar::local(at);
        if local.format("%Y-%m-%d").to_string() == day {
            let (id, number, refund_no) =
                (&payment.transaction_id, &refund.out_trade_no, &refund.out_refund_no);
            let yuan = rules::money::Fen::new(refund.amount);
            bill.push_str(&format!(
                "`{local},`{merchant},`{id},`{number},`REFUND,`0.00,`{refund_no},`{yuan}\n"
            ));
        }
    }
    bill
}

pub async fn bill(
    State(sandbox): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = signed::check(&sandbox, "GET", &target(&uri), &headers, "").await {
        return refused;
    }
    let day = query.get("bill_date").cloned().unwrap_or_default();
    let hash = hex::encode(Sha256::digest(bill_text(&sandbox, &day)));
    let answer = serde_json::json!({
        "download_url": format!("{}/bill/{day}", sandbox.origin), "hash_type": "SHA256", "hash_value": hash,
    });
    signed::answer(&sandbox, StatusCode::OK, &answer).await
}

pub async fn bill_file(State(sandbox): State<Shared>, Path(day): Path<String>) -> String {
    bill_text(&sandbox, &day)
}
