//! Records notifications of the provider, each once.

use super::capture::{self, Captured, Noted};
use super::refund;
use crate::db::{Fault, payments};
use crate::gateways::payment::{Notice, Notification};
use crate::state::State;

/// The result of processing a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    Noted,
    /// The same delivery came before.
    Replayed,
    /// It fits no payment or refund of ours.
    Unfitting,
}

/// Notes the notification, whose signature has been checked.
pub async fn notified(state: &State, notification: Notification) -> Result<Received, Fault> {
    if !is_first(state, &notification.nonce).await? {
        return Ok(Received::Replayed);
    }
    let nonce = notification.nonce.clone();
    let noted = note(state, notification).await;
    if noted.is_err() {
        forget(state, nonce).await;
    }
    noted
}

async fn note(state: &State, notification: Notification) -> Result<Received, Fault> {
    let fits = match notification.notice {
        Notice::Paid { out_trade_no, transaction_id, amount, payer_amount, paid_at } => {
            let notification = Some(notification.id);
            let captured =
                Captured { out_trade_no, transaction_id, amount, payer_amount, paid_at, notification };
            !matches!(capture::note(state, captured).await?, Noted::Unknown | Noted::OtherAmount)
        }
        Notice::Refunded(notice) => refund::notified(state, &notice).await?,
        Notice::Other => true,
    };
    Ok(if fits { Received::Noted } else { Received::Unfitting })
}

/// Remembers the nonce: the provider signs each delivery anew.
async fn is_first(state: &State, nonce: &str) -> Result<bool, Fault> {
    let (provider, nonce) = (state.payment.name(), nonce.to_owned());
    let now = state.clock.now();
    let first = state.store.write(nonce, move |connection, nonce| {
        Box::pin(async move { Ok(payments::remember_nonce(connection, provider, &nonce, now).await?) })
    });
    first.await
}

async fn forget(state: &State, nonce: String) {
    let provider = state.payment.name();
    let forgotten = state.store.write(nonce, move |connection, nonce| {
        Box::pin(async move { Ok(payments::forget_nonce(connection, provider, &nonce).await?) })
    });
    if let Err(fault) = forgotten.await {
        tracing::error!(%fault, "the nonce of a notification stays: its next delivery has another");
    }
}
