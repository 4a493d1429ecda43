//! Fetches the provider's bill of yesterday when it is ready, and those of earlier days that are missing.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::every;
use crate::db::Fault;
use crate::engine::payments::bill::{self, Books};
use crate::state::State;

const EVERY: Duration = Duration::from_secs(10 * 60);

/// Runs until told to stop.
pub async fn run(state: State, stop: CancellationToken) {
    every(EVERY, &stop, "bill", || once(&state)).await;
}

/// Every bill that is due; a day that fails keeps no other waiting.
pub async fn once(state: &State) -> Result<(), Fault> {
    let books = Books { store: &state.store, provider: &*state.payment, clock: &*state.clock };
    for day in bill::days_due(books).await? {
        match bill::fetch(books, day).await {
            Ok(Some(_)) => tracing::info!(%day, "the bill was compared"),
            Ok(None) => tracing::info!(%day, "the bill is not ready"),
            Err(fault) => tracing::error!(%fault, %day, "the bill will be fetched again"),
        }
    }
    Ok(())
}
