//! What anyone may see: the rulebook, a judgement of a made-up case, the time of the registry's newest fact.

use std::sync::Arc;

use app::api::ServiceError;
use app::api::portal::Portal;
use app::receipt::PublishedKey;
use async_trait::async_trait;
use rules::Moment;
use rules::camera::{self, CameraCase};
use rules::parameters::PaymentChannels;
use rules::rulebook::Rulebook;
use rules::verdict::Verdict;

use crate::db::{Fault, registry};
use crate::services::violations::facts::moment;
use crate::state::State;

pub struct PortalService(pub State);

#[async_trait]
impl Portal for PortalService {
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

/// The registry's newest fact's own time; none before the first feed.
pub async fn synced_at(state: &State) -> Result<Option<Moment>, Fault> {
    let mut connection = state.store.read().await?;
    registry::synced_at(&mut connection).await?.map(moment).transpose()
}
