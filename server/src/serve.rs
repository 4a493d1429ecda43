//! Puts the program together and runs it until it is told to stop.

use std::sync::Arc;

use app::api::Services;
use leptos::prelude::{LeptosOptions, get_configuration};
use rules::rulebook::Rulebook;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock::{Clock, ShiftedClock, SystemClock};
use crate::config::{DatabaseSettings, ServeSettings};
use crate::db::{Fault, Store};
use crate::gateways::sms::SmsSender;
use crate::gateways::wechat;
use crate::http::address::Proxies;
use crate::sealing::Sealer;
use crate::services::accounts::AccountService;
use crate::services::orders::OrderService;
use crate::services::portal::PortalService;
use crate::services::violations::ViolationService;
use crate::signing::Signer;
use crate::state::State;
use crate::{api, feed, http, jobs, monitoring};

/// Structured lines on standard error: text on a terminal, JSON elsewhere. `RUST_LOG` chooses what.
pub fn start_logging() {
    use std::io::IsTerminal;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { lines.init() } else { lines.json().init() }
}

pub fn sealer(settings: &DatabaseSettings, clock: &dyn Clock) -> Result<Sealer, Fault> {
    let sealer = match &settings.seal_keys {
        Some(keys) => Sealer::from_keys(keys),
        None => Sealer::from_file(&settings.data.join("seal.key"), clock),
    };
    sealer.map_err(|error| Fault::Internal(error.to_string()))
}

/// The services behind the pages.
pub fn services(state: &State) -> Services {
    Services {
        accounts: Arc::new(AccountService(state.clone())),
        violations: Arc::new(ViolationService(state.clone())),
        orders: Arc::new(OrderService(state.clone())),
        portal: Arc::new(PortalService(state.clone())),
    }
}

/// Everything that the program answers. Forms may lead on to the payment provider's origin.
pub fn router(state: &State, options: LeptosOptions, payment_origin: &str) -> axum::Router {
    let pages = http::router(state.clone(), options, services(state), payment_origin);
    http::wrap(pages.merge(api::router(state.clone())))
}

/// Outside development texts carry codes that sign people in, so they go encrypted to a provider that knows the program.
fn sms(settings: &ServeSettings) -> Result<Option<Arc<SmsSender>>, Fault> {
    let Some(url) = &settings.sms_url else { return Ok(None) };
    let token = settings.sms_token.clone();
    if !settings.development && !url.starts_with("https://") {
        return Err(Fault::Internal("LUTONG_SMS_URL must begin with https:// outside development".into()));
    }
    if !settings.development && token.as_ref().is_none_or(String::is_empty) {
        return Err(Fault::Internal(
            "LUTONG_SMS_TOKEN is needed with LUTONG_SMS_URL outside development".into(),
        ));
    }
    Ok(Some(Arc::new(SmsSender::new(url, token))))
}

async fn state(settings: &ServeSettings) -> Result<State, Fault> {
    let clock: Arc<dyn Clock> = match settings.now {
        Some(moment) => Arc::new(ShiftedClock::starting_at(moment)),
        None => Arc::new(SystemClock),
    };
    let database = &settings.database;
    std::fs::create_dir_all(&database.data)
        .map_err(|error| Fault::Internal(format!("{}: {error}", database.data.display())))?;
    let keys = settings.wechat_keys.clone().unwrap_or_else(|| database.data.join("wechat"));
    let notify_url = format!("{}/gateways/wechat/notifications", settings.origin);
    let wechat = wechat::Client::from_keys(&keys, &settings.wechat_url, &notify_url, Arc::clone(&clock))
        .map_err(|error| Fault::Internal(format!("WeChat Pay: {error}")))?;
    let signer = Signer::from_file(&database.data.join("receipts.key"), &*clock).map_err(Fault::Internal)?;
    Ok(State {
        store: Store::open(&database.database_url).await?,
        sealer: Arc::new(sealer(database, &*clock)?),
        signer: Arc::new(signer),
        rulebook: Arc::new(Rulebook::shipped()),
        payment: Arc::new(wechat),
        origin: settings.origin.trim_end_matches('/').to_owned(),
        development: settings.development,
        evidence: database.data.join("evidence"),
        sms: sms(settings)?,
        limits: Arc::new(settings.limits.limits()),
        proxies: Proxies::new(settings.trusted_proxies.clone()),
        clock,
    })
}

pub async fn run(settings: ServeSettings) -> Result<(), Fault> {
    monitoring::start();
    let state = state(&settings).await?;
    let configuration =
        get_configuration(None).map_err(|error| Fault::Internal(format!("leptos: {error}")))?;
    let (stop, stopped) = watch::channel(false);
    let mut working = vec![
        tokio::spawn(jobs::orders::run(state.clone(), stopped.clone())),
        tokio::spawn(jobs::outbox::run(state.clone(), stopped.clone())),
        tokio::spawn(jobs::purge::run(state.clone(), stopped.clone())),
        tokio::spawn(monitoring::keep_up(stopped.clone())),
    ];
    if let Some(address) = settings.metrics_listen {
        monitoring::listen(address, stopped.clone()).await?;
    }
    if let Some(folder) = settings.feed_folder.clone() {
        working.push(tokio::spawn(feed::watch(
            state.store.clone(),
            Arc::clone(&state.sealer),
            Arc::clone(&state.clock),
            folder,
            stopped,
        )));
    }
    let payment_origin = settings.wechat_url.trim_end_matches('/').to_owned();
    let router = router(&state, configuration.leptos_options, &payment_origin);
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Fault::Internal(format!("listening on {}: {error}", settings.listen)))?;
    tracing::info!(origin = %state.origin, engine = state.store.engine().name(), "ready");
    serve_until_told(listener, router).await?;
    stop.send_replace(true);
    futures::future::join_all(working).await;
    Ok(())
}

/// Without TCP_NODELAY every answer in pieces waits 40 ms for the peer's delayed acknowledgement.
async fn serve_until_told(listener: TcpListener, router: axum::Router) -> Result<(), Fault> {
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(told_to_stop())
        .await
        .map_err(|error| Fault::Internal(format!("serving: {error}")))
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "no SIGTERM");
            return;
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

#[expect(clippy::print_stdout, reason = "printing the document is this command's work")]
pub fn print_openapi() -> Result<(), Fault> {
    println!("{}", api::document().to_pretty_json().map_err(|error| Fault::Internal(error.to_string()))?);
    Ok(())
}
