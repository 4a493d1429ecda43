//! Every event of a case's life, with the decision it came from, and the rulebooks that were decided by.

use rules::Moment;
use rules::kernel::CaseState;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::cases::CaseKey;
use super::column::Timestamp;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct EventRow {
    pub at: Timestamp,
    pub event: String,
    #[sqlx(try_from = "String")]
    pub state: CaseState,
    pub actor: String,
    /// The words of the officer who decided.
    pub reason: Option<String>,
    pub rulebook: String,
    pub facts: String,
    pub verdict: String,
}

/// A stored decision, to be replayed.
#[derive(Clone, Debug, FromRow)]
pub struct DecidedRow {
    pub person_id: String,
    pub case_id: String,
    pub kind: String,
    pub seq: i64,
    pub event: String,
    pub rulebook: String,
    pub facts: String,
    pub verdict: String,
}

queries! {
    /// The number of the case's next event.
    pub fn next_seq(case: &CaseKey) -> scalar i64 =
        "select cast(coalesce(max(seq), 0) + 1 as bigint) from case_events where person_id = $1 and case_id = $2";

    /// Appends it under its number.
    pub fn insert_event(case: &CaseKey, seq: i64, event: &EventRow) [
        case, seq, event.at, &event.event, event.state, &event.actor, &event.reason, &event.rulebook,
        &event.facts, &event.verdict
    ] -> run =
        "insert into case_events (person_id, case_id, seq, at, event, state, actor, reason, rulebook, facts, \
        verdict) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// Oldest first.
    pub fn events_of_case(case: &CaseKey) -> all EventRow =
        "select at, event, state, actor, reason, rulebook, facts, verdict from case_events \
        where person_id = $1 and case_id = $2 order by seq";

    pub fn keep_rulebook(version: &str, body: &str, now: Moment) -> run =
        "insert into rulebooks (version, body, first_used) values ($1, $2, $3) on conflict (version) do nothing";

    pub fn find_rulebook(version: &str) -> value String =
        "select body from rulebooks where version = $1";

    /// Every event that carries a decision.
    pub fn decided_events() -> all DecidedRow =
        "select e.person_id, e.case_id, c.kind, e.seq, e.event, e.rulebook, e.facts, e.verdict from case_events e \
        join cases c on c.person_id = e.person_id and c.id = e.case_id \
        where e.verdict <> '' order by e.person_id, e.case_id, e.seq";
}

/// Appends an event; its number follows the last one's.
pub async fn append_event(
    connection: &mut AnyConnection,
    case: &CaseKey,
    event: &EventRow,
) -> sqlx::Result<()> {
    let seq = next_seq(connection, case).await?;
    insert_event(connection, case, seq, event).await
}
