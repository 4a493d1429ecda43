//! Stands in for WeChat Pay as a process of its own: the same protocol on a real socket, no money. It can be told to
//! be slow, repeat, reorder, fail, forge or lose.

mod cashier;
mod faults;
mod notify;
mod protocol;
mod signed;
mod till;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State as Extracted;
use axum::routing::{get, post, put};
use clap::Args;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::DevelopmentSettings;
use crate::db::Fault;
use crate::gateways::wechat::keys::Keys;

pub use faults::Faults;

#[derive(Args, Clone, Debug)]
pub struct SandboxSettings {
    /// Address and port that the sandbox listens on.
    #[arg(long, default_value = "127.0.0.1:3001")]
    pub listen: SocketAddr,
    /// Where notifications go.
    #[arg(long, default_value = "http://127.0.0.1:3000/gateways/wechat/notifications")]
    pub notify: String,
    /// The folder of both sides' keys.
    #[arg(long, default_value = "data/wechat")]
    pub keys: PathBuf,
    #[command(flatten)]
    pub environment: DevelopmentSettings,
}

/// The running stand-in.
pub struct Sandbox {
    pub keys: Keys,
    pub clock: Arc<dyn Clock>,
    pub notify: String,
    /// As the person's browser reaches it.
    pub origin: String,
    pub till: Mutex<till::Till>,
    pub faults: Mutex<Faults>,
    /// Notifications that wait to come out of order.
    pub held: Mutex<Vec<String>>,
    pub http: reqwest::Client,
}

pub type Shared = Arc<Sandbox>;

impl Sandbox {
    pub fn open(
        keys: &std::path::Path,
        clock: Arc<dyn Clock>,
        notify: String,
        origin: String,
    ) -> Result<Shared, Fault> {
        let read = Keys::of_platform(keys, &*clock).map_err(|error| Fault::Internal(error.to_string()))?;
        let till = till::Till::open(&keys.join("till.ndjson"))
            .map_err(|error| Fault::Internal(format!("the sandbox's journal: {error}")))?;
        Ok(Arc::new(Self {
            keys: read,
            clock,
            notify,
            origin,
            till: Mutex::new(till),
            faults: Mutex::new(Faults::default()),
            held: Mutex::default(),
            http: reqwest::Client::builder().no_proxy().build().expect("a plain client is always built"),
        }))
    }

    fn till(&self) -> std::sync::MutexGuard<'_, till::Till> {
        self.till.lock().expect("nobody panics while holding the till")
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.held.lock().expect("nobody panics while holding the notifications")
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.faults.lock().expect("nobody panics while holding the faults")
    }
}

pub fn router(sandbox: Shared) -> Router {
    Router::new()
        .route("/v3/pay/transactions/h5", post(protocol::open))
        .route("/v3/pay/transactions/out-trade-no/{number}", get(protocol::query))
        .route("/v3/pay/transactions/out-trade-no/{number}/close", post(protocol::close))
        .route("/v3/refund/domestic/refunds", post(protocol::refund))
        .route("/v3/refund/domestic/refunds/{number}", get(protocol::query_refund))
        .route("/v3/bill/tradebill", get(protocol::bill))
        .route("/bill/{day}", get(protocol::bill_file))
        .route("/cashier/{number}", get(cashier::show).post(cashier::decide))
        .route("/sandbox/faults", put(faults::set))
        .route("/sandbox/state", get(state))
        .with_state(sandbox)
}

async fn state(Extracted(sandbox): Extracted<Shared>) -> axum::Json<till::Till> {
    axum::Json(sandbox.till().clone())
}

pub async fn run(settings: SandboxSettings) -> Result<(), Fault> {
    settings.environment.require("sandbox")?;
    let clock = settings.environment.clock()?;
    let origin = format!("http://{}", settings.listen);
    let sandbox = Sandbox::open(&settings.keys, clock, settings.notify, origin)?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Fault::Internal(format!("listening on {}: {error}", settings.listen)))?;
    tracing::info!(listen = %settings.listen, "the payment sandbox is ready");
    axum::serve(listener, router(sandbox)).await.map_err(|error| Fault::Internal(error.to_string()))
}
