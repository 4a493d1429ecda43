//! Refunds: asked for by either number of the payment, and asked about.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use http::StatusCode;

use super::payments::{is_currency, is_number};
use super::signed::Refusal;
use super::till::{NoRefund, RefundRow};
use super::{Shared, notify};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::wire::{Amount, CURRENCY, Refund, RefundOrder};

fn invalid(message: &'static str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message)
}

fn unknown(message: &'static str) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", message)
}

fn answer(row: &RefundRow) -> Refund {
    let done = row.state == "SUCCESS";
    Refund {
        mchid: None,
        refund_id: row.refund_id.clone(),
        out_refund_no: row.out_refund_no.clone(),
        transaction_id: Some(row.transaction_id.clone()),
        out_trade_no: row.out_trade_no.clone(),
        status: row.state.clone(),
        success_time: done.then(|| written(row.asked_at)),
        create_time: Some(written(row.asked_at)),
        amount: Amount {
            total: row.total,
            refund: Some(row.amount),
            payer_total: Some(row.total),
            payer_refund: Some(row.amount),
            currency: Some(CURRENCY.into()),
            payer_currency: None,
        },
    }
}

/// What becomes of the next refund; nothing yet while refunds are held.
fn next_state(sandbox: &Shared) -> Option<&'static str> {
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
    let Some(state) = next_state(sandbox) else { return row };
    let moved = sandbox.till().move_refund(&row.out_refund_no, state);
    match moved {
        Some(moved) => {
            notify::refunded(sandbox, &moved.notify_url, answer(&moved));
            moved
        }
        None => row,
    }
}

/// The number of the payment that the order names by either of its numbers.
fn payment_of(sandbox: &Shared, order: &RefundOrder) -> Result<String, Refusal> {
    match (&order.transaction_id, &order.out_trade_no) {
        (None, None) => Err(Refusal::parameter("transaction_id 和 out_trade_no 至少填一个")),
        (Some(id), number) => {
            let known = sandbox.till().paid_as(id).map(|payment| payment.out_trade_no.clone());
            let known = known.ok_or(unknown("订单不存在"))?;
            let same = number.as_ref().is_none_or(|number| *number == known);
            if same { Ok(known) } else { Err(invalid("transaction_id 和 out_trade_no 不是同一订单")) }
        }
        (None, Some(number)) => Ok(number.clone()),
    }
}

pub async fn refund(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Refund>, Refusal> {
    let order: RefundOrder = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("参数错误"))?;
    let too_long = order.reason.as_ref().is_some_and(|reason| reason.len() > 80);
    if too_long || !is_number(&order.out_refund_no, 64) || !is_currency(order.amount.currency.as_deref()) {
        return Err(Refusal::parameter("参数错误"));
    }
    let asked = RefundRow {
        out_trade_no: payment_of(&sandbox, &order)?,
        out_refund_no: order.out_refund_no,
        refund_id: format!("50{:026}", u128::from(u64::from_be_bytes(sandbox.clock.random()))),
        transaction_id: String::new(),
        amount: order.amount.refund.ok_or(Refusal::parameter("缺少 amount.refund"))?,
        total: order.amount.total,
        notify_url: order.notify_url.unwrap_or_default(),
        state: "PROCESSING".into(),
        asked_at: sandbox.clock.now(),
    };
    let noted = sandbox.till().refund(asked);
    match noted {
        Ok(row) => Ok(Json(answer(&go_on_with(&sandbox, row)))),
        Err(NoRefund::NotPaid) => Err(unknown("订单不存在或未支付")),
        Err(NoRefund::TooMuch) => Err(invalid("退款金额超过可退金额")),
        Err(NoRefund::OtherAmount) => Err(invalid("订单金额或退款金额与之前请求不一致，请核实后再试")),
    }
}

pub async fn query(
    State(sandbox): State<Shared>,
    Path(number): Path<String>,
) -> Result<Json<Refund>, Refusal> {
    let row = sandbox.till().refunds.get(&number).cloned();
    let row = row.ok_or(unknown("退款单不存在"))?;
    Ok(Json(answer(&go_on_with(&sandbox, row))))
}
