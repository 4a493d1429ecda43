//! The provider tells us something: checked over its raw bytes, then noted, then acknowledged. What was not noted is
//! not acknowledged, so that it comes again.

use http::{HeaderMap, StatusCode};

use super::capture::{self, Captured, Noted};
use super::refund;
use crate::gateways::payment::{Notice, NotificationError};
use crate::state::State;

/// The status to answer with.
pub async fn notified(state: &State, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let notification = match state.payment.read_notification(headers, body) {
        Ok(notification) => notification,
        Err(error) => {
            tracing::warn!(%error, "a notification was turned away");
            return match error {
                NotificationError::Body(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::UNAUTHORIZED,
            };
        }
    };
    fail::fail_point!("notification.read");
    let noted = match notification.notice {
        Notice::Paid { out_trade_no, transaction_id, amount, paid_at } => {
            let notification = Some(notification.id);
            let captured = Captured { out_trade_no, transaction_id, amount, paid_at, notification };
            capture::note(state, captured).await
        }
        Notice::Refunded { out_refund_no, state: said } => {
            refund::note(state, &out_refund_no, said).await.map(|()| Noted::Known)
        }
        Notice::Other => Ok(Noted::Known),
    };
    match noted {
        Ok(Noted::Unknown | Noted::OtherAmount) => StatusCode::BAD_REQUEST,
        Ok(_) => StatusCode::OK,
        Err(fault) => {
            tracing::error!(%fault, "a notification could not be noted");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
