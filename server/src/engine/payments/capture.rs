//! Notes that the provider has the money, decides again, and settles the case or asks for the refund: one transaction,
//! so that a captured payment is never without its consequence.

use rules::kernel::{CaseEvent, CaseState};
use rules::money::Fen;
use sqlx::AnyConnection;

use super::{account, out_refund_no};
use crate::db::Fault;
use crate::db::cases::{self, CaseRow};
use crate::db::column::Timestamp;
use crate::db::payments::{self, Capture, PaymentRow, PaymentState};
use crate::db::refunds::{self, RefundRow};
use crate::engine::advance::{self, Cause};
use crate::engine::procedure::{Again, Decision, Tx};
use crate::engine::{end, holds, settle};
use crate::state::State;

/// Money that the provider says it has.
#[derive(Clone, Debug)]
pub struct Captured {
    pub out_trade_no: String,
    pub transaction_id: String,
    pub amount: Fen,
    /// The part of it that the person paid.
    pub payer_amount: Fen,
    pub paid_at: rules::Moment,
    /// The provider's own number of the notification; none when we asked.
    pub notification: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    Settled,
    Refunding,
    /// It was known already: nothing changed.
    Known,
    /// No payment of ours has this number: nothing changed.
    Unknown,
    /// A notification named an amount that we did not ask for: nothing changed, and the provider is asked.
    OtherAmount,
    /// Asked, the provider has an amount that we did not ask for: it goes back.
    OtherAmountRefunding,
}

pub async fn note(state: &State, captured: Captured) -> Result<Noted, Fault> {
    let noted = state.store.write((state.clone(), captured.clone()), move |connection, (state, captured)| {
        Box::pin(async move { note_once(&mut Tx::new(connection, &state), &captured).await })
    });
    let noted = noted.await?;
    fail::fail_point!("payment.noted");
    if matches!(noted, Noted::OtherAmount | Noted::OtherAmountRefunding) {
        metrics::counter!("payments_other_amount_total").increment(1);
        let (out_trade_no, reported) = (&captured.out_trade_no, captured.amount.fen());
        let payer_reported = captured.payer_amount.fen();
        tracing::error!(%out_trade_no, reported, payer_reported, ?noted, "the provider reported a different amount");
    }
    Ok(noted)
}

async fn note_once(tx: &mut Tx<'_>, captured: &Captured) -> Result<Noted, Fault> {
    let (now, trade_no) = (tx.now, &captured.out_trade_no);
    let Some(payment) = payments::find_payment(tx.connection, trade_no).await? else {
        return Ok(Noted::Unknown);
    };
    let key = payment.case();
    let same_amount = [captured.amount, captured.payer_amount] == [payment.amount; 2];
    if !same_amount && captured.notification.is_some() {
        payments::ask_soon(tx.connection, &key, now).await?;
        return Ok(Noted::OtherAmount);
    }
    if let Some(id) = &captured.notification {
        payments::remember_notification(tx.connection, &payment.provider, id, trade_no, "paid", now).await?;
    }
    cases::lock_person(tx.connection, &key.person_id).await?;
    cases::lock_case(tx.connection, &key).await?;
    let capture = Capture {
        state: if same_amount { PaymentState::Captured } else { PaymentState::OtherAmount },
        transaction_id: &captured.transaction_id,
        at: captured.paid_at,
        amount: captured.amount,
    };
    if !payments::payment_captured(tx.connection, trade_no, &capture).await? {
        return Ok(Noted::Known);
    }
    fail::fail_point!("payment.capture.noted");
    let case = advance::load(tx.connection, &key).await?;
    let movement = format!("capture:{trade_no}");
    let accounts = (account::PROVIDER, account::SUSPENSE);
    payments::book(tx.connection, &key, &movement, accounts, capture.amount, now).await?;
    let payment = PaymentRow { amount: capture.amount, ..payment };
    if !same_amount {
        ask_refund(tx.connection, &payment, "refund.other-amount", now).await?;
        end::await_payment_again(tx, &case).await?;
        return Ok(Noted::OtherAmountRefunding);
    }
    // Another try that is still open must be closed.
    payments::ask_soon(tx.connection, &key, now).await?;
    if tx.procedure(&case)?.machine().next(case.state, CaseEvent::PaymentSucceeded).is_err() {
        ask_refund(tx.connection, &payment, "refund.paid-twice", now).await?;
        return Ok(Noted::Refunding);
    }
    let late = matches!(case.state, CaseState::Lapsed | CaseState::Cancelled);
    let paid = advance::advance(tx, &case, CaseEvent::PaymentSucceeded, Cause::of("provider")).await?;
    if late && let Some(reason) = holds::take_again(tx, &paid).await? {
        return give_back(tx, &paid, &payment, reason, None).await;
    }
    match tx.procedure(&paid)?.decide_again(tx, &paid).await? {
        Again::Settles(decision) => {
            settle::settle(tx, &paid, Some(&payment), "provider", &decision).await?;
            Ok(Noted::Settled)
        }
        Again::GoesBack { reason, decision } => {
            give_back(tx, &paid, &payment, reason, decision.as_ref()).await
        }
    }
}

async fn give_back(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    payment: &PaymentRow,
    reason: &str,
    decision: Option<&Decision>,
) -> Result<Noted, Fault> {
    holds::give_back(tx, case).await?;
    cases::say_reason(tx.connection, &case.case_key(), reason).await?;
    advance::advance(tx, case, CaseEvent::Refund, Cause::deciding("provider", decision)).await?;
    ask_refund(tx.connection, payment, reason, tx.now).await?;
    Ok(Noted::Refunding)
}

async fn ask_refund(
    connection: &mut AnyConnection,
    payment: &PaymentRow,
    reason: &str,
    now: rules::Moment,
) -> sqlx::Result<()> {
    let refund = RefundRow {
        person_id: payment.person_id.clone(),
        case_id: payment.case_id.clone(),
        out_trade_no: payment.out_trade_no.clone(),
        out_refund_no: out_refund_no(&payment.out_trade_no, 1),
        amount: payment.amount,
        reason: reason.to_owned(),
        requested_at: Timestamp(now),
        done_at: None,
        asks: 0,
        tries: 1,
        transaction_id: payment.transaction_id.clone(),
    };
    refunds::insert_refund(connection, &refund).await
}
