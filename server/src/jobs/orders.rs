//! What happens to orders by itself: windows end, providers are asked, money goes back, the registry was faster.

use std::time::Duration;

use tokio::sync::watch;

use crate::db::orders::{self, OrderKey};
use crate::db::{Fault, outbox};
use crate::services::payments::{reconcile, refund, release};
use crate::state::State;

/// Runs until told to stop. A failure is logged and tried again: every step may be repeated.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(fault) = once(&state).await {
            tracing::error!(%fault, "the orders' job");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Everything that is due now, once.
pub async fn once(state: &State) -> Result<(), Fault> {
    registry_was_faster(state).await?;
    lapse_overdue(state).await?;
    reconcile::ask_open(state).await?;
    refund::send_open(state).await
}

async fn lapse_overdue(state: &State) -> Result<(), Fault> {
    let due = {
        let mut connection = state.store.read().await?;
        orders::overdue(&mut connection, state.clock.now().timestamp_millis()).await?
    };
    for key in due {
        release::lapse(state, &key).await?;
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct ProcessedElsewhere {
    person: String,
    order: String,
}

async fn registry_was_faster(state: &State) -> Result<(), Fault> {
    let told = {
        let mut connection = state.store.read().await?;
        outbox::open_of_kind(&mut connection, "record-processed-elsewhere").await?
    };
    for row in told {
        let body: ProcessedElsewhere =
            serde_json::from_str(&row.body).map_err(|error| Fault::stored("outbox body", error))?;
        let key = OrderKey { person_id: body.person, id: body.order };
        release::processed_elsewhere(state, &key).await?;
        let (id, now) = (row.id.clone(), state.clock.now().timestamp_millis());
        state
            .store
            .write(move |connection| {
                let id = id.clone();
                Box::pin(async move { Ok(outbox::done(connection, &id, now).await?) })
            })
            .await?;
    }
    Ok(())
}
