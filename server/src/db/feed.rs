//! Writes what the registry's feed tells, and how far each file was read. Newer facts win here, by one guard in the
//! text of each upsert; reading and judging lines is the feed's work.

pub mod known;
pub mod upsert;

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::queries;
pub use known::{KNOWN_BINDINGS, KNOWN_LICENCES, KNOWN_RECORDS, KNOWN_VEHICLES, known};
pub use upsert::{Cell, Row, Table, Wave, Written, write};

#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct FileRow {
    pub fingerprint: String,
    pub bytes_read: i64,
    pub lines_read: i64,
    pub side_bytes: i64,
    pub accepted: i64,
    pub outdated: i64,
    pub rejected: i64,
}

/// Where a file stands after a batch, and what the batch brought.
#[derive(Clone, Debug, Default)]
pub struct Advance {
    /// Where it stood before: another import of the same file in between makes this one fail.
    pub from: i64,
    pub fingerprint: String,
    pub bytes_read: i64,
    pub lines_read: i64,
    pub side_bytes: i64,
    pub accepted: i64,
    pub outdated: i64,
    pub rejected: i64,
}

queries! {
    statements {
        NOTE_MANIFEST = "insert into feed_manifests (source, sequence, sha256, length, noted_at) \
            values ($1, $2, $3, $4, $5) on conflict (source, sequence) do nothing";
    }

    pub fn find_file(name: &str) -> first FileRow =
        "select fingerprint, bytes_read, lines_read, side_bytes, accepted, outdated, rejected \
        from feed_files where name = $1";

    /// Notes the file as unread, whatever was known under its name.
    pub fn begin_file(name: &str) -> run =
        "insert into feed_files (name, fingerprint, bytes_read, lines_read, side_bytes, accepted, outdated, rejected) \
        values ($1, '', 0, 0, 0, 0, 0, 0) on conflict (name) do update set fingerprint = '', bytes_read = 0, \
        lines_read = 0, side_bytes = 0, accepted = 0, outdated = 0, rejected = 0, finished_at = null";

    /// False when the file stands elsewhere than the batch began.
    pub fn advance_file(name: &str, advance: &Advance) [
        name, advance.from, &advance.fingerprint, advance.bytes_read, advance.lines_read,
        advance.side_bytes, advance.accepted, advance.outdated, advance.rejected
    ] -> changed =
        "update feed_files set fingerprint = $3, bytes_read = $4, lines_read = $5, side_bytes = $6, \
        accepted = accepted + $7, outdated = outdated + $8, rejected = rejected + $9, finished_at = null \
        where name = $1 and bytes_read = $2";

    /// The hash of the file that the source's number stands for.
    pub fn find_manifest(source: &str, sequence: i64) -> value String =
        "select sha256 from feed_manifests where source = $1 and sequence = $2";

    /// The highest number that the source has used; 0 before the first.
    pub fn last_sequence(source: &str) -> scalar i64 =
        "select coalesce(max(sequence), 0) from feed_manifests where source = $1";

    pub fn finish_file(name: &str, bytes_read: i64, now: i64) -> run =
        "update feed_files set finished_at = $3 where name = $1 and bytes_read = $2";

    /// Moves the time of the newest fact forward. Done first in each batch it also lets one import write at a time.
    pub fn synchronised(newest: i64) -> run =
        "insert into synchronisation (id, synced_at) values (1, $1) on conflict (id) do update \
        set synced_at = case when excluded.synced_at > synchronisation.synced_at then excluded.synced_at \
        else synchronisation.synced_at end";

    /// Leaves word for the order that holds a record which the registry has seen processed elsewhere. Once per record
    /// and order.
    pub fn tell_order(id: &str, body: &str, now: i64) -> run =
        "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until) \
        values ($1, 'record-processed-elsewhere', '', $2, $3, $3, 0, 0) on conflict (id) do nothing";
}

/// Notes the manifest, unless its number is taken.
pub async fn note_manifest(
    connection: &mut AnyConnection,
    source: &str,
    sequence: i64,
    sha256: &str,
    length: i64,
    now: i64,
) -> sqlx::Result<()> {
    let query = sqlx::query(NOTE_MANIFEST).bind(source).bind(sequence).bind(sha256);
    query.bind(length).bind(now).execute(connection).await.map(drop)
}
