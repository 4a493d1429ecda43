//! Stands in for WeChat Pay as a process of its own: the same protocol on a real socket, no money. It is as strict as
//! the provider's documentation, and can be told to be slow, repeat, reorder, fail, forge or lose.

mod bill;
mod cashier;
mod certificates;
mod faults;
pub mod keys;
mod notify;
mod payments;
mod refunds;
mod signed;
mod till;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State as Extracted;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use clap::Args;
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::config::DevelopmentSettings;
use crate::db::Fault;
use crate::gateways::wechat::client::origin_of;

pub use faults::Faults;
pub use till::Payment;

#[derive(Args, Clone, Debug)]
pub struct SandboxSettings {
    /// Address and port that the API listens on.
    #[arg(long, default_value = "127.0.0.1:3001")]
    pub listen: SocketAddr,
    /// Where the payment pages are, on an origin of their own.
    #[arg(long, default_value = "127.0.0.1:3002")]
    pub pages: SocketAddr,
    /// The merchant's registered origin: only from there people come to the payment pages, and only there they go back.
    #[arg(long, env = "LUTONG_ORIGIN", default_value = "http://127.0.0.1:3000")]
    pub domain: String,
    /// The folder of both sides' keys.
    #[arg(long, default_value = "data/wechat")]
    pub keys: PathBuf,
    #[command(flatten)]
    pub environment: DevelopmentSettings,
}

/// The origins of the sandbox and of its merchant.
#[derive(Clone, Debug)]
pub struct Origins {
    pub api: String,
    pub pages: String,
    pub domain: String,
}

/// The running stand-in.
pub struct Sandbox {
    pub keys: keys::PlatformKeys,
    pub clock: Arc<dyn Clock>,
    pub origins: Origins,
    pub till: Mutex<till::Till>,
    pub faults: Mutex<Faults>,
    /// Notifications that wait to come out of order.
    pub held: Mutex<Vec<notify::Letter>>,
    pub http: reqwest::Client,
}

pub type Shared = Arc<Sandbox>;

impl Sandbox {
    pub fn open(folder: &std::path::Path, clock: Arc<dyn Clock>, origins: Origins) -> Result<Shared, Fault> {
        let keys = keys::PlatformKeys::open(folder, &*clock);
        let keys = keys.map_err(|error| Fault::Internal(error.to_string()))?;
        let till = till::Till::open(&keys::journal(folder))
            .map_err(|error| Fault::Internal(format!("the sandbox's journal: {error}")))?;
        Ok(Arc::new(Self {
            keys,
            clock,
            origins,
            till: Mutex::new(till),
            faults: Mutex::new(Faults::default()),
            held: Mutex::default(),
            http: reqwest::Client::builder().no_proxy().build().expect("a plain client is always built"),
        }))
    }

    fn till(&self) -> std::sync::MutexGuard<'_, till::Till> {
        self.till.lock().expect("nobody panics while holding the till")
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<notify::Letter>> {
        self.held.lock().expect("nobody panics while holding the notifications")
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.faults.lock().expect("nobody panics while holding the faults")
    }
}

/// The API, and the controls of the sandbox itself.
pub fn router(sandbox: Shared) -> Router {
    Router::new()
        .route("/v3/pay/transactions/h5", post(payments::open))
        .route("/v3/pay/transactions/out-trade-no/{number}", get(payments::query))
        .route("/v3/pay/transactions/id/{id}", get(payments::query_by_id))
        .route("/v3/pay/transactions/out-trade-no/{number}/close", post(payments::close))
        .route("/v3/refund/domestic/refunds", post(refunds::refund))
        .route("/v3/refund/domestic/refunds/{number}", get(refunds::query))
        .route("/v3/bill/tradebill", get(bill::apply))
        .route("/v3/billdownload/file", get(bill::download))
        .route("/v3/certificates", get(certificates::list))
        .layer(from_fn_with_state(sandbox.clone(), signed::guard))
        .route("/sandbox/faults", put(faults::set))
        .route("/sandbox/state", get(state))
        .with_state(sandbox)
}

/// The payment pages, to be served with the peer's address.
pub fn pages(sandbox: Shared) -> Router {
    Router::new().route(cashier::PATH, get(cashier::show).post(cashier::decide)).with_state(sandbox)
}

async fn state(Extracted(sandbox): Extracted<Shared>) -> axum::Json<till::Till> {
    axum::Json(sandbox.till().clone())
}

async fn listener(address: SocketAddr) -> Result<TcpListener, Fault> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Fault::Internal(format!("listening on {address}: {error}")))
}

pub async fn run(settings: SandboxSettings) -> Result<(), Fault> {
    settings.environment.require("sandbox")?;
    let clock = settings.environment.clock()?;
    let domain = origin_of(&settings.domain)
        .ok_or_else(|| Fault::Internal(format!("{} is no origin", settings.domain)))?;
    let origins = Origins {
        api: format!("http://{}", settings.listen),
        pages: format!("http://{}", settings.pages),
        domain,
    };
    let sandbox = Sandbox::open(&settings.keys, clock, origins)?;
    let (api, cashier) = (listener(settings.listen).await?, listener(settings.pages).await?);
    tracing::info!(listen = %settings.listen, pages = %settings.pages, "the payment sandbox is ready");
    let pages = pages(Arc::clone(&sandbox)).into_make_service_with_connect_info::<SocketAddr>();
    let serving = futures::future::try_join(
        axum::serve(api, router(sandbox)).into_future(),
        axum::serve(cashier, pages).into_future(),
    );
    serving.await.map(drop).map_err(|error| Fault::Internal(error.to_string()))
}
