//! Takes note that the provider has the money, decides again, and settles the records or asks for the refund: one
//! transaction, so that a captured payment is never without its consequence.

use app::api::ServiceError;
use rules::camera::Request;
use rules::money::Fen;
use rules::order::{OrderEvent, OrderState};
use rules::parameters::PaymentChannels;
use rules::person::IdentityLevel;
use sqlx::AnyConnection;

use super::{account, out_refund_no, settle};
use crate::db::orders::{self, OrderKey, OrderRow};
use crate::db::payments::{self, PaymentRow};
use crate::db::refunds::{self, RefundRow};
use crate::db::{Fault, accounts};
use crate::http::current::Person;
use crate::services::orders::events;
use crate::services::orders::selection::{self, Chosen, Decided};
use crate::services::violations::facts::{Asking, moment};
use crate::state::State;

/// What the provider says it has.
#[derive(Clone, Debug)]
pub struct Captured {
    pub out_trade_no: String,
    pub transaction_id: String,
    pub amount: Fen,
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
    /// The amount is not the one we asked for: nothing changed.
    OtherAmount,
}

pub async fn note(state: &State, captured: Captured) -> Result<Noted, Fault> {
    let work_state = state.clone();
    let noted = state
        .store
        .write(move |connection| {
            let (state, captured) = (work_state.clone(), captured.clone());
            Box::pin(async move { note_once(connection, &state, &captured).await })
        })
        .await?;
    fail::fail_point!("payment.noted");
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
    if payment.amount != captured.amount.fen() {
        tracing::error!(%trade_no, expected = payment.amount, said = captured.amount.fen(), "another amount");
        return Ok(Noted::OtherAmount);
    }
    if let Some(id) = &captured.notification {
        let millis = now.timestamp_millis();
        payments::remember_notification(connection, &payment.provider, id, trade_no, "paid", millis).await?;
    }
    let key = payment.order();
    orders::lock_person(connection, &key.person_id).await?;
    orders::lock_order(connection, &key).await?;
    let paid_at = captured.paid_at.timestamp_millis();
    if !payments::payment_captured(connection, trade_no, &captured.transaction_id, paid_at).await? {
        return Ok(Noted::Known);
    }
    fail::fail_point!("payment.capture.noted");
    let order = events::load(connection, &key).await?;
    let seen = events::state_of(&order)?;
    let movement = format!("capture:{trade_no}");
    let accounts = (account::PROVIDER, account::SUSPENSE);
    payments::book(connection, &key, &movement, accounts, payment.amount, now.timestamp_millis()).await?;
    // Another try that is still open must be closed.
    payments::ask_soon(connection, &key, now.timestamp_millis()).await?;
    if seen.on(OrderEvent::PaymentSucceeded).is_err() {
        ask_refund(connection, &payment, "refund.paid-twice", now).await?;
        return Ok(Noted::Refunding);
    }
    events::advance(connection, state, &order, OrderEvent::PaymentSucceeded, "provider", None).await?;
    let paid = events::load(connection, &key).await?;
    let late = matches!(seen, OrderState::Lapsed | OrderState::Cancelled);
    if late && !take_again(connection, &paid).await? {
        return give_back(connection, state, &paid, &payment, "refund.records-taken", None).await;
    }
    match decide_again(connection, state, &paid).await? {
        Some(decided) if decided.passes() => {
            settle::settle(connection, state, &paid, Some(&payment), &decided).await?;
            Ok(Noted::Settled)
        }
        decided => {
            let reason = "refund.no-longer-eligible";
            give_back(connection, state, &paid, &payment, reason, decided.as_ref()).await
        }
    }
}

/// A payment after the lapse settles if all its records are still free.
async fn take_again(connection: &mut AnyConnection, order: &OrderRow) -> Result<bool, Fault> {
    let key = key_of(order);
    for record in orders::records_of_order(connection, &key).await? {
        if !orders::hold_record(connection, &key, &record.vehicle_id, &record.record_id).await? {
            return Ok(false);
        }
    }
    orders::take_order_records(connection, &key).await?;
    Ok(true)
}

/// The request was made when the order was placed: that day's parameters and hours count, with today's facts. None
/// where vehicle, record or account are the person's no longer: then there is nothing to decide for them.
async fn decide_again(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
) -> Result<Option<Decided>, Fault> {
    let account = accounts::find_account(connection, &order.account_id).await?;
    let Some(identity) = account.and_then(|account| IdentityLevel::from_code(&account.identity)) else {
        return Ok(None);
    };
    let person = Person {
        id: order.person_id.clone(),
        account_id: order.account_id.clone(),
        identity,
        phone_masked: String::new(),
    };
    let records = orders::records_of_order(connection, &key_of(order)).await?;
    let chosen = Chosen {
        vehicle: order.vehicle_id.clone(),
        records: records.into_iter().map(|record| record.record_id).collect(),
    };
    // The order was placed and paid through the place's channel, whatever gateways are configured since.
    let request = Request { now: moment(order.placed_at)?, channels: PaymentChannels::all() };
    let asking = Asking { order: &order.id };
    match selection::load(connection, &person, &chosen, request, asking).await {
        Ok(loaded) => Ok(Some(loaded.decided(&state.rulebook))),
        Err(Fault::Service(ServiceError::NotFound)) => Ok(None),
        Err(fault) => Err(fault),
    }
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
    events::advance(connection, state, order, OrderEvent::Refund, "provider", decided).await?;
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
        state: "requested".into(),
        reason: reason.to_owned(),
        requested_at: now.timestamp_millis(),
        done_at: None,
        asks: 0,
        tries: 1,
    };
    refunds::insert_refund(connection, &refund).await
}

pub(super) fn key_of(order: &OrderRow) -> OrderKey {
    OrderKey { person_id: order.person_id.clone(), id: order.id.clone() }
}
