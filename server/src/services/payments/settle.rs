//! Settles an order's records, names the decisions and signs the receipt, within the transaction that knows that
//! nothing is owed any more.

use rules::licence::Points;
use rules::money::Fen;
use rules::order::OrderEvent;
use sqlx::AnyConnection;

use super::account;
use super::capture::key_of;
use crate::db::orders::{self, OrderRow};
use crate::db::payments::{self, PaymentRow, ReceiptRow};
use crate::db::{Fault, registry};
use crate::services::orders::events;
use crate::services::orders::selection::Decided;
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
        let (accounts, at) = ((account::SUSPENSE, account::TREASURY), now.timestamp_millis());
        payments::book(connection, &key, &movement, accounts, payment.amount, at).await?;
    }
    events::keep_rulebook(connection, state, now).await?;
    let actor = payment.map_or(order.account_id.as_str(), |_| "provider");
    events::advance(connection, state, order, OrderEvent::Settle, actor, Some(decided)).await?;
    let receipt = receipt(connection, state, order).await?;
    payments::insert_receipt(connection, &receipt).await?;
    Ok(())
}

/// What the receipt says, line by line, and the signature over exactly this text.
async fn receipt(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
) -> Result<ReceiptRow, Fault> {
    let now = state.clock.now();
    let number = format!("R{}", order.number);
    let person = registry::find_person(connection, &order.person_id).await?;
    let person =
        person.ok_or_else(|| Fault::Internal(format!("order {} without its person", order.number)))?;
    let name = state
        .sealer
        .open(&format!("persons:{}:name", person.id), &person.name)
        .map_err(|error| Fault::stored("name", error))?;
    let points = Points(u32::try_from(order.points).unwrap_or(u32::MAX)).0;
    let canonical = format!(
        "lutong-receipt-1\nreceipt {number}\norder {}\nplace {}\nplate {}\npayer {}\namount {} CNY\npoints {points}\nissued {}\nkey {}\n",
        order.number,
        order.place,
        order.plate,
        rules::person::mask_name(&name),
        Fen::new(order.fine),
        now.format("%Y-%m-%dT%H:%M:%SZ"),
        state.signer.public_key(),
    );
    Ok(ReceiptRow {
        person_id: order.person_id.clone(),
        number,
        order_id: order.id.clone(),
        issued_at: now.timestamp_millis(),
        signature: state.signer.sign(&canonical),
        canonical,
    })
}
