//! Composes the program and runs it until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use futures::future::join_all;
use leptos::prelude::{LeptosOptions, get_configuration};
use rules::rulebook::Rulebook;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::address::Proxies;
use crate::clock::Clock;
use crate::config::{ServeSettings, guard};
use crate::db::Fault;
use crate::feed::{Desk, Importer};
use crate::gateways::sms::SmsSender;
use crate::gateways::wechat;
use crate::http::policy::Routes;
use crate::http::{connections, page_services};
use crate::services;
use crate::state::State;
use crate::{api, feed, http, jobs, keys, monitoring, sandbox};

/// Structured lines on standard error: text on a terminal, JSON elsewhere. `RUST_LOG` chooses what.
pub fn start_logging() {
    use std::io::IsTerminal;
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { lines.init() } else { lines.json().init() }
}

/// Every route of the public server. Forms may lead on to the payment provider's pages, origins separated by spaces.
pub fn routes(state: &State, options: LeptosOptions, payment_pages: &str) -> Routes {
    let pages = http::routes(state.clone(), options, page_services::services(state), payment_pages);
    pages.merge(api::routes(state.clone()))
}

/// Everything that the public server answers.
pub fn router(state: &State, options: LeptosOptions, payment_pages: &str) -> axum::Router {
    http::wrap(routes(state, options, payment_pages))
}

/// The client of WeChat Pay. In development the sandbox's keys are made where they are missing, and nowhere else.
fn wechat(settings: &ServeSettings, origin: &str, clock: &Arc<dyn Clock>) -> Result<wechat::Client, String> {
    let (wechat, data) = (&settings.wechat, &settings.database.data);
    if settings.environment.development {
        let made = sandbox::keys::make_missing(&wechat.folder(data), &**clock);
        made.map_err(|error| error.to_string())?;
    }
    wechat.client(data, origin, Arc::clone(clock)).map_err(|error| error.to_string())
}

async fn state(settings: &ServeSettings) -> Result<State, Fault> {
    let clock = settings.environment.clock()?;
    let database = &settings.database;
    let (store, sealer) = keys::open(database, settings.environment.development, &*clock).await?;
    let signer = keys::signer(database, &store, settings.environment.development, &*clock).await?;
    let origin = settings.origin.trim_end_matches('/').to_owned();
    let wechat = wechat(settings, &origin, &clock)
        .map_err(|problem| Fault::Internal(format!("WeChat Pay: {problem}")))?;
    Ok(State {
        store,
        sealer,
        signer: Arc::new(signer),
        rulebook: Arc::new(Rulebook::shipped()),
        procedures: services::procedures(),
        payment: Arc::new(wechat),
        origin,
        development: settings.environment.development,
        evidence: database.data.join("evidence"),
        sms: settings.sms_url.as_deref().map(|url| Arc::new(SmsSender::new(url, settings.sms_token.clone()))),
        limits: Arc::new(settings.limits.limits()),
        last_uses: Arc::default(),
        proxies: Proxies::new(settings.trusted_proxies.clone()),
        clock,
    })
}

/// The settings of the build's files. A file that every page needs is looked for now and not at the first page.
fn build_options() -> Result<LeptosOptions, Fault> {
    let configuration =
        get_configuration(None).map_err(|error| Fault::Internal(format!("leptos: {error}")))?;
    let options = configuration.leptos_options;
    match http::files::hash_file(&options).filter(|file| !file.is_file()) {
        None => Ok(options),
        Some(file) => Err(Fault::Internal(format!(
            "{} is missing: it names the hashed files of the build and belongs beside the program; \
             build again, or set LEPTOS_HASH_FILES=false for a build without hashes",
            file.display()
        ))),
    }
}

pub async fn run(settings: ServeSettings) -> Result<(), Fault> {
    guard::check(&settings)?;
    let options = build_options()?;
    monitoring::start();
    let state = state(&settings).await?;
    let limits = settings.connections.limits().within_open_files();
    let stop = CancellationToken::new();
    if let Some(address) = settings.metrics_listen {
        monitoring::listen(address, limits, stop.clone()).await?;
    }
    let router = router(&state, options, &settings.wechat.pages.join(" "));
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| Fault::Internal(format!("listening on {}: {error}", settings.listen)))?;
    let feed = feed_folder(&settings)?;
    let working = start_jobs(&state, feed, &stop);
    let told = stop.clone();
    tokio::spawn(async move {
        signalled().await;
        told.cancel();
    });
    tracing::info!(origin = %state.origin, engine = state.store.engine().name(), "ready");
    let serving = connections::serve(listener, router, limits, state.proxies.clone(), stop.clone());
    let jobs = async {
        stop.cancelled().await;
        if timeout(limits.stop, join_all(working)).await.is_err() {
            tracing::warn!("a job did not end in time");
        }
    };
    tokio::join!(serving, jobs);
    Ok(())
}

/// The watched folder, and where its files are received.
fn feed_folder(settings: &ServeSettings) -> Result<Option<(PathBuf, Desk)>, Fault> {
    let Some(folder) = settings.feed_folder.clone() else { return Ok(None) };
    let development = settings.environment.development;
    let desk = feed::desk(&settings.database, settings.feed_sources.as_deref(), development)?;
    Ok(Some((folder, desk)))
}

fn start_jobs(state: &State, feed: Option<(PathBuf, Desk)>, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
    let mut working = vec![
        tokio::spawn(jobs::cases::run(state.clone(), stop.clone())),
        tokio::spawn(jobs::bill::run(state.clone(), stop.clone())),
        tokio::spawn(jobs::outbox::run(state.clone(), stop.clone())),
        tokio::spawn(jobs::purge::run(state.clone(), stop.clone())),
        tokio::spawn(monitoring::keep_up(stop.clone())),
    ];
    if let Some((folder, desk)) = feed {
        let importer = Importer {
            store: state.store.clone(),
            sealer: Arc::clone(&state.sealer),
            clock: Arc::clone(&state.clock),
            desk,
        };
        working.push(tokio::spawn(feed::watch(importer, folder, stop.clone())));
    }
    working
}

/// Waits for Ctrl-C or SIGTERM.
async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not listened for");
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
