//! Places an order: decides again, holds records, fine and points, all in one transaction.

use app::api::ServiceError;
use app::api::account::CodePurpose;
use app::api::orders::{Agreement, Placed};
use app::visit::FieldError;
use rules::Moment;
use rules::hours::payment_deadline;
use rules::kernel::CaseState;
use rules::licence::Points;
use rules::money::Fen;
use sqlx::AnyConnection;

use super::selection::{self, Chosen, Loaded};
use super::{events, notice};
use crate::caller::Person;
use crate::db::Fault;
use crate::db::column::Timestamp;
use crate::db::orders::{self, OrderKey, OrderRecordRow, OrderRow};
use crate::db::registry::{self, RecordRow, StoredState};
use crate::services::accounts::codes::{self, Confirmation};
use crate::services::payments::settle;
use crate::services::violations::facts::Asking;
use crate::state::State;

/// What a person sends to place an order.
#[derive(Clone, Debug)]
pub struct Placing {
    pub person: Person,
    /// The form's own key: sent twice, it is one order.
    pub key: String,
    pub chosen: Chosen,
    pub code: String,
    pub agreement: Agreement,
}

enum Outcome {
    Placed(String),
    Refused,
    Invalid(ServiceError),
}

pub async fn place(state: &State, placing: Placing) -> Result<Placed, Fault> {
    let plain = placing.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !(16..=64).contains(&placing.key.len()) || !plain {
        return Err(ServiceError::Invalid(vec![FieldError::new("", "error.form-key")]).into());
    }
    let outcome = state
        .store
        .write((state.clone(), placing), move |connection, (state, placing)| {
            Box::pin(async move { place_once(connection, &state, &placing).await })
        })
        .await?;
    fail::fail_point!("order.placed");
    match outcome {
        Outcome::Placed(order) => Ok(Placed::Order(order)),
        Outcome::Refused => Ok(Placed::Refused),
        Outcome::Invalid(error) => Err(error.into()),
    }
}

async fn place_once(
    connection: &mut AnyConnection,
    state: &State,
    placing: &Placing,
) -> Result<Outcome, Fault> {
    let Placing { person, key, chosen, code, agreement } = placing;
    let now = state.clock.now();
    orders::lock_person(connection, &person.id).await?;
    if let Some(order) = orders::find_order_by_key(connection, &person.id, key).await? {
        if order.selection == chosen.digest() {
            return Ok(Outcome::Placed(order.id));
        }
        let error = FieldError::new("", "error.form-key-reused");
        return Ok(Outcome::Invalid(ServiceError::Invalid(vec![error])));
    }
    let loaded =
        selection::load(connection, person, chosen, state.request_at(now), Asking::default()).await?;
    fail::fail_point!("order.place.loaded");
    let one_place = selection::one_place(&loaded, &state.rulebook);
    if let Err(error) = one_place.and_then(|()| notice::check(agreement, &state.rulebook)) {
        return Ok(Outcome::Invalid(error));
    }
    let decided = loaded.decided(&state.rulebook);
    if !decided.passes() {
        return Ok(Outcome::Refused);
    }
    // A wrong try counts although no order comes of it, so it is an outcome and not a fault.
    match codes::confirm(connection, state, person, CodePurpose::PlaceOrder, &chosen.digest(), code).await? {
        Confirmation::Confirmed => {}
        Confirmation::Refused(error) => return Ok(Outcome::Invalid(error)),
    }
    let order = new_order(state, placing, &loaded, now)?;
    let id = OrderKey { person_id: order.person_id.clone(), id: order.id.clone() };
    orders::insert_order(connection, &order).await?;
    fail::fail_point!("order.place.inserted");
    for (position, (row, facts)) in loaded.rows.iter().zip(&loaded.facts).enumerate() {
        if !orders::hold_record(connection, &id, row).await? {
            return Err(not_held(connection, row).await?.into());
        }
        let record = OrderRecordRow {
            position: i64::try_from(position).unwrap_or(i64::MAX),
            vehicle_id: row.vehicle_id.clone(),
            record_id: row.id.clone(),
            code: row.code.clone(),
            location: row.location.clone(),
            violated_at: row.violated_at,
            fine: row.fine,
            points: facts.points,
            held: 1,
            decision: None,
        };
        orders::insert_order_record(connection, &id, &record).await?;
    }
    fail::fail_point!("order.place.held");
    events::keep_rulebook(connection, state, now).await?;
    let event = events::Happened {
        at: now,
        event: None,
        state: CaseState::Placed,
        actor: &person.account_id,
        decided: Some(&decided),
    };
    events::append(connection, state, &id, &event).await?;
    // A provider takes no payment of nothing.
    if order.fine == Fen::ZERO {
        settle::settle(connection, state, &order, None, &decided).await?;
    }
    Ok(Outcome::Placed(order.id))
}

/// Why a record that was free could not be held. The transaction takes all back, and the pages show what is by now.
async fn not_held(connection: &mut AnyConnection, seen: &RecordRow) -> Result<ServiceError, Fault> {
    let now = registry::find_record(connection, &seen.vehicle_id, &seen.id).await?;
    let free = now.is_some_and(|row| [row.state, row.registry_state] == [StoredState::Unprocessed; 2]);
    let text = if free { "error.records.changed" } else { "error.records.taken" };
    Ok(ServiceError::Invalid(vec![FieldError::new("records", text)]))
}

fn new_order(state: &State, placing: &Placing, loaded: &Loaded, now: Moment) -> Result<OrderRow, Fault> {
    let today = rules::calendar::local(now).date();
    let place = loaded.facts.first().and_then(|record| state.rulebook.place_of(&record.region));
    let place = place.ok_or_else(|| Fault::Internal("an order that passes has a place".into()))?;
    let parameters = state.rulebook.parameters(Some(&place.id), today);
    let fine: Fen = loaded.facts.iter().map(|record| record.fine).sum();
    let points: Points = loaded.facts.iter().map(|record| record.points).sum();
    let deadline = payment_deadline(now, parameters.payment_window_minutes(), parameters.closed_hours());
    let digits = u64::from_be_bytes(state.clock.random()) % 10_000_000_000;
    Ok(OrderRow {
        person_id: placing.person.id.clone(),
        id: state.clock.id().to_string(),
        number: format!("{}{digits:010}", today.format("%y%m%d")),
        account_id: placing.person.account_id.clone(),
        key: placing.key.clone(),
        selection: placing.chosen.digest(),
        vehicle_id: placing.chosen.vehicle.clone(),
        plate: loaded.judged.vehicle.plate.clone(),
        place: place.id.clone(),
        state: CaseState::Placed,
        fine,
        points,
        placed_at: Timestamp(now),
        pays_until: Timestamp(deadline),
        refund_reason: None,
        rulebook: state.rulebook.version.to_string(),
        agreed_at: now.timestamp_millis(),
        notice_version: placing.agreement.notice.clone(),
    })
}
