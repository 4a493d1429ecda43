//! The rulebook and the what-if judgement for pages.

use std::sync::Arc;

use app::api::ServiceError;
use app::api::portal::Portal;
use app::receipt::PublishedKey;
use async_trait::async_trait;
use rules::families::camera::{self, CameraCase};
use rules::kernel::Verdict;
use rules::payment::PaymentChannels;
use rules::rulebook::Rulebook;

use crate::state::State;

pub struct PortalPages(pub State);

#[async_trait]
impl Portal for PortalPages {
    fn rulebook(&self) -> Arc<Rulebook> {
        Arc::clone(&self.0.rulebook)
    }

    fn receipt_keys(&self) -> Vec<PublishedKey> {
        self.0.signer.published()
    }

    fn channels(&self) -> PaymentChannels {
        self.0.channels()
    }

    async fn assess(&self, case: CameraCase) -> Result<Verdict, ServiceError> {
        Ok(camera::assess(&case, &self.0.rulebook))
    }
}
