//! Accepts connections, bounds their number and their age, and ends them when the server stops.

mod stream;
mod table;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use self::stream::{Answer, Stream};
use self::table::{Slot, Table};
use crate::address::Proxies;

/// Bytes of a request's headers that one connection may make the server keep.
const MAX_HEADER_BYTES: usize = 64 * 1024;
/// Pause after an error of the listener, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    pub total: usize,
    pub per_address: usize,
    /// For the headers of a request.
    pub header: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// From the end of the headers to the end of the answer.
    pub exchange: Duration,
    /// For everything that is going on when the server is told to stop.
    pub stop: Duration,
}

/// Files that the server opens beside its connections.
const OTHER_FILES: u64 = 128;

impl ConnectionLimits {
    /// The same with no more connections than the process may open files. Raises that number to what it may be.
    pub fn within_open_files(mut self) -> Self {
        let mut files = getrlimit(Resource::Nofile);
        if files.current != files.maximum {
            let raised = Rlimit { current: files.maximum, maximum: files.maximum };
            match setrlimit(Resource::Nofile, raised) {
                Ok(()) => files = raised,
                Err(error) => tracing::warn!(%error, "the limit of open files was not raised"),
            }
        }
        let most =
            files.current.map(|most| usize::try_from(most.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX));
        if let Some(most) = most.filter(|most| *most < self.total) {
            tracing::warn!(asked = self.total, most, "the limit of open files permits fewer connections");
            self.total = most;
        }
        self
    }

    /// How often connections that are over their time are looked for.
    fn sweep(&self) -> Duration {
        let shortest = self.header.min(self.idle).min(self.exchange);
        (shortest / 4).clamp(Duration::from_millis(10), Duration::from_secs(1))
    }
}

/// Serves the router until told to stop, and returns when every connection has ended or the time to stop is over.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    proxies: Proxies,
    stop: CancellationToken,
) {
    let table = Arc::new(Table::new(limits, proxies));
    let mut running = JoinSet::new();
    let mut sweep = interval(limits.sweep());
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    if let Some(slot) = Table::admit(&table, peer.ip()) {
                        running.spawn(hold(stream, peer, slot, router.clone(), stop.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    table.make_room();
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            _ = sweep.tick() => table.close_overdue(),
            Some(_) = running.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    let mut end = pin!(sleep(limits.stop));
    loop {
        tokio::select! {
            ended = running.join_next() => if ended.is_none() { return },
            _ = sweep.tick() => table.close_overdue(),
            () = &mut end => break,
        }
    }
    tracing::warn!(connections = running.len(), "closing connections that did not end in time");
}

/// Answers the requests of one connection until either side ends it.
async fn hold(stream: TcpStream, peer: SocketAddr, slot: Slot, router: Router, stop: CancellationToken) {
    // Without TCP_NODELAY every answer in pieces waits 40 ms for the peer's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
    let watched = slot.watched();
    let service = service_fn(|mut request: http::Request<Incoming>| {
        watched.headers_came();
        let answer = Answer::to(Arc::clone(&watched));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = router.clone().oneshot(request.map(Body::new));
        async move {
            let response = answering.await.unwrap_or_else(|never| match never {});
            Ok::<Response<Answer>, Infallible>(response.map(|body| answer.with(body)))
        }
    });
    let io = TokioIo::new(Stream::new(stream, Arc::clone(&watched)));
    let mut http = http1::Builder::new();
    // The table closes what takes too long: its limits tell a request's headers from the pause before them.
    let serving = http.max_buf_size(MAX_HEADER_BYTES).serve_connection(io, service);
    let mut serving = pin!(serving);
    let mut stopping = false;
    loop {
        tokio::select! {
            result = serving.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = watched.closed() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}
