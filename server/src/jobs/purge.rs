//! Forgets what has had its time: texts, codes, allowances, tries, ended sessions. Orders and money are kept.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::db::{Fault, accounts, outbox, sms_codes, tries};
use crate::services::accounts::{ABSOLUTE, IDLE};
use crate::state::State;

/// Codes, allowances and tries are of no use after a day.
const CODES: TimeDelta = TimeDelta::days(1);
/// Texts are kept for questions about what was sent.
const TEXTS: TimeDelta = TimeDelta::days(7);

/// Runs at the start and once a day, until told to stop.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(fault) = once(&state).await {
            tracing::error!(%fault, "the purge");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(24 * 60 * 60)) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Everything that has had its time by now.
pub async fn once(state: &State) -> Result<(), Fault> {
    let now = state.clock.now();
    let purged = state.store.write(move |connection| {
        Box::pin(async move {
            let before = |age: TimeDelta| (now - age).timestamp_millis();
            outbox::purge(connection, before(TEXTS)).await?;
            sms_codes::purge(connection, before(CODES)).await?;
            tries::purge(connection, before(CODES)).await?;
            Ok(accounts::end_old_sessions(connection, before(IDLE), before(ABSOLUTE)).await?)
        })
    });
    purged.await
}
