//! Accounts and their sessions.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::statements;

statements! {
    INSERT_ACCOUNT = "insert into accounts (id, phone_hash, phone, person_id, password, identity, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7)";
    FIND_ACCOUNT = "select id, phone_hash, phone, person_id, password, identity, frozen_at from accounts where id = $1";
    FIND_BY_PHONE = "select id, phone_hash, phone, person_id, password, identity, frozen_at from accounts where phone_hash = $1";
    FIND_BY_PERSON = "select id, phone_hash, phone, person_id, password, identity, frozen_at from accounts where person_id = $1";
    FREEZE = "update accounts set person_id = null, frozen_at = $2 where id = $1";
    INSERT_EVENT = "insert into account_events (account_id, id, at, event, person_id, by_account, address) \
        values ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_SESSION = "insert into sessions (id, token_hash, account_id, began_at, seen_at, device) values ($1, $2, $3, $4, $4, $5)";
    FIND_SESSION = "select s.id as session_id, s.began_at, s.seen_at, a.id, a.phone_hash, a.phone, a.person_id, a.password, \
        a.identity, a.frozen_at, p.name as person_name, p.id_number as person_id_number, (select o.id from orders o \
        where o.person_id = a.person_id and o.state in ('placed', 'paying') order by o.pays_until limit 1) as unpaid_order \
        from sessions s join accounts a on a.id = s.account_id left join persons p on p.id = a.person_id \
        where s.token_hash = $1 and a.person_id is not null and a.frozen_at is null";
    SEEN = "update sessions set seen_at = $2 where token_hash = $1 and seen_at < $2";
    SESSIONS_OF = "select id, began_at, seen_at, device from sessions where account_id = $1 order by seen_at desc";
    END_SESSION = "delete from sessions where account_id = $1 and id = $2";
    END_SESSIONS_OF = "delete from sessions where account_id = $1";
    END_OLD_SESSIONS_OF = "delete from sessions where account_id = $1 and (seen_at < $2 or began_at < $3)";
    END_UNUSED_SESSIONS = "delete from sessions where seen_at < $1";
    END_LONG_SESSIONS = "delete from sessions where began_at < $1";
    FIND_LICENCE_OWNER = "select person_id from licences where file_hash = $1";
    FIND_PLATE_OWNERS = "select owner_id from vehicles where plate = $1 and owner_kind = 'person'";
}

#[derive(Clone, Debug, FromRow)]
pub struct AccountRow {
    pub id: String,
    pub phone_hash: String,
    pub phone: String,
    pub person_id: Option<String>,
    pub password: String,
    pub identity: String,
    /// Since when nobody signs in to it, because the person was proved to be somebody else.
    pub frozen_at: Option<i64>,
}

/// Something that happened to an account.
#[derive(Clone, Debug)]
pub struct AccountEvent<'a> {
    pub account_id: &'a str,
    pub id: &'a str,
    pub at: i64,
    pub event: &'a str,
    pub person_id: &'a str,
    pub by_account: &'a str,
    pub address: &'a str,
}

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub session_id: String,
    pub began_at: i64,
    pub seen_at: i64,
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
    pub began_at: i64,
    pub seen_at: i64,
    pub device: String,
}

pub async fn insert_account(
    connection: &mut AnyConnection,
    account: &AccountRow,
    now: i64,
) -> sqlx::Result<()> {
    sqlx::query(INSERT_ACCOUNT)
        .bind(&account.id)
        .bind(&account.phone_hash)
        .bind(&account.phone)
        .bind(&account.person_id)
        .bind(&account.password)
        .bind(&account.identity)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn find_account(connection: &mut AnyConnection, id: &str) -> sqlx::Result<Option<AccountRow>> {
    sqlx::query_as(FIND_ACCOUNT).bind(id).fetch_optional(connection).await
}

pub async fn find_by_phone(
    connection: &mut AnyConnection,
    phone_hash: &str,
) -> sqlx::Result<Option<AccountRow>> {
    sqlx::query_as(FIND_BY_PHONE).bind(phone_hash).fetch_optional(connection).await
}

pub async fn find_by_person(
    connection: &mut AnyConnection,
    person: &str,
) -> sqlx::Result<Option<AccountRow>> {
    sqlx::query_as(FIND_BY_PERSON).bind(person).fetch_optional(connection).await
}

pub async fn insert_session(
    connection: &mut AnyConnection,
    id: &str,
    token_hash: &str,
    account: &str,
    now: i64,
    device: &str,
) -> sqlx::Result<()> {
    sqlx::query(INSERT_SESSION)
        .bind(id)
        .bind(token_hash)
        .bind(account)
        .bind(now)
        .bind(device)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn find_session(
    connection: &mut AnyConnection,
    token_hash: &str,
) -> sqlx::Result<Option<SessionRow>> {
    sqlx::query_as(FIND_SESSION).bind(token_hash).fetch_optional(connection).await
}

pub async fn seen(connection: &mut AnyConnection, token_hash: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(SEEN).bind(token_hash).bind(now).execute(connection).await.map(drop)
}

/// The last used first.
pub async fn sessions_of(connection: &mut AnyConnection, account: &str) -> sqlx::Result<Vec<SessionCardRow>> {
    sqlx::query_as(SESSIONS_OF).bind(account).fetch_all(connection).await
}

/// Ends the account's own session; false when it has none of this number.
pub async fn end_session(connection: &mut AnyConnection, account: &str, session: &str) -> sqlx::Result<bool> {
    let ended = sqlx::query(END_SESSION).bind(account).bind(session).execute(connection).await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all sessions of the account.
pub async fn end_sessions_of(connection: &mut AnyConnection, account: &str) -> sqlx::Result<()> {
    sqlx::query(END_SESSIONS_OF).bind(account).execute(connection).await.map(drop)
}

/// Ends the account's sessions not used since then, and those begun before.
pub async fn end_old_sessions_of(
    connection: &mut AnyConnection,
    account: &str,
    unused_since: i64,
    begun_before: i64,
) -> sqlx::Result<()> {
    sqlx::query(END_OLD_SESSIONS_OF)
        .bind(account)
        .bind(unused_since)
        .bind(begun_before)
        .execute(connection)
        .await
        .map(drop)
}

/// Ends everybody's sessions not used since then, and those begun before; each by an index of its own.
pub async fn end_old_sessions(
    connection: &mut AnyConnection,
    unused_since: i64,
    begun_before: i64,
) -> sqlx::Result<()> {
    sqlx::query(END_UNUSED_SESSIONS).bind(unused_since).execute(&mut *connection).await?;
    sqlx::query(END_LONG_SESSIONS).bind(begun_before).execute(connection).await.map(drop)
}

/// Takes the person from the account, which nobody signs in to any more.
pub async fn freeze(connection: &mut AnyConnection, account: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(FREEZE).bind(account).bind(now).execute(connection).await.map(drop)
}

pub async fn insert_event(connection: &mut AnyConnection, event: &AccountEvent<'_>) -> sqlx::Result<()> {
    sqlx::query(INSERT_EVENT)
        .bind(event.account_id)
        .bind(event.id)
        .bind(event.at)
        .bind(event.event)
        .bind(event.person_id)
        .bind(event.by_account)
        .bind(event.address)
        .execute(connection)
        .await
        .map(drop)
}

/// Whose licence has this file number.
pub async fn licence_owner(connection: &mut AnyConnection, file_hash: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(FIND_LICENCE_OWNER).bind(file_hash).fetch_optional(connection).await
}

/// Persons whose vehicle has this plate; one plate number may exist in several colours.
pub async fn plate_owners(connection: &mut AnyConnection, plate: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(FIND_PLATE_OWNERS).bind(plate).fetch_all(connection).await
}
