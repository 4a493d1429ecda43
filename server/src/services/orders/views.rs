//! Stored orders as pages show them.

use std::collections::BTreeMap;

use app::api::ServiceError;
use app::api::orders::{OrderRecord, OrderRefund, OrderStep, OrderView, PaidThrough, Receipt};
use rules::kernel::CaseEvent;
use rules::licence::Points;
use rules::money::Fen;
use sqlx::AnyConnection;

use super::jurisdiction;
use super::order::{KIND, Order};
use crate::db::case_events::{self, EventRow};
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::orders::{self, OrderRecordRow};
use crate::db::payments::{self, PaymentRow, ReceiptRow};
use crate::db::refunds::{self, RefundRow};
use crate::db::{Fault, registry};
use crate::engine::advance;
use crate::services::violations::{act, laws, paper_offices};
use crate::state::State;

fn record(row: &OrderRecordRow) -> OrderRecord {
    let (act_zh, act_en) = act(&row.code);
    OrderRecord {
        id: row.record_id.clone(),
        act_zh,
        act_en,
        location: row.location.clone(),
        violated_at: *row.violated_at,
        fine: row.fine,
        points: row.points,
        laws: laws(&row.code, row.points > Points(0)),
        decision: row.decision.clone(),
    }
}

fn step(row: &EventRow) -> OrderStep {
    OrderStep { at: *row.at, event: CaseEvent::from_code(&row.event), state: row.state }
}

fn refund(row: &RefundRow) -> OrderRefund {
    OrderRefund {
        amount: row.amount,
        reason: row.reason.clone(),
        asked_at: *row.requested_at,
        done_at: row.done_at.map(|at| *at),
    }
}

/// Without its time line and refunds.
fn view(
    state: &State,
    order: Order,
    records: &[OrderRecordRow],
    receipt: Option<String>,
) -> Result<OrderView, Fault> {
    let pays_until = order.pays_until()?;
    let Order { case, body } = order;
    let jurisdiction = jurisdiction(state, &case)?;
    let day = rules::calendar::local(*case.placed_at).date();
    let parameters = state.rulebook.parameters(Some(&case.place), day);
    Ok(OrderView {
        id: case.id,
        number: case.number,
        state: case.state,
        place_zh: jurisdiction.name.zh.clone(),
        place_en: jurisdiction.name.en.clone(),
        channel: parameters.channel(state.channels()).filter(|_| case.price > Fen::ZERO),
        closed_hours: parameters.closed_hours(),
        receipt_offices: paper_offices(&jurisdiction.receipt_offices),
        decision_offices: paper_offices(&jurisdiction.decision_offices),
        place: case.place,
        vehicle_id: body.vehicle,
        plate: body.plate,
        records: records.iter().map(record).collect(),
        fine: case.price,
        points: records.iter().map(|record| record.points).sum(),
        placed_at: *case.placed_at,
        pays_until,
        steps: Vec::new(),
        receipt,
        refund_reason: case.reason,
        refunds: Vec::new(),
        rulebook: case.rulebook,
        not_payable_here: None,
    })
}

pub async fn order(state: &State, connection: &mut AnyConnection, key: &CaseKey) -> Result<OrderView, Fault> {
    let case = advance::load(connection, key).await?;
    if case.kind != KIND {
        return Err(ServiceError::NotFound.into());
    }
    let records = orders::records_of_order(connection, key).await?;
    let events = case_events::events_of_case(connection, key).await?;
    let receipt = payments::receipt_of_case(connection, key).await?.map(|receipt| receipt.number);
    let refunds = refunds::refunds_of_case(connection, key).await?;
    Ok(OrderView {
        steps: events.iter().map(step).collect(),
        refunds: refunds.iter().map(refund).collect(),
        ..view(state, Order::of(case)?, &records, receipt)?
    })
}

async fn records_by_order(
    connection: &mut AnyConnection,
    person: &str,
) -> Result<BTreeMap<String, Vec<OrderRecordRow>>, Fault> {
    let mut records = BTreeMap::<String, Vec<OrderRecordRow>>::new();
    for row in orders::records_of_person(connection, person).await? {
        records.entry(row.case_id).or_default().push(row.record);
    }
    Ok(records)
}

/// All orders of the person, newest first, without their time lines.
pub async fn all(
    state: &State,
    connection: &mut AnyConnection,
    person: &str,
) -> Result<Vec<OrderView>, Fault> {
    let mut records = records_by_order(connection, person).await?;
    let receipts = payments::receipts_of(connection, person).await?;
    let receipts: BTreeMap<_, _> = receipts.into_iter().map(|row| (row.case_id, row.number)).collect();
    let rows = cases::cases_of(connection, person, KIND).await?;
    rows.into_iter()
        .map(|case| {
            let held = records.remove(&case.id).unwrap_or_default();
            let receipt = receipts.get(&case.id).cloned();
            view(state, Order::of(case)?, &held, receipt)
        })
        .collect()
}

pub async fn receipt(
    state: &State,
    connection: &mut AnyConnection,
    row: &ReceiptRow,
) -> Result<Receipt, Fault> {
    let key = CaseKey { person_id: row.person_id.clone(), id: row.case_id.clone() };
    let order = order(state, connection, &key).await?;
    let payment = payments::settled_payment(connection, &key).await?;
    let payer = payer(state, connection, &row.person_id).await?;
    receipt_view(state, row, order, payment, payer)
}

/// All receipts of the person, newest first, their orders without time lines.
pub async fn receipts(
    state: &State,
    connection: &mut AnyConnection,
    person: &str,
) -> Result<Vec<Receipt>, Fault> {
    let rows = payments::receipts_of(connection, person).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let payer = payer(state, connection, person).await?;
    let mut records = records_by_order(connection, person).await?;
    let cases = cases::receipted_cases_of(connection, person, KIND).await?;
    let mut cases: BTreeMap<String, CaseRow> =
        cases.into_iter().map(|case| (case.id.clone(), case)).collect();
    let settled = payments::settled_payments_of(connection, person).await?;
    let mut settled: BTreeMap<_, _> =
        settled.into_iter().map(|payment| (payment.case_id.clone(), payment)).collect();
    rows.iter()
        .map(|row| {
            let case = cases.remove(&row.case_id).ok_or(ServiceError::NotFound)?;
            let held = records.remove(&row.case_id).unwrap_or_default();
            let order = view(state, Order::of(case)?, &held, Some(row.number.clone()))?;
            receipt_view(state, row, order, settled.remove(&row.case_id), payer.clone())
        })
        .collect()
}

/// The payer's full name: a receipt is shown to its owner alone.
async fn payer(state: &State, connection: &mut AnyConnection, person: &str) -> Result<String, Fault> {
    let person = registry::find_person(connection, person).await?.ok_or(ServiceError::NotFound)?;
    state.open_stored(&format!("persons:{}:name", person.id), &person.name)
}

fn receipt_view(
    state: &State,
    row: &ReceiptRow,
    order: OrderView,
    payment: Option<PaymentRow>,
    payer: String,
) -> Result<Receipt, Fault> {
    if payment.is_none() && order.fine > Fen::new(0) {
        return Err(Fault::Internal(format!("receipt {} without payment", row.number)));
    }
    Ok(Receipt {
        number: row.number.clone(),
        paid_at: *payment.as_ref().and_then(|payment| payment.captured_at).unwrap_or(row.issued_at),
        amount: order.fine,
        payer,
        payment: payment.map(|payment| PaidThrough {
            channel: payment.provider,
            transaction: payment.transaction_id.unwrap_or_default(),
        }),
        signature: row.signature.clone(),
        canonical: row.canonical.clone(),
        verify_at: format!("{}/verify", state.origin),
        order,
    })
}
