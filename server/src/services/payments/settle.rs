//! Settles an order's records, names the decisions and signs the receipt, within the transaction that knows that
//! nothing is owed any more.

use app::receipt::Writer;
use rules::kernel::CaseEvent;
use rules::{Moment, calendar};
use sqlx::AnyConnection;

use super::account;
use super::capture::key_of;
use crate::db::column::Timestamp;
use crate::db::orders::{self, OrderRecordRow, OrderRow};
use crate::db::payments::{self, PaymentRow, ReceiptRow};
use crate::db::{Fault, registry};
use crate::services::orders::events;
use crate::services::orders::selection::Decided;
use crate::services::violations::act;
use crate::state::State;

/// Settles the order with the payment that was captured for it; none where its fine is nothing.
pub async fn settle(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
    payment: Option<&PaymentRow>,
    decided: &Decided,
) -> Result<(), Fault> {
    let (key, now) = (key_of(order), state.clock.now());
    let records = orders::records_of_order(connection, &key).await?;
    let settled = orders::settle_records(connection, &key, &order.vehicle_id).await?;
    if usize::try_from(settled) != Ok(records.len()) {
        return Err(Fault::Internal(format!("order {} lost a record that it held", order.number)));
    }
    fail::fail_point!("payment.settle.records");
    for record in &records {
        let decision = format!("{}-{:02}", order.number, record.position + 1);
        orders::name_decision(connection, &key, record.position, &decision).await?;
    }
    if let Some(payment) = payment {
        let movement = format!("settle:{}", payment.out_trade_no);
        let accounts = (account::SUSPENSE, account::TREASURY);
        payments::book(connection, &key, &movement, accounts, payment.amount, now).await?;
    }
    events::keep_rulebook(connection, state, now).await?;
    let actor = payment.map_or(order.account_id.as_str(), |_| "provider");
    events::advance(connection, state, order, CaseEvent::Settle, actor, Some(decided)).await?;
    let receipt = receipt(connection, state, order).await?;
    payments::insert_receipt(connection, &receipt).await?;
    Ok(())
}

/// The receipt with its signed text, which holds every fact that its page shows.
async fn receipt(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
) -> Result<ReceiptRow, Fault> {
    let (now, key) = (state.clock.now(), key_of(order));
    let number = format!("R{}", order.number);
    let person = registry::find_person(connection, &order.person_id).await?;
    let person =
        person.ok_or_else(|| Fault::Internal(format!("order {} without its person", order.number)))?;
    let name = state.open_stored(&format!("persons:{}:name", person.id), &person.name)?;
    let (place, jurisdiction) = (&order.place, events::jurisdiction(state, order)?);
    let mut text = Writer::new()
        .line("receipt", &number)
        .line("issuer", &state.origin)
        .line("authority", &jurisdiction.office.name.zh)
        .line("place", format_args!("{place} {}", jurisdiction.name.zh))
        .line("order", &order.number)
        .line("plate", &order.plate)
        .line("payer", rules::person::mask_name(&name))
        .line("amount", format_args!("{} CNY", order.fine))
        .line("points", order.points.0);
    for record in orders::records_of_order(connection, &key).await? {
        text = text.line("decision", decision_words(&record)?);
    }
    let payment = payments::settled_payment(connection, &key).await?;
    let mut paid_at = now;
    if let Some(payment) = payment {
        text = text.line("channel", payment.provider);
        text = text.line("transaction", payment.transaction_id.unwrap_or_default());
        paid_at = payment.captured_at.map_or(now, |at| *at);
    }
    let canonical = text
        .line("paid", local_time(paid_at))
        .line("issued", local_time(now))
        .line("key", state.signer.id())
        .text();
    Ok(ReceiptRow {
        person_id: order.person_id.clone(),
        number,
        order_id: order.id.clone(),
        issued_at: Timestamp(now),
        signature: state.signer.sign(&canonical),
        canonical,
    })
}

/// One decision with its record, on one line.
fn decision_words(record: &OrderRecordRow) -> Result<String, Fault> {
    let number = record.decision.as_deref();
    let number = number.ok_or_else(|| Fault::Internal(format!("record {} undecided", record.record_id)))?;
    Ok(format!(
        "{number} record {} at {} code {} fine {} CNY points {} {}",
        record.record_id,
        local_time(*record.violated_at),
        record.code,
        record.fine,
        record.points.0,
        act(&record.code).0,
    ))
}

/// The moment to the second in the place's own time.
fn local_time(moment: Moment) -> String {
    format!("{}+08:00", calendar::local(moment).format("%Y-%m-%dT%H:%M:%S"))
}
