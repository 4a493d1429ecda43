//! The shared state of requests and jobs.

use std::path::PathBuf;
use std::sync::Arc;

use rules::Moment;
use rules::families::camera::Request;
use rules::payment::{PaymentChannel, PaymentChannels};
use rules::rulebook::Rulebook;

use crate::address::Proxies;
use crate::clock::Clock;
use crate::db::Fault;
use crate::db::Store;
use crate::engine::Procedures;
use crate::gateways::payment::PaymentProvider;
use crate::gateways::sms::SmsSender;
use crate::last_uses::LastUses;
use crate::limits::Limits;
use crate::sealing::Sealer;
use crate::signing::Signer;

#[derive(Clone)]
pub struct State {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub sealer: Arc<Sealer>,
    pub signer: Arc<Signer>,
    pub rulebook: Arc<Rulebook>,
    /// The kinds of cases.
    pub procedures: Procedures,
    pub payment: Arc<dyn PaymentProvider>,
    /// As in people's address bar, without a slash at the end.
    pub origin: String,
    pub development: bool,
    /// The folder of evidence pictures; names in it come checked from the feed.
    pub evidence: PathBuf,
    pub limits: Arc<Limits>,
    pub last_uses: Arc<LastUses>,
    /// Whose word is taken on the address that limits count by.
    pub proxies: Proxies,
    /// None in development: then texts stay in the outbox.
    pub sms: Option<Arc<SmsSender>>,
}

impl State {
    /// Payment channels that have a configured gateway.
    pub fn channels(&self) -> PaymentChannels {
        PaymentChannel::from_code(self.payment.name()).into_iter().collect()
    }

    /// A request that is made now.
    pub fn request(&self) -> Request {
        self.request_at(self.clock.now())
    }

    pub fn request_at(&self, now: Moment) -> Request {
        Request { now, channels: self.channels() }
    }

    /// Opens sealed text of the store. `place` is `TABLE:KEY:COLUMN`.
    pub fn open_stored(&self, place: &str, sealed: &str) -> Result<String, Fault> {
        self.sealer.open(place, sealed).map_err(|error| Fault::corrupt(place, error))
    }

    /// The provider of the channel; none where no gateway is configured for it.
    pub fn gateway(&self, channel: PaymentChannel) -> Option<&Arc<dyn PaymentProvider>> {
        Some(&self.payment).filter(|provider| provider.name() == channel.code())
    }
}
