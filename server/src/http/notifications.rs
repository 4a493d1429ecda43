//! Notifications of the payment provider: checked over their raw bytes, and acknowledged when they are noted.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extracted;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::engine::payments::notified::{self, Received};
use crate::gateways::payment::NotificationError;
use crate::state::State;

/// Answers as the provider expects: it sends again what is not acknowledged with a success.
pub async fn notification(Extracted(state): Extracted<State>, headers: HeaderMap, body: Bytes) -> Response {
    let status = notified(&state, &headers, &body).await;
    let answer = if status.is_success() {
        json!({ "code": "SUCCESS", "message": "" })
    } else {
        json!({ "code": "FAIL", "message": "not accepted" })
    };
    (status, Json(answer)).into_response()
}

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
    let id = notification.id.clone();
    match notified::notified(state, notification).await {
        Ok(Received::Noted) => StatusCode::OK,
        Ok(Received::Unfitting) => StatusCode::BAD_REQUEST,
        Ok(Received::Replayed) => {
            tracing::warn!(%id, "a notification was replayed");
            StatusCode::UNAUTHORIZED
        }
        Err(fault) => {
            tracing::error!(%fault, "a notification could not be noted");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
