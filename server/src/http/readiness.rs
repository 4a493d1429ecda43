//! The readiness check for load balancers.

use std::path::PathBuf;
use std::time::Duration;

use axum::extract::State as Extracted;
use http::StatusCode;
use tokio::time::timeout;

use crate::db::Fault;
use crate::services::portal;
use crate::state::State;

/// A database that needs longer cannot serve people.
const LIMIT: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct Readiness {
    pub state: State,
    /// The file that the pages cannot be made without, where the build has one.
    pub hash_file: Option<PathBuf>,
}

/// Asks the readers and the writer of the database, and looks for the build's files.
pub async fn ready(Extracted(readiness): Extracted<Readiness>) -> (StatusCode, &'static str) {
    let missing = readiness.hash_file.as_ref().is_some_and(|file| !file.is_file());
    if missing {
        tracing::warn!("not ready: the hash file of the build is missing");
        return (StatusCode::SERVICE_UNAVAILABLE, "the files of the build are missing");
    }
    let asked = timeout(LIMIT, ask(&readiness.state)).await;
    let answered = asked.unwrap_or_else(|_| Err(Fault::Internal(format!("no answer within {LIMIT:?}"))));
    match answered {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(fault) => {
            tracing::warn!(%fault, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

async fn ask(state: &State) -> Result<(), Fault> {
    let mut connection = state.store.read().await?;
    portal::synced_at(&mut connection).await?;
    drop(connection);
    state.store.write((), |_, ()| Box::pin(async { Ok(()) })).await
}
