//! SMS codes and how many may go out.

use rules::Moment;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;

/// Servers' clocks differ by less than this, in milliseconds: a stored moment further ahead is of a clock set back since.
const SKEW: i64 = 60_000;

#[derive(Clone, Debug, FromRow)]
pub struct CodeRow {
    pub id: String,
    pub code_hash: String,
    pub sent_at: Timestamp,
    pub valid_until: Timestamp,
    pub tries_left: i64,
}

/// A code that was sent.
pub struct NewCode<'a> {
    pub id: &'a str,
    pub purpose: &'a str,
    pub phone_hash: &'a str,
    /// What exactly it confirms.
    pub bound_to: &'a str,
    pub code_hash: &'a str,
    pub sent_at: Moment,
    pub valid_until: Moment,
}

queries! {
    statements {
        PURGE_CODES = "delete from sms_codes where valid_until < $1";
        PURGE_ALLOWANCES = "delete from sms_allowances where last_sent < $1";
    }

    /// Takes one from the subject's allowance; false when the last was after `not_since` or the day's are used up. The
    /// row itself is the guard: of ten at once, one gets it.
    // A moment later than now was written before the clock was set back, and keeps nobody waiting.
    pub fn allow(subject: &str, day: &str, now: Moment, not_since: Moment, a_day: i64) [
        subject, day, now, not_since, a_day, SKEW
    ] -> changed =
        "insert into sms_allowances (subject, day, sent_today, last_sent) values ($1, $2, 1, $3) \
        on conflict (subject) do update set \
            sent_today = case when sms_allowances.day = excluded.day then sms_allowances.sent_today + 1 else 1 end, \
            day = excluded.day, last_sent = excluded.last_sent \
        where (sms_allowances.last_sent <= $4 or sms_allowances.last_sent > $3 + $6) \
            and (sms_allowances.day <> excluded.day or sms_allowances.sent_today < $5)";

    pub fn last_sent(subject: &str) -> value Timestamp =
        "select last_sent from sms_allowances where subject = $1";

    pub fn insert_code(code: &NewCode<'_>) [
        code.id, code.purpose, code.phone_hash, code.bound_to, code.code_hash, code.sent_at,
        code.valid_until
    ] -> run =
        "insert into sms_codes (id, purpose, phone_hash, bound_to, code_hash, sent_at, valid_until, tries_left) \
        values ($1, $2, $3, $4, $5, $6, $7, 5)";

    /// Codes that may still be used for exactly this, the newest first.
    pub fn live_codes(phone_hash: &str, purpose: &str, bound_to: &str, now: Moment) [
        phone_hash, purpose, bound_to, now, SKEW
    ] -> all CodeRow =
        "select id, code_hash, sent_at, valid_until, tries_left from sms_codes where phone_hash = $1 and purpose = $2 \
        and bound_to = $3 and used_at is null and tries_left > 0 and valid_until > $4 and sent_at <= $4 + $5 order by sent_at desc limit 10";

    /// Uses the code up; false when somebody did before.
    pub fn use_code(id: &str, now: Moment) -> changed =
        "update sms_codes set used_at = $2 where id = $1 and used_at is null and tries_left > 0";

    pub fn wrong_try(id: &str) -> run =
        "update sms_codes set tries_left = tries_left - 1 where id = $1 and tries_left > 0";
}

/// Forgets codes that are void and allowances not used since then.
pub async fn purge(connection: &mut AnyConnection, before: Moment) -> sqlx::Result<()> {
    let before = before.timestamp_millis();
    sqlx::query(PURGE_CODES).bind(before).execute(&mut *connection).await?;
    sqlx::query(PURGE_ALLOWANCES).bind(before).execute(connection).await.map(drop)
}
