//! Effects that leave the program later: written with the change that causes them, claimed and sent by a worker.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::statements;

statements! {
    INSERT = "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until, valid_until) \
        values ($1, $2, $3, $4, $5, $5, 0, 0, $6)";
    OPEN_OF_KIND = "select id, kind, recipient, body, created_at, attempts, done_at, valid_until from outbox \
        where kind = $1 and done_at is null order by due_at, id limit 100";
    NEWEST_OF_KIND = "select id, kind, recipient, body, created_at, attempts, done_at, valid_until from outbox \
        where kind = $1 order by created_at desc, id desc limit $2";
    // No claim and no pause is as long as these: what is further ahead was written before the clock was set back.
    CLAIM = "update outbox set claimed_until = $3, attempts = attempts + 1, due_at = $4 \
        where id = $1 and done_at is null and (claimed_until <= $2 or claimed_until > $3 + 60000) \
            and (due_at <= $2 or due_at > $2 + 7200000)";
    DONE = "update outbox set done_at = $2 where id = $1 and done_at is null";
    EXPIRE = "update outbox set done_at = $2, expired = 1 where id = $1 and done_at is null";
    PURGE = "delete from outbox where created_at < $1 and (done_at is not null or kind in ('sms', 'unsent'))";
}

#[derive(Clone, Debug, FromRow)]
pub struct OutboxRow {
    pub id: String,
    pub kind: String,
    pub recipient: String,
    pub body: String,
    pub created_at: i64,
    pub attempts: i64,
    pub done_at: Option<i64>,
    /// A text is of no use afterwards.
    pub valid_until: Option<i64>,
}

/// A text message; both parts are sealed.
pub struct NewText<'a> {
    pub id: &'a str,
    /// `sms`; or `unsent`, which nobody sends: an unknown number takes the same work as a known one.
    pub kind: &'a str,
    pub recipient: &'a str,
    pub body: &'a str,
    pub created_at: i64,
    pub valid_until: i64,
}

pub async fn insert(
    connection: &mut AnyConnection,
    id: &str,
    kind: &str,
    recipient: &str,
    body: &str,
    now: i64,
) -> sqlx::Result<()> {
    sqlx::query(INSERT)
        .bind(id)
        .bind(kind)
        .bind(recipient)
        .bind(body)
        .bind(now)
        .bind(None::<i64>)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn insert_text(connection: &mut AnyConnection, text: &NewText<'_>) -> sqlx::Result<()> {
    sqlx::query(INSERT)
        .bind(text.id)
        .bind(text.kind)
        .bind(text.recipient)
        .bind(text.body)
        .bind(text.created_at)
        .bind(text.valid_until)
        .execute(connection)
        .await
        .map(drop)
}

/// What is not done yet, the longest due first; 100 at most.
pub async fn open_of_kind(connection: &mut AnyConnection, kind: &str) -> sqlx::Result<Vec<OutboxRow>> {
    sqlx::query_as(OPEN_OF_KIND).bind(kind).fetch_all(connection).await
}

/// The newest, done or not.
pub async fn newest_of_kind(
    connection: &mut AnyConnection,
    kind: &str,
    limit: i64,
) -> sqlx::Result<Vec<OutboxRow>> {
    sqlx::query_as(NEWEST_OF_KIND).bind(kind).bind(limit).fetch_all(connection).await
}

/// Claims the row for one worker until the moment; the next try is due at `next_due`. False when another has it.
pub async fn claim(
    connection: &mut AnyConnection,
    id: &str,
    now: i64,
    until: i64,
    next_due: i64,
) -> sqlx::Result<bool> {
    let claimed =
        sqlx::query(CLAIM).bind(id).bind(now).bind(until).bind(next_due).execute(connection).await?;
    Ok(claimed.rows_affected() == 1)
}

pub async fn done(connection: &mut AnyConnection, id: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(DONE).bind(id).bind(now).execute(connection).await.map(drop)
}

/// Gives the row up: what it says is of no use any more.
pub async fn expire(connection: &mut AnyConnection, id: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(EXPIRE).bind(id).bind(now).execute(connection).await.map(drop)
}

/// Forgets what was done, and texts that nobody sent.
pub async fn purge(connection: &mut AnyConnection, before: i64) -> sqlx::Result<()> {
    sqlx::query(PURGE).bind(before).execute(connection).await.map(drop)
}
