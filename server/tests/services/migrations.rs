//! A database that an earlier program wrote is brought up to date and keeps its promises. The fixtures hold eight
//! orders in seven states, as they were stored before there were cases.

use std::path::Path;

use rules::kernel::CaseState;
use server::db::Store;
use server::invariants;
use server::services::procedures;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

const SQLITE: &str = include_str!("../fixtures/orders.sqlite.sql");
const POSTGRES: &str = include_str!("../fixtures/orders.postgres.sql");

/// State, price and whether the case holds what it asked for, of every order in the fixtures.
const ORDERS: [(CaseState, i64, i64); 8] = [
    (CaseState::Cancelled, 20_000, 0),
    (CaseState::Lapsed, 20_000, 0),
    (CaseState::Paying, 10_000, 1),
    (CaseState::Placed, 10_000, 1),
    (CaseState::Refunded, 20_000, 0),
    (CaseState::Refunding, 5_000, 0),
    (CaseState::Settled, 0, 1),
    (CaseState::Settled, 40_000, 2),
];

/// The URLs of databases without any table.
async fn empty(folder: &Path) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let mut urls = vec![format!("sqlite://{}?mode=rwc", folder.join("empty.db").display())];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let base = server.rsplit_once('/').expect("a URL with a database").0;
        let name = format!("migrated_{}", std::process::id());
        let mut admin = AnyConnection::connect(&server).await.expect("the PostgreSQL server answers");
        let created = format!("create database {name}");
        sqlx::raw_sql(AssertSqlSafe(created)).execute(&mut admin).await.expect("the statement runs");
        urls.push(format!("{base}/{name}"));
    }
    urls
}

async fn loaded(url: &str) -> AnyConnection {
    let fixture = if url.starts_with("sqlite") { SQLITE } else { POSTGRES };
    let mut connection = AnyConnection::connect(url).await.expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(fixture)).execute(&mut connection).await.expect("the fixture loads");
    connection
}

async fn number(url: &str, query: &'static str) -> i64 {
    let mut connection = AnyConnection::connect(url).await.expect("a connection");
    sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("the query runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_an_earlier_program_become_cases_that_keep_every_promise() {
    let folder = tempfile::tempdir().expect("a folder");
    for url in empty(folder.path()).await {
        loaded(&url).await.close().await.expect("closed");
        let (events, entries) = (
            number(&url, "select count(*) from order_events").await,
            number(&url, "select count(*) from ledger").await,
        );
        let store = Store::open(&url).await.expect("the database is brought up to date");
        let broken = invariants::broken(&store, &procedures()).await.expect("the checks run");
        assert_eq!(broken, Vec::<String>::new(), "{url}");
        assert_eq!(number(&url, "select count(*) from case_events").await, events);
        assert_eq!(number(&url, "select count(*) from ledger").await, entries);
        let mut connection = store.read().await.expect("a connection");
        let found = sqlx::query(
            "select c.state, c.price, (select count(*) from holds h where h.case_id = c.id and h.held = 1) \
             from cases c where c.kind = 'camera-order' and c.body like '%\"version\":1,%' order by c.state, c.price",
        );
        let found = found.fetch_all(&mut *connection).await.expect("the query runs");
        let found: Vec<(String, i64, i64)> =
            found.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        let expected = ORDERS.map(|(state, price, held)| (state.code().to_owned(), price, held));
        assert_eq!(found, expected, "{url}");
    }
}
