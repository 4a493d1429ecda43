//! Effects that leave the program later: written with the change that causes them, claimed and sent by a worker.

use rules::Moment;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct OutboxRow {
    pub id: String,
    pub kind: String,
    pub recipient: String,
    pub body: String,
    pub created_at: Timestamp,
    pub attempts: i64,
    pub done_at: Option<Timestamp>,
    /// A text is of no use afterwards.
    pub valid_until: Option<Timestamp>,
}

/// A text message; both parts are sealed.
pub struct NewText<'a> {
    pub id: &'a str,
    /// `sms`; or `unsent`, which nobody sends: an unknown number takes the same work as a known one.
    pub kind: &'a str,
    pub recipient: &'a str,
    pub body: &'a str,
    pub created_at: Moment,
    pub valid_until: Moment,
}

queries! {
    pub fn insert(id: &str, kind: &str, recipient: &str, body: &str, now: Moment) [
        id, kind, recipient, body, now, None::<Moment>
    ] -> run =
        "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until, valid_until) \
        values ($1, $2, $3, $4, $5, $5, 0, 0, $6)";

    pub fn insert_text(text: &NewText<'_>) [
        text.id, text.kind, text.recipient, text.body, text.created_at, text.valid_until
    ] -> run =
        "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until, valid_until) \
        values ($1, $2, $3, $4, $5, $5, 0, 0, $6)";

    /// What is not done yet, the longest due first; 100 at most.
    pub fn open_of_kind(kind: &str) -> all OutboxRow =
        "select id, kind, recipient, body, created_at, attempts, done_at, valid_until from outbox \
        where kind = $1 and done_at is null order by due_at, id limit 100";

    /// The newest, done or not.
    pub fn newest_of_kind(kind: &str, limit: i64) -> all OutboxRow =
        "select id, kind, recipient, body, created_at, attempts, done_at, valid_until from outbox \
        where kind = $1 order by created_at desc, id desc limit $2";

    /// Claims the row for one worker until the moment; the next try is due at `next_due`. False when another has it.
    // No claim and no pause is as long as these: what is further ahead was written before the clock was set back.
    pub fn claim(id: &str, now: Moment, until: Moment, next_due: Moment) -> changed =
        "update outbox set claimed_until = $3, attempts = attempts + 1, due_at = $4 \
        where id = $1 and done_at is null and (claimed_until <= $2 or claimed_until > $3 + 60000) \
            and (due_at <= $2 or due_at > $2 + 7200000)";

    pub fn done(id: &str, now: Moment) -> run =
        "update outbox set done_at = $2 where id = $1 and done_at is null";

    /// Gives the row up: what it says is of no use any more.
    pub fn expire(id: &str, now: Moment) -> run =
        "update outbox set done_at = $2, expired = 1 where id = $1 and done_at is null";

    /// Forgets what was done, and texts that nobody sent.
    pub fn purge(before: Moment) -> run =
        "delete from outbox where created_at < $1 and (done_at is not null or kind in ('sms', 'unsent'))";
}
