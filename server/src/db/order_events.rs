//! Every event of an order's life, with the decision it came from, and the rulebooks that were decided by.

use rules::kernel::CaseState;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::Timestamp;
use super::orders::OrderKey;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct EventRow {
    pub seq: i64,
    pub at: Timestamp,
    pub event: String,
    #[sqlx(try_from = "String")]
    pub state: CaseState,
    pub actor: String,
    pub rulebook: String,
    pub facts: String,
    pub verdict: String,
}

/// A stored decision, to be replayed.
#[derive(Clone, Debug, FromRow)]
pub struct DecidedRow {
    pub person_id: String,
    pub order_id: String,
    pub seq: i64,
    pub event: String,
    pub rulebook: String,
    pub facts: String,
    pub verdict: String,
}

queries! {
    statements {
        NEXT_SEQ = "select cast(coalesce(max(seq), 0) + 1 as bigint) from order_events where person_id = $1 and order_id = $2";
        INSERT_EVENT = "insert into order_events (person_id, order_id, seq, at, event, state, actor, rulebook, facts, verdict) \
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    }

    pub fn events_of_order(order: &OrderKey) -> all EventRow =
        "select seq, at, event, state, actor, rulebook, facts, verdict from order_events \
        where person_id = $1 and order_id = $2 order by seq";

    pub fn keep_rulebook(version: &str, body: &str, now: i64) -> run =
        "insert into rulebooks (version, body, first_used) values ($1, $2, $3) on conflict (version) do nothing";

    pub fn find_rulebook(version: &str) -> value String =
        "select body from rulebooks where version = $1";

    /// Every event that carries a decision.
    pub fn decided_events() -> all DecidedRow =
        "select person_id, order_id, seq, event, rulebook, facts, verdict from order_events where verdict <> '' \
        order by person_id, order_id, seq";
}

/// Appends an event; its number follows the last one's.
pub async fn append_event(
    connection: &mut AnyConnection,
    order: &OrderKey,
    event: &EventRow,
) -> sqlx::Result<()> {
    let seq: i64 = sqlx::query_scalar(NEXT_SEQ)
        .bind(&order.person_id)
        .bind(&order.id)
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query(INSERT_EVENT)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(seq)
        .bind(event.at.timestamp_millis())
        .bind(&event.event)
        .bind(event.state.code())
        .bind(&event.actor)
        .bind(&event.rulebook)
        .bind(&event.facts)
        .bind(&event.verdict)
        .execute(connection)
        .await
        .map(drop)
}
