//! Accounts and their sessions.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::statements;

statements! {
    INSERT_ACCOUNT = "insert into accounts (id, phone_hash, phone, person_id, password, identity, created_at) \
        values ($1, $2, $3, $4, $5, $6, $7)";
    FIND_ACCOUNT = "select id, phone_hash, phone, person_id, password, identity from accounts where id = $1";
    FIND_BY_PHONE = "select id, phone_hash, phone, person_id, password, identity from accounts where phone_hash = $1";
    FIND_BY_PERSON = "select id, phone_hash, phone, person_id, password, identity from accounts where person_id = $1";
    INSERT_SESSION = "insert into sessions (id, token_hash, account_id, began_at, seen_at, device) values ($1, $2, $3, $4, $4, $5)";
    FIND_SESSION = "select s.id as session_id, s.began_at, s.seen_at, a.id, a.phone_hash, a.phone, a.person_id, a.password, \
        a.identity from sessions s join accounts a on a.id = s.account_id where s.token_hash = $1";
    SEEN = "update sessions set seen_at = $2 where id = $1 and seen_at < $2";
    SESSIONS_OF = "select id, began_at, seen_at, device from sessions where account_id = $1 order by seen_at desc";
    END_SESSION = "delete from sessions where account_id = $1 and id = $2";
    END_OLD_SESSIONS = "delete from sessions where seen_at < $1 or began_at < $2";
    TRY_IDENTITY = "insert into identity_tries (subject, day, tries) values ($1, $2, 1) \
        on conflict (subject) do update set \
            tries = case when identity_tries.day = excluded.day then identity_tries.tries + 1 else 1 end, \
            day = excluded.day \
        where identity_tries.day <> excluded.day or identity_tries.tries < $3";
    PURGE_TRIES = "delete from identity_tries where day < $1";
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
}

#[derive(Clone, Debug, FromRow)]
pub struct SessionRow {
    pub session_id: String,
    pub began_at: i64,
    pub seen_at: i64,
    #[sqlx(flatten)]
    pub account: AccountRow,
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

pub async fn seen(connection: &mut AnyConnection, session: &str, now: i64) -> sqlx::Result<()> {
    sqlx::query(SEEN).bind(session).bind(now).execute(connection).await.map(drop)
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

/// Ends sessions not used since then, and those begun before.
pub async fn end_old_sessions(
    connection: &mut AnyConnection,
    unused_since: i64,
    begun_before: i64,
) -> sqlx::Result<()> {
    sqlx::query(END_OLD_SESSIONS).bind(unused_since).bind(begun_before).execute(connection).await.map(drop)
}

/// Takes one of the subject's tries of the day; false when they are used up.
pub async fn try_identity(
    connection: &mut AnyConnection,
    subject: &str,
    day: &str,
    a_day: i64,
) -> sqlx::Result<bool> {
    let moved = sqlx::query(TRY_IDENTITY).bind(subject).bind(day).bind(a_day).execute(connection).await?;
    Ok(moved.rows_affected() == 1)
}

/// Forgets tries of days before.
pub async fn purge_tries(connection: &mut AnyConnection, day: &str) -> sqlx::Result<()> {
    sqlx::query(PURGE_TRIES).bind(day).execute(connection).await.map(drop)
}

/// Whose licence has this file number.
pub async fn licence_owner(connection: &mut AnyConnection, file_hash: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(FIND_LICENCE_OWNER).bind(file_hash).fetch_optional(connection).await
}

/// Persons whose vehicle has this plate; one plate number may exist in several colours.
pub async fn plate_owners(connection: &mut AnyConnection, plate: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(FIND_PLATE_OWNERS).bind(plate).fetch_all(connection).await
}
