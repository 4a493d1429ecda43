//! The rulebook and the what-if judgement: service trait and data.

use async_trait::async_trait;
use rules::families::camera::CameraCase;
use rules::kernel::Verdict;
use rules::payment::PaymentChannels;
use rules::rulebook::Rulebook;
use std::sync::Arc;

use super::ServiceError;
use crate::receipt::PublishedKey;

#[async_trait]
pub trait Portal: Send + Sync {
    /// The rulebook in force.
    fn rulebook(&self) -> Arc<Rulebook>;
    /// The public keys of receipts, newest first.
    fn receipt_keys(&self) -> Vec<PublishedKey>;
    /// Payment channels that have a configured gateway.
    fn channels(&self) -> PaymentChannels;
    /// Judges a case made up by the visitor. Pure: nothing is stored.
    async fn assess(&self, case: CameraCase) -> Result<Verdict, ServiceError>;
}
