//! Moves orders along the one edge table and keeps every event with its time, actor, rulebook and facts.

use app::api::ServiceError;
use rules::Moment;
use rules::families::camera::MACHINE;
use rules::kernel::{CaseEvent, CaseState};
use rules::rulebook::Jurisdiction;
use sqlx::AnyConnection;

use super::selection::Decided;
use crate::db::Fault;
use crate::db::column::Timestamp;
use crate::db::order_events::{self, EventRow};
use crate::db::orders::{self, OrderKey, OrderRow};
use crate::state::State;

/// Something that happened to an order.
pub struct Happened<'a> {
    pub at: Moment,
    /// None for the placing itself, which comes from nowhere.
    pub event: Option<CaseEvent>,
    /// The state after it.
    pub state: CaseState,
    /// The account, or the party: `clock`, `provider`, `registry`.
    pub actor: &'a str,
    pub decided: Option<&'a Decided>,
}

pub async fn append(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderKey,
    happened: &Happened<'_>,
) -> Result<(), Fault> {
    let json = |error: serde_json::Error| Fault::Internal(format!("an event as JSON: {error}"));
    let (facts, verdict) = match happened.decided {
        Some(decided) => (
            serde_json::to_string(&decided.cases).map_err(json)?,
            serde_json::to_string(&decided.verdicts).map_err(json)?,
        ),
        None => (String::new(), String::new()),
    };
    let row = EventRow {
        seq: 0,
        at: Timestamp(happened.at),
        event: happened.event.map_or("place", CaseEvent::code).to_owned(),
        state: happened.state,
        actor: happened.actor.to_owned(),
        rulebook: state.rulebook.version.to_string(),
        facts,
        verdict,
    };
    Ok(order_events::append_event(connection, order, &row).await?)
}

/// Stores the rulebook in force, so that what it decides can be replayed later.
pub async fn keep_rulebook(connection: &mut AnyConnection, state: &State, now: Moment) -> Result<(), Fault> {
    let version = state.rulebook.version.to_string();
    if order_events::find_rulebook(connection, &version).await?.is_none() {
        let body = serde_json::to_string(&*state.rulebook)
            .map_err(|error| Fault::Internal(format!("the rulebook as JSON: {error}")))?;
        order_events::keep_rulebook(connection, &version, &body, now.timestamp_millis()).await?;
    }
    Ok(())
}

/// Moves the order by the event, or says that the table has no such edge from where it stands.
pub async fn advance(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
    event: CaseEvent,
    actor: &str,
    decided: Option<&Decided>,
) -> Result<CaseState, Fault> {
    let seen = order.state;
    let next = MACHINE
        .next(seen, event)
        .map_err(|error| Fault::Internal(format!("order {}: {error}", order.number)))?;
    let key = OrderKey { person_id: order.person_id.clone(), id: order.id.clone() };
    if !orders::move_order(connection, &key, seen, next).await? {
        return Err(Fault::Internal(format!("order {} moved on from {}", order.number, seen.code())));
    }
    let at = state.clock.now();
    append(connection, state, &key, &Happened { at, event: Some(event), state: next, actor, decided })
        .await?;
    Ok(next)
}

/// The place to which the order is paid.
pub fn jurisdiction<'a>(state: &'a State, order: &OrderRow) -> Result<&'a Jurisdiction, Fault> {
    let unknown = || Fault::corrupt(format!("orders:{}:place", order.id), &order.place);
    state.rulebook.jurisdiction(&order.place).ok_or_else(unknown)
}

/// The order, or not found.
pub async fn load(connection: &mut AnyConnection, key: &OrderKey) -> Result<OrderRow, Fault> {
    Ok(orders::find_order(connection, key).await?.ok_or(ServiceError::NotFound)?)
}
