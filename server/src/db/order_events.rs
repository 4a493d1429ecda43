//! Every event of an order's life, with the decision it came from, and the rulebooks that were decided by.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::orders::OrderKey;
use super::statements;

statements! {
    NEXT_SEQ = "select cast(coalesce(max(seq), 0) + 1 as bigint) from order_events where person_id = $1 and order_id = $2";
    INSERT_EVENT = "insert into order_events (person_id, order_id, seq, at, event, state, actor, rulebook, facts, verdict) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    EVENTS_OF_ORDER = "select seq, at, event, state, actor, rulebook, facts, verdict from order_events \
        where person_id = $1 and order_id = $2 order by seq";
    KEEP_RULEBOOK = "insert into rulebooks (version, body, first_used) values ($1, $2, $3) on conflict (version) do nothing";
    FIND_RULEBOOK = "select body from rulebooks where version = $1";
    DECIDED_EVENTS = "select person_id, order_id, seq, event, rulebook, facts, verdict from order_events where verdict <> '' \
        order by person_id, order_id, seq";
}

#[derive(Clone, Debug, FromRow)]
pub struct EventRow {
    pub seq: i64,
    pub at: i64,
    pub event: String,
    pub state: String,
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
        .bind(event.at)
        .bind(&event.event)
        .bind(&event.state)
        .bind(&event.actor)
        .bind(&event.rulebook)
        .bind(&event.facts)
        .bind(&event.verdict)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn events_of_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as(EVENTS_OF_ORDER).bind(&order.person_id).bind(&order.id).fetch_all(connection).await
}

pub async fn keep_rulebook(
    connection: &mut AnyConnection,
    version: &str,
    body: &str,
    now: i64,
) -> sqlx::Result<()> {
    sqlx::query(KEEP_RULEBOOK).bind(version).bind(body).bind(now).execute(connection).await.map(drop)
}

pub async fn find_rulebook(connection: &mut AnyConnection, version: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(FIND_RULEBOOK).bind(version).fetch_optional(connection).await
}

/// Every event that carries a decision.
pub async fn decided_events(connection: &mut AnyConnection) -> sqlx::Result<Vec<DecidedRow>> {
    sqlx::query_as(DECIDED_EVENTS).fetch_all(connection).await
}
