//! Connections that take their time are closed, keep nobody out, and do not hold up the end of the program.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::StatusCode;
use server::address::{Proxies, network};
use server::http::connections::{ConnectionLimits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(60);
const PATIENT: ConnectionLimits =
    ConnectionLimits { total: 100, per_address: 100, header: LONG, idle: LONG, exchange: LONG, stop: LONG };
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<()>,
    /// How many requests for `/slow` have come.
    slow: watch::Receiver<usize>,
    /// Lets them be answered.
    go: watch::Sender<bool>,
}

async fn served_behind(limits: ConnectionLimits, proxies: Proxies) -> Served {
    let (come, slow) = watch::channel(0);
    let (go, gone) = watch::channel(false);
    let answer_slowly = move || {
        let (come, mut gone) = (come.clone(), gone.clone());
        async move {
            come.send_modify(|count| *count += 1);
            drop(gone.wait_for(|go| *go).await);
            "slow"
        }
    };
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/slow", get(answer_slowly))
        .route("/large", get(|| async { Body::from(vec![b'x'; 64 << 20]) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let ended = tokio::spawn(serve(listener, router, limits, proxies, stop.clone()));
    Served { address, stop, ended, slow, go }
}

async fn served(limits: ConnectionLimits) -> Served {
    served_behind(limits, Proxies::default()).await
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    async fn asked(&self, bytes: &[u8]) -> TcpStream {
        let mut connection = self.connect().await;
        connection.write_all(bytes).await.expect("it is open");
        connection
    }

    /// A connection whose request has come and is not answered before it is let go.
    async fn slow(&self) -> TcpStream {
        let before = *self.slow.borrow();
        let connection = self.asked(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut slow = self.slow.clone();
        let come = timeout(Duration::from_secs(10), slow.wait_for(|count| *count > before)).await;
        drop(come.expect("it comes").expect("the server runs"));
        connection
    }

    /// A connection that has had one answer.
    async fn kept_alive(&self) -> TcpStream {
        let mut connection = self.asked(REQUEST).await;
        assert!(answer(&mut connection).await.starts_with("HTTP/1.1 200"));
        connection
    }

    async fn status(&self, path: &str) -> Option<StatusCode> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10));
        let client = client.build().expect("a client");
        let sent = client.get(format!("http://{}{path}", self.address)).send().await;
        sent.ok().map(|answer| answer.status())
    }
}

async fn answer(connection: &mut TcpStream) -> String {
    let mut buffer = [0; 1024];
    let read = timeout(Duration::from_secs(10), connection.read(&mut buffer)).await;
    let read = read.expect("an answer in time").expect("an answer");
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

/// Reads until the other side closes; false when it does not within ten seconds.
async fn is_closed(connection: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(Duration::from_secs(10), connection.read_to_end(&mut rest)).await.is_ok()
}

/// True while the other side has not closed.
async fn is_open(connection: &mut TcpStream) -> bool {
    timeout(Duration::from_millis(50), connection.read(&mut [0])).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_without_a_whole_header_is_closed_in_time() {
    let site = served(ConnectionLimits { header: Duration::from_millis(400), ..PATIENT }).await;
    for beginning in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: a\r\nx-a: "] {
        let began = Instant::now();
        let mut connection = site.asked(beginning.as_bytes()).await;
        assert!(is_closed(&mut connection).await, "{beginning:?}");
        assert!(began.elapsed() >= Duration::from_millis(400), "{beginning:?}");
    }
    let (mut reading, mut writing) = site.asked(b"GET / HTTP/1.1\r\n").await.into_split();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"a: b\r\n").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(10), reading.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "dripping headers");
    timeout(Duration::from_secs(10), dripping).await.expect("it cannot go on").expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_between_requests_has_a_limit_of_its_own_and_half_a_second_request_the_usual_one() {
    let (header, idle) = (Duration::from_millis(300), Duration::from_secs(4));
    let site = served(ConnectionLimits { header, idle, ..PATIENT }).await;
    let began = Instant::now();
    let mut pausing = site.kept_alive().await;
    let mut second = site.kept_alive().await;
    second.write_all(b"GET / HT").await.expect("it is open");
    assert!(is_closed(&mut second).await);
    assert!(is_open(&mut pausing).await, "a pause may take longer than a header");
    assert!(is_closed(&mut pausing).await);
    assert!(began.elapsed() >= idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_take_the_answer_is_cut_off() {
    let site = served(ConnectionLimits { exchange: Duration::from_millis(500), ..PATIENT }).await;
    let mut connection = site.asked(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await;
    sleep(Duration::from_secs(2)).await;
    let mut taken = Vec::new();
    let read = timeout(Duration::from_secs(10), connection.read_to_end(&mut taken)).await;
    drop(read.expect("it has ended"));
    assert!(taken.len() < 64 << 20, "{} bytes were waiting", taken.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_table_serves_newcomers_and_cuts_off_nobody_who_is_answered() {
    let site = served(ConnectionLimits { total: 6, ..PATIENT }).await;
    let mut answered = site.slow().await;
    let mut silent = Vec::new();
    for _ in 0..12 {
        silent.push(site.connect().await);
    }
    for _ in 0..3 {
        assert_eq!(site.status("/").await, Some(StatusCode::OK));
    }
    site.go.send_replace(true);
    assert!(answer(&mut answered).await.starts_with("HTTP/1.1 200"));
    assert!(is_closed(&mut silent[0]).await, "the oldest made room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_full_of_requests_refuses_newcomers_until_one_is_answered() {
    let site = served(ConnectionLimits { total: 2, ..PATIENT }).await;
    let mut answered = Vec::new();
    for _ in 0..2 {
        answered.push(site.slow().await);
    }
    assert_eq!(site.status("/").await, None);
    site.go.send_replace(true);
    for connection in &mut answered {
        assert!(answer(connection).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(site.status("/").await, Some(StatusCode::OK));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_connections_and_a_trusted_proxy_has_no_such_limit() {
    let limits = ConnectionLimits { per_address: 2, ..PATIENT };
    let proxies = Proxies::new(vec![network("127.0.0.1").expect("an address")]);
    for (site, limited) in [(served(limits).await, true), (served_behind(limits, proxies).await, false)] {
        // Silent ones wait from the moment they come; one that was answered waits a moment later than its client knows.
        let mut first = site.connect().await;
        let mut second = site.connect().await;
        let mut third = site.connect().await;
        if limited {
            assert!(is_closed(&mut first).await, "the oldest of the address made room");
        } else {
            assert!(is_open(&mut first).await);
        }
        assert!(is_open(&mut second).await && is_open(&mut third).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_what_is_asked_is_answered_and_what_is_half_asked_does_not_hold_it_up() {
    let site = served(ConnectionLimits { stop: Duration::from_secs(4), ..PATIENT }).await;
    let mut half = site.asked(b"GET / HTTP/1.1\r\nhost: a\r\nx-half: ").await;
    let (mut idle, mut asked) = (site.kept_alive().await, site.slow().await);
    site.stop.cancel();
    assert!(is_closed(&mut idle).await);
    site.go.send_replace(true);
    assert!(answer(&mut asked).await.starts_with("HTTP/1.1 200"));
    assert!(!site.ended.is_finished(), "the half header is waited for, to the limit");
    timeout(Duration::from_secs(10), site.ended).await.expect("it ends").expect("it does not panic");
    assert!(is_closed(&mut half).await);
}
