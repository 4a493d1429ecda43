//! Accounts and their sessions.

use rules::Moment;
use rules::person::IdentityLevel;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct AccountRow {
    pub id: String,
    pub phone_hash: String,
    pub phone: String,
    pub person_id: Option<String>,
    pub password: String,
    #[sqlx(try_from = "String")]
    pub identity: IdentityLevel,
    /// Since when nobody signs in to it, because the person was proved to be somebody else.
    pub frozen_at: Option<Timestamp>,
}

/// Something that happened to an account.
#[derive(Clone, Debug)]
pub struct AccountEvent<'a> {
    pub account_id: &'a str,
    pub id: &'a str,
    pub at: Moment,
    pub event: &'a str,
    pub person_id: &'a str,
    pub by_account: &'a str,
    pub address: &'a str,
}

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub session_id: String,
    pub began_at: Timestamp,
    pub seen_at: Timestamp,
    #[sqlx(flatten)]
    pub account: AccountRow,
    /// Sealed; none of a person whom the registry does not have.
    pub person_name: Option<String>,
    pub person_id_number: Option<String>,
    /// The order that waits for the person's payment, the most urgent one.
    pub unpaid_order: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct SessionCardRow {
    pub id: String,
    pub began_at: Timestamp,
    pub seen_at: Timestamp,
    pub device: String,
}

/// The columns of [`AccountRow`].
macro_rules! account_columns {
    () => {
        "id, phone_hash, phone, person_id, password, identity, frozen_at"
    };
}

queries! {
    statements {
        END_UNUSED_SESSIONS = "delete from sessions where seen_at < $1";
        END_LONG_SESSIONS = "delete from sessions where began_at < $1";
    }

    pub fn insert_account(account: &AccountRow, now: Moment) [
        &account.id, &account.phone_hash, &account.phone, &account.person_id, &account.password,
        account.identity, now
    ] -> run =
        "insert into accounts (id, phone_hash, phone, person_id, password, identity, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7)";

    pub fn find_account(id: &str) -> first AccountRow =
        concat!("select ", account_columns!(), " from accounts where id = $1");

    pub fn find_by_phone(phone_hash: &str) -> first AccountRow =
        concat!("select ", account_columns!(), " from accounts where phone_hash = $1");

    pub fn find_by_person(person: &str) -> first AccountRow =
        concat!("select ", account_columns!(), " from accounts where person_id = $1");

    pub fn insert_session(id: &str, token_hash: &str, account: &str, now: Moment, device: &str) -> run =
        "insert into sessions (id, token_hash, account_id, began_at, seen_at, device) values ($1, $2, $3, $4, $4, $5)";

    pub fn find_session(token_hash: &str) -> first SessionRow =
        "select s.id as session_id, s.began_at, s.seen_at, a.id, a.phone_hash, a.phone, a.person_id, a.password, \
        a.identity, a.frozen_at, p.name as person_name, p.id_number as person_id_number, (select c.id from cases c \
        where c.person_id = a.person_id and c.kind = 'camera-order' and c.state in ('placed', 'paying') \
        order by c.deadline_at limit 1) as unpaid_order \
        from sessions s join accounts a on a.id = s.account_id left join persons p on p.id = a.person_id \
        where s.token_hash = $1 and a.person_id is not null and a.frozen_at is null";

    pub fn seen(token_hash: &str, now: Moment) -> run =
        "update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2";

    /// The last used first.
    pub fn sessions_of(account: &str) -> all SessionCardRow =
        "select id, began_at, seen_at, device from sessions where account_id = $1 order by seen_at desc";

    /// Ends the account's own session; false when it has none of this number.
    pub fn end_session(account: &str, session: &str) -> changed =
        "delete from sessions where account_id = $1 and id = $2";

    /// Ends all sessions of the account.
    pub fn end_sessions_of(account: &str) -> run =
        "delete from sessions where account_id = $1";

    /// Ends the account's sessions not used since then, and those begun before.
    pub fn end_old_sessions_of(account: &str, unused_since: Moment, begun_before: Moment) -> run =
        "delete from sessions where account_id = $1 and (seen_at < $2 or began_at < $3)";

    /// Takes the person from the account, which nobody signs in to any more.
    pub fn freeze(account: &str, now: Moment) -> run =
        "update accounts set person_id = null, frozen_at = $2 where id = $1";

    pub fn insert_event(event: &AccountEvent<'_>) [
        event.account_id, event.id, event.at, event.event, event.person_id, event.by_account, event.address
    ] -> run =
        "insert into account_events (account_id, id, at, event, person_id, by_account, address) \
        values ($1, $2, $3, $4, $5, $6, $7)";

    /// Whose licence has this file number.
    pub fn licence_owner(file_hash: &str) -> value String =
        "select person_id from licences where file_hash = $1";

    /// Persons whose vehicle has this plate; one plate number may exist in several colours.
    pub fn plate_owners(plate: &str) -> values String =
        "select owner_id from vehicles where plate = $1 and owner_kind = 'person'";
}

/// Ends everybody's sessions not used since then, and those begun before; each by an index of its own.
pub async fn end_old_sessions(
    connection: &mut AnyConnection,
    unused_since: Moment,
    begun_before: Moment,
) -> sqlx::Result<()> {
    sqlx::query(END_UNUSED_SESSIONS).bind(unused_since.timestamp_millis()).execute(&mut *connection).await?;
    sqlx::query(END_LONG_SESSIONS).bind(begun_before.timestamp_millis()).execute(connection).await.map(drop)
}
