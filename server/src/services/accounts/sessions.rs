//! Sessions: begun at sign-in with a new number, ended on the server, listed for their owner.

use app::api::ServiceError;
use app::api::account::{SESSION_IDLE_MINUTES, SessionCard};
use chrono::TimeDelta;

use crate::db::Fault;
use crate::db::accounts::{self, AccountRow};
use crate::http::cookies;
use crate::http::current::{Session, current};
use crate::services::violations::facts::moment;
use crate::state::State;

/// A session unused so long is over.
pub const IDLE: TimeDelta = TimeDelta::minutes(SESSION_IDLE_MINUTES as i64);
/// A session is over after so long in any case.
pub const ABSOLUTE: TimeDelta = TimeDelta::hours(12);

/// Begins a session in this browser; one that it had before ends.
pub async fn begin(state: &State, account: &AccountRow) -> Result<(), Fault> {
    let current = current();
    if let Some(old) = current.session {
        end(state, &old.account_id, &old.id).await?;
    }
    let token = hex::encode(state.clock.random::<32>());
    let hash = state.sealer.look_up("session", &token);
    let (id, now) = (state.clock.id().to_string(), state.clock.now());
    let (account, device) = (account.id.clone(), current.device);
    state
        .store
        .write(move |connection| {
            let (id, hash, account, device) = (id.clone(), hash.clone(), account.clone(), device.clone());
            Box::pin(async move {
                let millis = now.timestamp_millis();
                let (idle, old) = ((now - IDLE).timestamp_millis(), (now - ABSOLUTE).timestamp_millis());
                accounts::end_old_sessions(connection, idle, old).await?;
                Ok(accounts::insert_session(connection, &id, &hash, &account, millis, &device).await?)
            })
        })
        .await?;
    cookies::keep_session(&token);
    Ok(())
}

pub async fn end(state: &State, account: &str, session: &str) -> Result<(), Fault> {
    let (account, session) = (account.to_owned(), session.to_owned());
    let ended = state.store.write(move |connection| {
        let (account, session) = (account.clone(), session.clone());
        Box::pin(async move { Ok(accounts::end_session(connection, &account, &session).await?) })
    });
    if ended.await? { Ok(()) } else { Err(ServiceError::NotFound.into()) }
}

pub async fn list(state: &State, own: &Session) -> Result<Vec<SessionCard>, Fault> {
    let mut connection = state.store.read().await?;
    let rows = accounts::sessions_of(&mut connection, &own.account_id).await?;
    rows.into_iter()
        .map(|row| {
            Ok(SessionCard {
                began_at: moment(row.began_at)?,
                seen_at: moment(row.seen_at)?,
                device: row.device,
                current: row.id == own.id,
                id: row.id,
            })
        })
        .collect()
}
