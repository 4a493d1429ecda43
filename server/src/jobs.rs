//! Background jobs.

pub mod bill;
pub mod cases;
pub mod outbox;
pub mod purge;

use std::fmt::Display;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Runs the work now and after each pause, until told to stop. A failure is logged and tried again. Work that is going on
/// when told to stop is ended first.
pub async fn every<E: Display, F: Future<Output = Result<(), E>>>(
    pause: Duration,
    stop: &CancellationToken,
    job: &str,
    mut work: impl FnMut() -> F,
) {
    loop {
        if let Err(error) = work().await {
            tracing::error!(%error, job, "a job failed and will be tried again");
        }
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}
