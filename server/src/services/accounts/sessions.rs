//! Sessions: begun at sign-in with a new number, ended on the server, listed for their owner.

use app::api::ServiceError;
use app::api::account::{SESSION_IDLE_MINUTES, SessionCard};
use chrono::TimeDelta;

use crate::caller::{Session, Visitor};
use crate::db::Fault;
use crate::db::accounts::{self, AccountRow, SessionCardRow};
use crate::state::State;

/// A session unused so long is over.
pub const IDLE: TimeDelta = TimeDelta::minutes(SESSION_IDLE_MINUTES as i64);
/// A session is over after so long in any case.
pub const ABSOLUTE: TimeDelta = TimeDelta::hours(12);

/// A session that has begun. The browser keeps its token, and that it is the account holder's.
pub struct SignedIn {
    pub token: String,
    pub phone_hash: String,
}

/// Begins a session in the browser; the one that it had before ends.
pub async fn begin(state: &State, visitor: &Visitor, account: &AccountRow) -> Result<SignedIn, Fault> {
    let token = hex::encode(state.clock.random::<32>());
    let hash = state.sealer.look_up("session", &token);
    let (id, now) = (state.clock.id().to_string(), state.clock.now());
    let (account_id, device, before) = (account.id.clone(), visitor.device.clone(), visitor.session.clone());
    state
        .store
        .write(
            (id, hash, account_id, device, before),
            move |connection, (id, hash, account, device, before)| {
                Box::pin(async move {
                    if let Some(before) = before {
                        accounts::end_session(connection, &before.person.account_id, &before.id).await?;
                    }
                    let (idle, old) = (now - IDLE, now - ABSOLUTE);
                    accounts::end_old_sessions_of(connection, &account, idle, old).await?;
                    Ok(accounts::insert_session(connection, &id, &hash, &account, now, &device).await?)
                })
            },
        )
        .await?;
    Ok(SignedIn { token, phone_hash: account.phone_hash.clone() })
}

/// Ends the session of this browser; it may have ended already.
pub async fn end_own(state: &State, session: &Session) -> Result<(), Fault> {
    ended(state, &session.person.account_id, &session.id).await.map(drop)
}

/// Ends a session that the account has.
pub async fn end(state: &State, account: &str, session: &str) -> Result<(), Fault> {
    if ended(state, account, session).await? { Ok(()) } else { Err(ServiceError::NotFound.into()) }
}

async fn ended(state: &State, account: &str, session: &str) -> Result<bool, Fault> {
    let (account, session) = (account.to_owned(), session.to_owned());
    let ended = state.store.write((account, session), move |connection, (account, session)| {
        Box::pin(async move { Ok(accounts::end_session(connection, &account, &session).await?) })
    });
    ended.await
}

pub async fn list(state: &State, own: &Session) -> Result<Vec<SessionCard>, Fault> {
    let mut connection = state.store.read().await?;
    let rows = accounts::sessions_of(&mut connection, &own.person.account_id).await?;
    let card = |row: SessionCardRow| SessionCard {
        began_at: *row.began_at,
        seen_at: *row.seen_at,
        device: row.device,
        current: row.id == own.id,
        id: row.id,
    };
    Ok(rows.into_iter().map(card).collect())
}
