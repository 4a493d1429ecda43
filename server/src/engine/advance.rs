//! Moves cases along the edges of their machine and keeps every event with its time, actor, rulebook and facts.

use app::api::ServiceError;
use rules::Moment;
use rules::kernel::{CaseEvent, CaseState};
use sqlx::AnyConnection;

use super::procedure::{Decision, Tx, json};
use crate::db::Fault;
use crate::db::case_events::{self, EventRow};
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::column::Timestamp;
use crate::state::State;

/// The actor of an event, with the reason and the decision where there are any.
#[derive(Clone, Copy)]
pub struct Cause<'a> {
    /// The account, the officer, or the party: `clock`, `provider`, `registry`.
    pub actor: &'a str,
    /// The officer's words.
    pub reason: Option<&'a str>,
    pub decision: Option<&'a Decision>,
}

impl<'a> Cause<'a> {
    pub fn of(actor: &'a str) -> Self {
        Self { actor, reason: None, decision: None }
    }

    pub fn deciding(actor: &'a str, decision: Option<&'a Decision>) -> Self {
        Self { decision, ..Self::of(actor) }
    }
}

/// Keeps an event; none is the placing itself, which comes from nowhere.
pub(super) async fn append(
    tx: &mut Tx<'_>,
    case: &CaseKey,
    event: Option<CaseEvent>,
    state: CaseState,
    cause: Cause<'_>,
) -> Result<(), Fault> {
    let (facts, verdict) = match cause.decision {
        Some(decision) => {
            keep_rulebook(tx.connection, tx.state, tx.now).await?;
            (decision.facts.clone(), json("verdicts", &decision.verdicts)?)
        }
        None => (String::new(), String::new()),
    };
    let row = EventRow {
        at: Timestamp(tx.now),
        event: event.map_or("place", CaseEvent::code).to_owned(),
        state,
        actor: cause.actor.to_owned(),
        reason: cause.reason.map(str::to_owned),
        rulebook: tx.state.rulebook.version.to_string(),
        facts,
        verdict,
    };
    Ok(case_events::append_event(tx.connection, case, &row).await?)
}

/// Stores the rulebook in force, so that what it decides can be replayed later.
async fn keep_rulebook(connection: &mut AnyConnection, state: &State, now: Moment) -> Result<(), Fault> {
    let version = state.rulebook.version.to_string();
    if case_events::find_rulebook(connection, &version).await?.is_none() {
        let body = json("the rulebook", &*state.rulebook)?;
        case_events::keep_rulebook(connection, &version, &body, now).await?;
    }
    Ok(())
}

/// Moves the case by the event, or says that its machine has no such edge from where it stands. Gives the case after it.
pub(super) async fn advance(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    event: CaseEvent,
    cause: Cause<'_>,
) -> Result<CaseRow, Fault> {
    let (key, seen) = (case.case_key(), case.state);
    let next = tx.procedure(case)?.machine().next(seen, event);
    let next = next.map_err(|error| Fault::Internal(format!("case {}: {error}", case.number)))?;
    if !cases::move_case(tx.connection, &key, seen, next).await? {
        return Err(Fault::Internal(format!("case {} moved on from {}", case.number, seen.code())));
    }
    append(tx, &key, Some(event), next, cause).await?;
    Ok(CaseRow { state: next, ..case.clone() })
}

/// The case, or not found.
pub async fn load(connection: &mut AnyConnection, key: &CaseKey) -> Result<CaseRow, Fault> {
    Ok(cases::find_case(connection, key).await?.ok_or(ServiceError::NotFound)?)
}
