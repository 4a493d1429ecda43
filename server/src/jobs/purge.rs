//! Deletes expired data; `docs/retention.md` lists the periods. Payments and decisions are kept.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::every;
use crate::db::{Fault, accounts, outbox, payments, retention, sms_codes, tries};
use crate::engine::forget;
use crate::services::accounts::{ABSOLUTE, IDLE};
use crate::state::State;

/// Codes, allowances and tries are of no use after a day.
const CODES: TimeDelta = TimeDelta::days(1);
/// A notification counts for minutes: its nonce need not be remembered for longer than a day.
const NONCES: TimeDelta = TimeDelta::days(1);
/// Texts and other finished rows of the outbox are kept for questions about what was sent.
const TEXTS: TimeDelta = TimeDelta::days(7);
/// The provider repeats a notice for a day; after that it serves the comparison with bills.
const NOTIFICATIONS: TimeDelta = TimeDelta::days(90);
/// A case that nobody paid decided nothing; it is kept for questions about what was shown.
const UNPAID: TimeDelta = TimeDelta::days(180);
/// Cases forgotten in one transaction.
const AT_ONCE: u32 = 100;

/// Runs at the start and once a day, until told to stop.
pub async fn run(state: State, stop: CancellationToken) {
    every(Duration::from_secs(24 * 60 * 60), &stop, "purge", || once(&state)).await;
}

/// Everything that has had its time by now.
pub async fn once(state: &State) -> Result<(), Fault> {
    let now = state.clock.now();
    let purged = state.store.write((), move |connection, ()| {
        Box::pin(async move {
            outbox::purge(connection, now - TEXTS).await?;
            sms_codes::purge(connection, now - CODES).await?;
            tries::purge(connection, now - CODES).await?;
            payments::purge_nonces(connection, now - NONCES).await?;
            retention::purge_notifications(connection, now - NOTIFICATIONS).await?;
            Ok(accounts::end_old_sessions(connection, now - IDLE, now - ABSOLUTE).await?)
        })
    });
    purged.await?;
    let before = now - UNPAID;
    while forget::ended_without_money(state, before, AT_ONCE).await? == AT_ONCE as usize {}
    Ok(())
}
