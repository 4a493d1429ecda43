//! Faults that the sandbox can be told to have.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Shared;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every answer and notification comes so much later.
    pub delay_ms: u64,
    /// Each notification comes so many times more.
    pub repeat: u32,
    /// A notification waits for the next one and comes after it, or after three seconds where none follows.
    pub reorder: bool,
    pub lose_notifications: bool,
    /// So many of the next requests are answered with 500.
    pub fail_requests: u32,
    /// So many of the next requests are done, but never answered.
    pub hang_requests: u32,
    /// The notification names another amount.
    pub wrong_amount: bool,
    /// The cashier takes one yuan more than was asked for.
    pub take_other_amount: bool,
    /// The cashier takes one fen less from the person: a coupon of the provider covers it.
    pub coupon: bool,
    /// Notifications are signed with nonsense.
    pub forge_signature: bool,
    /// Answers to requests are signed with nonsense.
    pub forge_answers: bool,
    /// The platform signs with the second certificate's key: a rotation.
    pub second_platform_key: bool,
    /// The platform signs with its public key that has no certificate.
    pub platform_public_key: bool,
    /// A declined payment succeeds a moment later.
    pub say_failed_then_paid: bool,
    /// Refunds stay in process until this is taken back.
    pub hold_refunds: bool,
    /// So many of the next refunds are closed and come to nothing.
    pub close_refunds: u32,
    /// Refunds are abnormal until this is taken back.
    pub abnormal_refunds: bool,
}

/// `PUT /sandbox/faults`: replaces the faults of before.
pub async fn set(State(sandbox): State<Shared>, Json(faults): Json<Faults>) -> Json<Faults> {
    *sandbox.faults() = faults.clone();
    Json(faults)
}
