//! Sends the texts of the outbox. In development they stay there, to be read at /outbox.

use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt;
use rules::Moment;
use tokio_util::sync::CancellationToken;

use super::every;
use crate::db::outbox::OutboxRow;
use crate::db::{Fault, outbox};
use crate::gateways::sms::SmsSender;
use crate::services::accounts::codes::VALID;
use crate::state::State;

/// How long one worker has for one text.
const CLAIM: TimeDelta = TimeDelta::seconds(60);
/// Texts on their way at once. A provider that takes two seconds for each still gets a thousand a minute.
const AT_ONCE: usize = 32;

/// Runs until told to stop.
pub async fn run(state: State, stop: CancellationToken) {
    let sending = || async {
        state.limits.forget_old();
        once(&state).await
    };
    every(Duration::from_secs(2), &stop, "outbox", sending).await;
}

/// Sends every SMS that is due, once; one that is of no use by now is given up.
pub async fn once(state: &State) -> Result<(), Fault> {
    let Some(sender) = &state.sms else { return Ok(()) };
    let waiting = {
        let mut connection = state.store.read().await?;
        outbox::open_of_kind(&mut connection, "sms").await?
    };
    let sending = futures::stream::iter(waiting).for_each_concurrent(AT_ONCE, async |row| {
        if let Err(fault) = send(state, sender, &row).await {
            tracing::error!(%fault, id = row.id, "an SMS could not be sent");
        }
    });
    sending.await;
    Ok(())
}

async fn send(state: &State, sender: &SmsSender, row: &OutboxRow) -> Result<(), Fault> {
    let now = state.clock.now();
    if now >= row.valid_until.map_or(*row.created_at + VALID, |until| *until) {
        tracing::warn!(id = row.id, attempts = row.attempts, "an SMS was given up");
        return settle(state, row, End::Expired).await;
    }
    if !claim(state, row, now, CLAIM).await? {
        return Ok(());
    }
    let open = |part: &str, sealed: &str| state.open_stored(&format!("outbox:{}:{part}", row.id), sealed);
    match sender.send(&row.id, &open("recipient", &row.recipient)?, &open("body", &row.body)?).await {
        Ok(()) => settle(state, row, End::Done).await,
        Err(error) => {
            tracing::warn!(%error, attempts = row.attempts, "an SMS will be sent again");
            Ok(())
        }
    }
}

/// Claims the row for one worker for so long; what fails comes again later and later, behind the others.
pub(super) async fn claim(
    state: &State,
    row: &OutboxRow,
    now: Moment,
    hold: TimeDelta,
) -> Result<bool, Fault> {
    let (id, again) = (row.id.clone(), now + TimeDelta::seconds(1 << row.attempts.clamp(0, 12)));
    let claimed = state.store.write(id, move |connection, id| {
        Box::pin(async move { Ok(outbox::claim(connection, &id, now, now + hold, again).await?) })
    });
    claimed.await
}

#[derive(Clone, Copy)]
pub(super) enum End {
    Done,
    Expired,
}

/// The row needs nobody any more.
pub(super) async fn settle(state: &State, row: &OutboxRow, end: End) -> Result<(), Fault> {
    let (id, now) = (row.id.clone(), state.clock.now());
    let settled = state.store.write(id, move |connection, id| {
        Box::pin(async move {
            match end {
                End::Done => outbox::done(connection, &id, now).await?,
                End::Expired => outbox::expire(connection, &id, now).await?,
            }
            Ok(())
        })
    });
    settled.await
}
