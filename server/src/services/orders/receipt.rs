//! Issues an order's receipt.

use app::receipt::Writer;
use rules::licence::Points;
use rules::{Moment, calendar};

use super::jurisdiction;
use super::order::Order;
use crate::db::column::Timestamp;
use crate::db::orders::{self, OrderRecordRow};
use crate::db::payments::{self, ReceiptRow};
use crate::db::{Fault, registry};
use crate::engine::Tx;
use crate::services::violations::act;

/// Issues the receipt with its signed text, which holds every fact that its page shows.
pub async fn issue(tx: &mut Tx<'_>, order: &Order) -> Result<(), Fault> {
    let (state, now, Order { case, body }) = (tx.state, tx.now, order);
    let (key, number) = (case.case_key(), format!("R{}", case.number));
    let person = registry::find_person(tx.connection, &case.person_id).await?;
    let person =
        person.ok_or_else(|| Fault::Internal(format!("order {} without its person", case.number)))?;
    let name = state.open_stored(&format!("persons:{}:name", person.id), &person.name)?;
    let records = orders::records_of_order(tx.connection, &key).await?;
    let points: Points = records.iter().map(|record| record.points).sum();
    let (place, jurisdiction) = (&case.place, jurisdiction(state, case)?);
    let mut text = Writer::new()
        .line("receipt", &number)
        .line("issuer", &state.origin)
        .line("authority", &jurisdiction.office.name.zh)
        .line("place", format_args!("{place} {}", jurisdiction.name.zh))
        .line("order", &case.number)
        .line("plate", &body.plate)
        .line("payer", rules::person::mask_name(&name))
        .line("amount", format_args!("{} CNY", case.price))
        .line("points", points.0);
    for record in &records {
        text = text.line("decision", decision_words(record)?);
    }
    let payment = payments::settled_payment(tx.connection, &key).await?;
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
    let receipt = ReceiptRow {
        person_id: case.person_id.clone(),
        number,
        case_id: case.id.clone(),
        issued_at: Timestamp(now),
        signature: state.signer.sign(&canonical),
        canonical,
    };
    Ok(payments::insert_receipt(tx.connection, &receipt).await?)
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
