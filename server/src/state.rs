//! What every request and job works with.

use std::path::PathBuf;
use std::sync::Arc;

use rules::rulebook::Rulebook;

use crate::clock::Clock;
use crate::db::Store;
use crate::gateways::payment::PaymentProvider;
use crate::gateways::sms::SmsSender;
use crate::http::address::Proxies;
use crate::http::limits::Limits;
use crate::sealing::Sealer;
use crate::services::accounts::Seen;
use crate::signing::Signer;

#[derive(Clone)]
pub struct State {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub sealer: Arc<Sealer>,
    pub signer: Arc<Signer>,
    pub rulebook: Arc<Rulebook>,
    pub payment: Arc<dyn PaymentProvider>,
    /// As in people's address bar, without a slash at the end.
    pub origin: String,
    pub development: bool,
    /// The folder of evidence pictures; names in it come checked from the feed.
    pub evidence: PathBuf,
    pub limits: Arc<Limits>,
    pub seen: Arc<Seen>,
    /// Whose word is taken on the address that limits count by.
    pub proxies: Proxies,
    /// None in development: then texts stay in the outbox.
    pub sms: Option<Arc<SmsSender>>,
}
