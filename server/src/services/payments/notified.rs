//! The provider tells us something: checked over its raw bytes, accepted once, then noted, then acknowledged. What was
//! not noted is not acknowledged, so that it comes again.

use http::{HeaderMap, StatusCode};

use super::capture::{self, Captured, Noted};
use super::refund;
use crate::db::{Fault, payments};
use crate::gateways::payment::{Notice, Notification, NotificationError};
use crate::state::State;

/// The status to answer with.
pub async fn notified(state: &State, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let notification = match state.payment.read_notification(headers, body) {
        Ok(notification) => notification,
        Err(error) => {
            tracing::warn!(%error, "a notification was turned away");
            return match error {
                NotificationError::Body(_) | NotificationError::Mismatch(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::UNAUTHORIZED,
            };
        }
    };
    fail::fail_point!("notification.read");
    let nonce = notification.nonce.clone();
    match noted(state, notification).await {
        Ok(status) => status,
        Err(fault) => {
            tracing::error!(%fault, "a notification could not be noted");
            forget(state, nonce).await;
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

async fn noted(state: &State, notification: Notification) -> Result<StatusCode, Fault> {
    if !is_first(state, &notification.nonce).await? {
        tracing::warn!(id = %notification.id, "a notification was replayed");
        return Ok(StatusCode::UNAUTHORIZED);
    }
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
    Ok(if fits { StatusCode::OK } else { StatusCode::BAD_REQUEST })
}

/// Remembers the nonce: the provider signs each delivery anew.
async fn is_first(state: &State, nonce: &str) -> Result<bool, Fault> {
    let (provider, nonce) = (state.payment.name(), nonce.to_owned());
    let now = state.clock.now().timestamp_millis();
    let first = state.store.write(move |connection| {
        let nonce = nonce.clone();
        Box::pin(async move { Ok(payments::remember_nonce(connection, provider, &nonce, now).await?) })
    });
    first.await
}

async fn forget(state: &State, nonce: String) {
    let provider = state.payment.name();
    let forgotten = state.store.write(move |connection| {
        let nonce = nonce.clone();
        Box::pin(async move { Ok(payments::forget_nonce(connection, provider, &nonce).await?) })
    });
    if let Err(fault) = forgotten.await {
        tracing::error!(%fault, "the nonce of a notification stays: its next delivery has another");
    }
}
