//! Sends what waits in the outbox. In development SMS texts stay there, to be read at /outbox.

use std::time::Duration;

use tokio::sync::watch;

use crate::db::{Fault, outbox};
use crate::state::State;

/// How long one worker has for one text.
const CLAIM: i64 = 60_000;

/// Runs until told to stop.
pub async fn run(state: State, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(fault) = once(&state).await {
            tracing::error!(%fault, "the outbox");
        }
        state.limits.forget_old();
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Sends every SMS that is due, once.
pub async fn once(state: &State) -> Result<(), Fault> {
    let Some(sender) = &state.sms else { return Ok(()) };
    let waiting = {
        let mut connection = state.store.read().await?;
        outbox::open_of_kind(&mut connection, "sms").await?
    };
    for row in waiting {
        let now = state.clock.now().timestamp_millis();
        let (id, again) = (row.id.clone(), now + (1_000 << row.attempts.clamp(0, 12)));
        let claimed = state.store.write(move |connection| {
            let id = id.clone();
            Box::pin(async move { Ok(outbox::claim(connection, &id, now, now + CLAIM, again).await?) })
        });
        if !claimed.await? {
            continue;
        }
        let open = |part: &str, sealed: &str| {
            let text = state.sealer.open(&format!("outbox:{}:{part}", row.id), sealed);
            text.map_err(|error| Fault::stored("outbox", error))
        };
        match sender.send(&row.id, &open("recipient", &row.recipient)?, &open("body", &row.body)?).await {
            Ok(()) => {
                let (id, now) = (row.id.clone(), state.clock.now().timestamp_millis());
                state
                    .store
                    .write(move |connection| {
                        let id = id.clone();
                        Box::pin(async move { Ok(outbox::done(connection, &id, now).await?) })
                    })
                    .await?;
            }
            Err(error) => tracing::warn!(%error, attempts = row.attempts, "an SMS will be sent again"),
        }
    }
    Ok(())
}
