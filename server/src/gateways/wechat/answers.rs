//! Compares every field of an answer or a notification with what it must be about, before anything acts on it.

use std::fmt::Display;

use chrono::DateTime;
use rules::Moment;
use rules::money::Fen;

use super::wire::{Amount, CURRENCY, Envelope, Refund, TRADE_TYPE, Transaction};
use crate::gateways::payment::{
    Notice, ProviderPayment, ProviderPaymentState, ProviderRefund, ProviderRefundState, RefundNotice,
    RefundRequest,
};

/// A field that is not about what was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {said}, expected {expected}")]
pub struct Mismatch {
    field: &'static str,
    said: String,
    expected: String,
}

impl Mismatch {
    fn missing(field: &'static str) -> Self {
        Self { field, said: "missing".into(), expected: "a value".into() }
    }
}

pub fn same<T: PartialEq + Display>(field: &'static str, said: T, expected: T) -> Result<(), Mismatch> {
    if said == expected {
        return Ok(());
    }
    Err(Mismatch { field, said: said.to_string(), expected: expected.to_string() })
}

/// The merchant that an answer must be about.
pub struct Own<'a> {
    pub merchant: &'a str,
    pub app: &'a str,
}

fn moment(text: &str) -> Option<Moment> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

fn currency(amount: &Amount) -> Result<(), Mismatch> {
    let said = [("amount.currency", &amount.currency), ("amount.payer_currency", &amount.payer_currency)];
    for (field, said) in said {
        same(field, said.as_deref().unwrap_or(CURRENCY), CURRENCY)?;
    }
    Ok(())
}

/// The parts of a payment that is made.
struct Made {
    transaction_id: String,
    amount: Fen,
    payer_amount: Fen,
    paid_at: Moment,
}

fn made(transaction: &Transaction) -> Result<Made, Mismatch> {
    let amount = transaction.amount.as_ref().ok_or(Mismatch::missing("amount"))?;
    currency(amount)?;
    if amount.total <= 0 {
        return Err(Mismatch::missing("amount.total"));
    }
    let id = transaction.transaction_id.as_ref().filter(|id| !id.is_empty());
    let paid_at = transaction.success_time.as_deref().and_then(moment);
    Ok(Made {
        transaction_id: id.ok_or(Mismatch::missing("transaction_id"))?.clone(),
        amount: Fen::new(amount.total),
        payer_amount: Fen::new(amount.payer_total.unwrap_or(amount.total)),
        paid_at: paid_at.ok_or(Mismatch::missing("success_time"))?,
    })
}

fn about_us(transaction: &Transaction, own: &Own<'_>) -> Result<(), Mismatch> {
    same("mchid", transaction.mchid.as_str(), own.merchant)?;
    same("appid", transaction.appid.as_str(), own.app)?;
    same("trade_type", transaction.trade_type.as_deref().unwrap_or(TRADE_TYPE), TRADE_TYPE)
}

/// The answer to the question about one payment of ours.
pub fn payment(
    transaction: &Transaction,
    own: &Own<'_>,
    out_trade_no: &str,
) -> Result<ProviderPayment, Mismatch> {
    about_us(transaction, own)?;
    same("out_trade_no", transaction.out_trade_no.as_str(), out_trade_no)?;
    let state = match transaction.trade_state.as_str() {
        "SUCCESS" => ProviderPaymentState::Paid,
        "REFUND" => ProviderPaymentState::Refunded,
        "CLOSED" | "REVOKED" => ProviderPaymentState::Closed,
        "PAYERROR" => ProviderPaymentState::Failed,
        _ => ProviderPaymentState::Unpaid,
    };
    let paid = matches!(state, ProviderPaymentState::Paid | ProviderPaymentState::Refunded);
    let made = paid.then(|| made(transaction)).transpose()?;
    Ok(ProviderPayment {
        state,
        amount: made.as_ref().map(|made| made.amount),
        payer_amount: made.as_ref().map(|made| made.payer_amount),
        paid_at: made.as_ref().map(|made| made.paid_at),
        transaction_id: made.map(|made| made.transaction_id),
    })
}

/// A notification of a payment; anything but a payment that is made is none of our business.
pub fn payment_notice(transaction: Transaction, own: &Own<'_>) -> Result<Notice, Mismatch> {
    about_us(&transaction, own)?;
    if transaction.trade_state != "SUCCESS" {
        return Ok(Notice::Other);
    }
    let made = made(&transaction)?;
    Ok(Notice::Paid {
        out_trade_no: transaction.out_trade_no,
        transaction_id: made.transaction_id,
        amount: made.amount,
        payer_amount: made.payer_amount,
        paid_at: made.paid_at,
    })
}

fn refund_state(status: &str) -> ProviderRefundState {
    match status {
        "SUCCESS" => ProviderRefundState::Succeeded,
        "PROCESSING" => ProviderRefundState::Processing,
        "CLOSED" => ProviderRefundState::Closed,
        _ => ProviderRefundState::Abnormal,
    }
}

/// The answer to the request for a refund, or to the question about it.
pub fn refund(refund: Refund, asked: &RefundRequest) -> Result<ProviderRefund, Mismatch> {
    same("out_refund_no", &refund.out_refund_no, &asked.out_refund_no)?;
    same("out_trade_no", &refund.out_trade_no, &asked.out_trade_no)?;
    if let (Some(said), Some(known)) = (&refund.transaction_id, &asked.transaction_id) {
        same("transaction_id", said, known)?;
    }
    currency(&refund.amount)?;
    same("amount.refund", refund.amount.refund.unwrap_or_default(), asked.amount.fen())?;
    same("amount.total", refund.amount.total, asked.total.fen())?;
    Ok(ProviderRefund { state: refund_state(&refund.status), refund_id: refund.refund_id })
}

/// A notification of a refund; the amounts are compared with the refund of ours that it names.
pub fn refund_notice(refund: Refund, envelope: &Envelope, own: &Own<'_>) -> Result<Notice, Mismatch> {
    same("mchid", refund.mchid.as_deref().unwrap_or_default(), own.merchant)?;
    same("event_type", &envelope.event_type, &format!("REFUND.{}", refund.status))?;
    currency(&refund.amount)?;
    Ok(Notice::Refunded(RefundNotice {
        out_trade_no: refund.out_trade_no,
        transaction_id: refund.transaction_id.ok_or(Mismatch::missing("transaction_id"))?,
        out_refund_no: refund.out_refund_no,
        state: refund_state(&refund.status),
        amount: Fen::new(refund.amount.refund.ok_or(Mismatch::missing("amount.refund"))?),
        total: Fen::new(refund.amount.total),
    }))
}
