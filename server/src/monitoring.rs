//! Prometheus metrics on an address of their own.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::address::Proxies;
use crate::db::Fault;
use crate::http::connections::{self, ConnectionLimits};
use crate::jobs::every;

static MEASURES: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to measure. Whatever was counted before is lost.
pub fn start() -> &'static PrometheusHandle {
    MEASURES.get_or_init(|| {
        PrometheusBuilder::new().install_recorder().expect("the program installs its recorder once")
    })
}

pub fn router() -> Router {
    Router::new().route("/metrics", get(|| async { start().render() }))
}

/// Folds what was measured into its sums until told to stop: otherwise every single value is kept until somebody reads.
pub async fn keep_up(stop: CancellationToken) {
    let folding = || async {
        start().run_upkeep();
        Ok::<(), std::convert::Infallible>(())
    };
    every(Duration::from_secs(5), &stop, "measures", folding).await;
}

/// Answers at the address until told to stop.
pub async fn listen(
    address: SocketAddr,
    limits: ConnectionLimits,
    stop: CancellationToken,
) -> Result<(), Fault> {
    let refused = |error| Fault::Internal(format!("listening on {address} for metrics: {error}"));
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    tokio::spawn(connections::serve(listener, router(), limits, Proxies::default(), stop));
    Ok(())
}
