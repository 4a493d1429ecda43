//! SMS codes and how many may go out.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::statements;

statements! {
    // A moment later than now was written before the clock was set back, and keeps nobody waiting.
    ALLOW = "insert into sms_allowances (subject, day, sent_today, last_sent) values ($1, $2, 1, $3) \
        on conflict (subject) do update set \
            sent_today = case when sms_allowances.day = excluded.day then sms_allowances.sent_today + 1 else 1 end, \
            day = excluded.day, last_sent = excluded.last_sent \
        where (sms_allowances.last_sent <= $4 or sms_allowances.last_sent > $3 + $6) \
            and (sms_allowances.day <> excluded.day or sms_allowances.sent_today < $5)";
    LAST_SENT = "select last_sent from sms_allowances where subject = $1";
    INSERT_CODE = "insert into sms_codes (id, purpose, phone_hash, bound_to, code_hash, sent_at, valid_until, tries_left) \
        values ($1, $2, $3, $4, $5, $6, $7, 5)";
    LIVE_CODES = "select id, code_hash, sent_at, valid_until, tries_left from sms_codes where phone_hash = $1 and purpose = $2 \
        and bound_to = $3 and used_at is null and tries_left > 0 and valid_until > $4 and sent_at <= $4 + $5 order by sent_at desc limit 10";
    USE_CODE = "update sms_codes set used_at = $2 where id = $1 and used_at is null and tries_left > 0";
    WRONG_TRY = "update sms_codes set tries_left = tries_left - 1 where id = $1 and tries_left > 0";
    PURGE_CODES = "delete from sms_codes where valid_until < $1";
    PURGE_ALLOWANCES = "delete from sms_allowances where last_sent < $1";
}

/// Servers' clocks differ by less than this, in milliseconds: a stored moment further ahead is of a clock set back since.
const SKEW: i64 = 60_000;

#[derive(Clone, Debug, FromRow)]
pub struct CodeRow {
    pub id: String,
    pub code_hash: String,
    pub sent_at: i64,
    pub valid_until: i64,
    pub tries_left: i64,
}

/// Takes one from the subject's allowance; false when the last was after `not_since` or the day's are used up. The
/// row itself is the guard: of ten at once, one gets it.
pub async fn allow(
    connection: &mut AnyConnection,
    subject: &str,
    day: &str,
    now: i64,
    not_since: i64,
    a_day: i64,
) -> sqlx::Result<bool> {
    let moved = sqlx::query(ALLOW)
        .bind(subject)
        .bind(day)
        .bind(now)
        .bind(not_since)
        .bind(a_day)
        .bind(SKEW)
        .execute(connection)
        .await?;
    Ok(moved.rows_affected() == 1)
}

pub async fn last_sent(connection: &mut AnyConnection, subject: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(LAST_SENT).bind(subject).fetch_optional(connection).await
}

/// A code that was sent.
pub struct NewCode<'a> {
    pub id: &'a str,
    pub purpose: &'a str,
    pub phone_hash: &'a str,
    /// What exactly it confirms.
    pub bound_to: &'a str,
    pub code_hash: &'a str,
    pub sent_at: i64,
    pub valid_until: i64,
}

pub async fn insert_code(connection: &mut AnyConnection, code: &NewCode<'_>) -> sqlx::Result<()> {
    sqlx::query(INSERT_CODE)
        .bind(code.id)
        .bind(code.purpose)
        .bind(code.phone_hash)
        .bind(code.bound_to)
        .bind(code.code_hash)
        .bind(code.sent_at)
        .bind(code.valid_until)
        .execute(connection)
        .await
        .map(drop)
}

/// Codes that may still be used for exactly this, the newest first.
pub async fn live_codes(
    connection: &mut AnyConnection,
    phone_hash: &str,
    purpose: &str,
    bound_to: &str,
    now: i64,
) -> sqlx::Result<Vec<CodeRow>> {
    sqlx::query_as(LIVE_CODES)
        .bind(phone_hash)
        .bind(purpose)
        .bind(bound_to)
        .bind(now)
        .bind(SKEW)
        .fetch_all(connection)
        .await
}

/// Uses the code up; false when somebody did before.
pub async fn use_code(connection: &mut AnyConnection, id: &str, now: i64) -> sqlx::Result<bool> {
    let used = sqlx::query(USE_CODE).bind(id).bind(now).execute(connection).await?;
    Ok(used.rows_affected() == 1)
}

pub async fn wrong_try(connection: &mut AnyConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query(WRONG_TRY).bind(id).execute(connection).await.map(drop)
}

/// Forgets codes that are void and allowances not used since then.
pub async fn purge(connection: &mut AnyConnection, before: i64) -> sqlx::Result<()> {
    sqlx::query(PURGE_CODES).bind(before).execute(&mut *connection).await?;
    sqlx::query(PURGE_ALLOWANCES).bind(before).execute(connection).await.map(drop)
}
