//! Notes that the provider has the money, compares and decides again, and settles the records or asks for the refund:
//! one transaction, so that a captured payment is never without its consequence.

use app::api::ServiceError;
use rules::families::camera::{MACHINE, Request};
use rules::kernel::{CaseEvent, CaseState};
use rules::money::Fen;
use rules::payment::PaymentChannels;
use sqlx::AnyConnection;

use super::{account, out_refund_no, release, settle};
use crate::caller::Person;
use crate::db::column::Timestamp;
use crate::db::orders::{self, OrderKey, OrderRecordRow, OrderRow};
use crate::db::payments::{self, Capture, PaymentRow, PaymentState};
use crate::db::refunds::{self, RefundRow};
use crate::db::registry::{self, StoredState};
use crate::db::{Fault, accounts};
use crate::services::orders::events;
use crate::services::orders::selection::{self, Chosen, Decided, Loaded};
use crate::services::violations::facts::Asking;
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
    let noted = state
        .store
        .write((state.clone(), captured.clone()), move |connection, (state, captured)| {
            Box::pin(async move { note_once(connection, &state, &captured).await })
        })
        .await?;
    fail::fail_point!("payment.noted");
    if matches!(noted, Noted::OtherAmount | Noted::OtherAmountRefunding) {
        metrics::counter!("payments_other_amount_total").increment(1);
        let (out_trade_no, reported) = (&captured.out_trade_no, captured.amount.fen());
        let payer_reported = captured.payer_amount.fen();
        tracing::error!(%out_trade_no, reported, payer_reported, ?noted, "the provider reported a different amount");
    }
    Ok(noted)
}

async fn note_once(
    connection: &mut AnyConnection,
    state: &State,
    captured: &Captured,
) -> Result<Noted, Fault> {
    let now = state.clock.now();
    let trade_no = &captured.out_trade_no;
    let Some(payment) = payments::find_payment(connection, trade_no).await? else {
        return Ok(Noted::Unknown);
    };
    let same_amount = [captured.amount, captured.payer_amount] == [payment.amount; 2];
    if !same_amount && captured.notification.is_some() {
        payments::ask_soon(connection, &payment.order(), now).await?;
        return Ok(Noted::OtherAmount);
    }
    if let Some(id) = &captured.notification {
        payments::remember_notification(connection, &payment.provider, id, trade_no, "paid", now).await?;
    }
    let key = payment.order();
    orders::lock_person(connection, &key.person_id).await?;
    orders::lock_order(connection, &key).await?;
    let capture = Capture {
        state: if same_amount { PaymentState::Captured } else { PaymentState::OtherAmount },
        transaction_id: &captured.transaction_id,
        at: captured.paid_at,
        amount: captured.amount,
    };
    if !payments::payment_captured(connection, trade_no, &capture).await? {
        return Ok(Noted::Known);
    }
    fail::fail_point!("payment.capture.noted");
    let order = events::load(connection, &key).await?;
    let seen = order.state;
    let movement = format!("capture:{trade_no}");
    let accounts = (account::PROVIDER, account::SUSPENSE);
    payments::book(connection, &key, &movement, accounts, capture.amount, now).await?;
    let payment = PaymentRow { amount: capture.amount, ..payment };
    if !same_amount {
        ask_refund(connection, &payment, "refund.other-amount", now).await?;
        release::await_payment_again(connection, state, &order).await?;
        return Ok(Noted::OtherAmountRefunding);
    }
    // Another try that is still open must be closed.
    payments::ask_soon(connection, &key, now).await?;
    if MACHINE.next(seen, CaseEvent::PaymentSucceeded).is_err() {
        ask_refund(connection, &payment, "refund.paid-twice", now).await?;
        return Ok(Noted::Refunding);
    }
    events::advance(connection, state, &order, CaseEvent::PaymentSucceeded, "provider", None).await?;
    let paid = events::load(connection, &key).await?;
    let late = matches!(seen, CaseState::Lapsed | CaseState::Cancelled);
    if late && !take_again(connection, &paid).await? {
        return give_back(connection, state, &paid, &payment, "refund.records-taken", None).await;
    }
    match decide_again(connection, state, &paid).await? {
        Again::Settles(decided) => {
            settle::settle(connection, state, &paid, Some(&payment), &decided).await?;
            Ok(Noted::Settled)
        }
        Again::GoesBack(reason, decided) => {
            give_back(connection, state, &paid, &payment, reason, decided.as_ref()).await
        }
    }
}

/// A payment after the lapse settles if all its records are still free.
async fn take_again(connection: &mut AnyConnection, order: &OrderRow) -> Result<bool, Fault> {
    let key = key_of(order);
    for record in orders::records_of_order(connection, &key).await? {
        let seen = registry::find_record(connection, &record.vehicle_id, &record.record_id).await?;
        let Some(seen) = seen else { return Ok(false) };
        if !orders::hold_record(connection, &key, &seen).await? {
            return Ok(false);
        }
    }
    orders::take_order_records(connection, &key).await?;
    Ok(true)
}

/// The second decision. It is missing where vehicle, record or account are the person's no longer: then there is
/// nothing to decide for them.
enum Again {
    Settles(Decided),
    GoesBack(&'static str, Option<Decided>),
}

const NO_LONGER_ELIGIBLE: &str = "refund.no-longer-eligible";

/// The request was made when the order was placed: that day's parameters and hours count, with today's facts. The
/// person agreed to amounts: a record that has others by now is not settled with them.
async fn decide_again(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
) -> Result<Again, Fault> {
    let account = accounts::find_account(connection, &order.account_id).await?;
    let Some(account) = account else { return Ok(Again::GoesBack(NO_LONGER_ELIGIBLE, None)) };
    let person = Person {
        id: order.person_id.clone(),
        account_id: order.account_id.clone(),
        identity: account.identity,
    };
    orders::lock_records(connection, &key_of(order), &order.vehicle_id).await?;
    fail::fail_point!("payment.records-locked");
    let records = orders::records_of_order(connection, &key_of(order)).await?;
    let chosen = Chosen {
        vehicle: order.vehicle_id.clone(),
        records: records.iter().map(|record| record.record_id.clone()).collect(),
    };
    // The order was placed and paid through the place's channel, whatever gateways are configured since.
    let request = Request { now: *order.placed_at, channels: PaymentChannels::all() };
    let asking = Asking { order: &order.id };
    match selection::load(connection, &person, &chosen, request, asking).await {
        Ok(loaded) => {
            let decided = loaded.decided(&state.rulebook);
            let ineligible = (!decided.passes()).then_some(NO_LONGER_ELIGIBLE);
            Ok(match changed(&records, &loaded).or(ineligible) {
                Some(reason) => Again::GoesBack(reason, Some(decided)),
                None => Again::Settles(decided),
            })
        }
        Err(Fault::Service(ServiceError::NotFound)) => Ok(Again::GoesBack(NO_LONGER_ELIGIBLE, None)),
        Err(fault) => Err(fault),
    }
}

/// Why the records are no longer those that the person accepted.
fn changed(accepted: &[OrderRecordRow], loaded: &Loaded) -> Option<&'static str> {
    accepted.iter().zip(loaded.rows.iter().zip(&loaded.facts)).find_map(|(accepted, (row, facts))| {
        let amounts = (accepted.fine, accepted.points) != (facts.fine, facts.points);
        if row.registry_state != StoredState::Unprocessed {
            Some("refund.processed-elsewhere")
        } else if row.disputed != 0 {
            Some("refund.disputed")
        } else if amounts {
            Some("refund.amount-changed")
        } else if accepted.code != row.code {
            Some("refund.record-changed")
        } else {
            None
        }
    })
}

async fn give_back(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
    payment: &PaymentRow,
    reason: &str,
    decided: Option<&Decided>,
) -> Result<Noted, Fault> {
    let (key, now) = (key_of(order), state.clock.now());
    orders::give_back_records(connection, &key, &order.vehicle_id).await?;
    orders::say_refund_reason(connection, &key, reason).await?;
    if decided.is_some() {
        events::keep_rulebook(connection, state, now).await?;
    }
    events::advance(connection, state, order, CaseEvent::Refund, "provider", decided).await?;
    ask_refund(connection, payment, reason, now).await?;
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
        order_id: payment.order_id.clone(),
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

pub(super) fn key_of(order: &OrderRow) -> OrderKey {
    OrderKey { person_id: order.person_id.clone(), id: order.id.clone() }
}
