//! What the program measures is read at an address of its own, and nowhere else.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::monitoring;
use tokio::net::TcpListener;

use crate::support::site_on;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn measures_are_read_at_their_own_address_and_not_by_the_public(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    monitoring::start();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, monitoring::router()).into_future());
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        assert_eq!(visitor.get("/metrics").await.status, StatusCode::NOT_FOUND);
        let read = reqwest::Client::builder().no_proxy().build().expect("a client");
        let read = read.get(format!("http://{address}/metrics")).send().await.expect("an answer");
        let text = read.text().await.expect("text");
        assert!(text.contains("http_requests_total{status=\"404\"}"), "{text}");
    }
}
