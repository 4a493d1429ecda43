//! A world for one test: a store of its own, a clock that stands, the payment sandbox on a socket, one driver with a
//! vehicle and records in Kunming.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::HeaderMap;
use rules::Moment;
use rules::order::OrderState;
use rules::person::IdentityLevel;
use rules::rulebook::Rulebook;
use server::clock::{Clock, FixedClock, SystemClock};
use server::config::LimitSettings;
use server::db::orders::OrderKey;
use server::db::{Engine, Store, outbox};
use server::gateways::wechat;
use server::http::current::Person;
use server::invariants;
use server::sandbox::{self, Faults, Sandbox, Shared};
use server::sealing::Sealer;
use server::services::accounts::codes;
use server::services::orders::place::{self, Placing};
use server::services::orders::selection::Chosen;
use server::services::payments::{notified, open};
use server::signing::Signer;
use server::state::State;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const NOW: &str = "2026-11-18T02:00:00Z";

pub struct World {
    pub state: State,
    pub clock: Arc<FixedClock>,
    pub sandbox: Shared,
    pub driver: Person,
    _folder: TempDir,
}

/// The database URLs to test on: SQLite always, PostgreSQL where the environment names a server.
async fn databases(folder: &TempDir) -> Vec<String> {
    let mut urls = vec![format!("sqlite://{}/test.db", folder.path().display())];
    if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
        let clock: &dyn Clock = &SystemClock;
        let name = format!("test_{}", hex::encode(clock.random::<8>()));
        let admin = Store::connect_admin(&server).await.expect("the PostgreSQL server answers");
        sqlx::query(AssertSqlSafe(format!("create database {name}")))
            .execute(&admin)
            .await
            .expect("a database");
        let base = server.rsplit_once('/').expect("a URL with a database").0;
        urls.push(format!("{base}/{name}"));
    }
    urls
}

/// One world per engine.
pub async fn worlds() -> Vec<World> {
    let first = tempfile::tempdir().expect("a folder");
    let mut worlds = Vec::new();
    for url in databases(&first).await {
        let folder = tempfile::tempdir().expect("a folder");
        let url = if url.starts_with("sqlite") {
            format!("sqlite://{}/test.db", folder.path().display())
        } else {
            url
        };
        worlds.push(World::open(&url, folder).await);
    }
    worlds
}

impl World {
    async fn open(url: &str, folder: TempDir) -> Self {
        let clock = FixedClock::at(NOW.parse().expect("a moment"), 7);
        let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        let keys = folder.path().join("wechat");
        let pay = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let hear = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (pay_url, hear_url) = (origin(&pay), origin(&hear));
        let sandbox =
            Sandbox::open(&keys, Arc::clone(&shared), hear_url.clone(), pay_url.clone()).expect("a sandbox");
        tokio::spawn(axum::serve(pay, sandbox::router(Arc::clone(&sandbox))).into_future());
        let client =
            wechat::Client::from_keys(&keys, &pay_url, &hear_url, Arc::clone(&shared)).expect("keys");
        let sealer = Sealer::from_keys(&format!("t:{}", "5a".repeat(32))).expect("a key");
        let state = State {
            store: Store::open(url).await.expect("a store"),
            sealer: Arc::new(sealer),
            signer: Arc::new(Signer::from_file(&folder.path().join("sign.key"), &*shared).expect("a key")),
            rulebook: Arc::new(Rulebook::shipped()),
            payment: Arc::new(client),
            origin: "http://127.0.0.1:3000".into(),
            development: true,
            evidence: folder.path().to_owned(),
            sms: None,
            limits: Arc::new(LimitSettings::Generous.limits()),
            clock: shared,
        };
        let listening = state.clone();
        let heard = Router::new().route(
            "/",
            post(move |headers: HeaderMap, body: Bytes| {
                let state = listening.clone();
                async move { notified::notified(&state, &headers, &body).await }
            }),
        );
        tokio::spawn(axum::serve(hear, heard).into_future());
        let driver = seed(&state).await;
        Self { state, clock, sandbox, driver, _folder: folder }
    }

    pub fn engine(&self) -> Engine {
        self.state.store.engine()
    }

    pub fn faults(&self, faults: Faults) {
        *self.sandbox.faults.lock().expect("the faults") = faults;
    }

    pub async fn run(&self, statement: String) {
        let ran = self.state.store.write(move |connection| {
            let statement = statement.clone();
            Box::pin(
                async move { Ok(sqlx::query(AssertSqlSafe(statement)).execute(connection).await.map(drop)?) },
            )
        });
        ran.await.expect("the statement runs");
    }

    pub async fn text(&self, query: &str) -> Option<String> {
        let mut connection = self.state.store.read().await.expect("a connection");
        let found =
            sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_optional(&mut *connection).await;
        found.expect("the query runs")
    }

    pub async fn number(&self, query: &str) -> i64 {
        let mut connection = self.state.store.read().await.expect("a connection");
        let found = sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&mut *connection).await;
        found.expect("the query runs")
    }

    pub fn chosen(&self, records: &[&str]) -> Chosen {
        let records: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
        Chosen::parse("v1", &records).expect("a selection")
    }

    /// Sends a code for the selection and reads it from the outbox.
    pub async fn code(&self, chosen: &Chosen) -> String {
        self.clock.advance(chrono::TimeDelta::seconds(61));
        codes::send_to_person(&self.state, &self.driver, &chosen.digest(), "127.0.0.1")
            .await
            .expect("a code goes out");
        let mut connection = self.state.store.read().await.expect("a connection");
        let newest = outbox::newest_of_kind(&mut connection, "sms", 1).await.expect("the outbox").remove(0);
        let text = self
            .state
            .sealer
            .open(&format!("outbox:{}:body", newest.id), &newest.body)
            .expect("sealed by us");
        text.rsplit_once('#').expect("a bound code").1.to_owned()
    }

    pub fn placing(&self, key: &str, chosen: &Chosen, code: &str) -> Placing {
        let (person, chosen) = (self.driver.clone(), chosen.clone());
        Placing { person, key: format!("{key:0>20}"), chosen, code: code.to_owned() }
    }

    pub async fn placed(&self, records: &[&str]) -> OrderKey {
        let chosen = self.chosen(records);
        let code = self.code(&chosen).await;
        let placing = self.placing(&records.concat(), &chosen, &code);
        match place::place(&self.state, placing).await.expect("an order") {
            app::api::orders::Placed::Order(id) => OrderKey { person_id: self.driver.id.clone(), id },
            app::api::orders::Placed::Refused => panic!("the selection was refused"),
        }
    }

    pub async fn open_payment(&self, order: &OrderKey) -> String {
        open::open(&self.state, order, &self.driver.account_id).await.expect("the payment opens")
    }

    /// Presses a button on the provider's page.
    pub async fn press(&self, page: &str, outcome: &str) {
        let page = page.split('?').next().expect("an address");
        let sent = reqwest::Client::builder().no_proxy().build().expect("a client");
        let sent = sent.post(page).form(&[("outcome", outcome)]).send().await.expect("the cashier answers");
        assert!(sent.status().is_success(), "{}", sent.status());
    }

    pub async fn order_state(&self, order: &OrderKey) -> OrderState {
        let text = self.text(&format!("select state from orders where id = '{}'", order.id)).await;
        OrderState::from_code(&text.expect("the order")).expect("a state")
    }

    /// Waits until the order is in the state: notifications take their time.
    pub async fn until(&self, order: &OrderKey, state: OrderState) {
        for _ in 0..200 {
            if self.order_state(order).await == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{:?}: {:?} instead of {state:?}", self.engine(), self.order_state(order).await);
    }

    pub async fn every_promise_holds(&self) {
        let broken = invariants::broken(&self.state.store).await.expect("the checks run");
        assert_eq!(broken, Vec::<String>::new(), "{:?}", self.engine());
    }
}

fn origin(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn seed(state: &State) -> Person {
    let id = state.sealer.look_up("person", "530102199001011234");
    let place = |what: &str| format!("persons:{id}:{what}");
    let name = state.sealer.seal(&*state.clock, &place("name"), "李明");
    let number = state.sealer.seal(&*state.clock, &place("id_number"), "530102199001011234");
    let phone = state.sealer.seal(&*state.clock, "accounts:a1:phone", "13800000001");
    let at = state.clock.now().timestamp_millis();
    let violated = at - 5 * 86_400_000;
    let mut statements = vec![
        format!("insert into persons values ('{id}', '{name}', '{number}', {at})"),
        format!("insert into accounts values ('a1', 'hash', '{phone}', '{id}', '-', 'real-person', {at})"),
        format!(
            "insert into licences values ('{id}', '-', '-', 'C1', 'normal', '2015-03-01', '2031-03-01', '', {at})"
        ),
        format!(
            "insert into vehicles values ('v1', '云A12345', 'small', 'non-operating', 'normal', 'person', '{id}', {at})"
        ),
    ];
    for (record, points) in [("r1", 3), ("r2", 3), ("r3", 3), ("r4", 3), ("r5", 0)] {
        let code = if points == 0 { "1039" } else { "1301" };
        statements.push(format!(
            "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, \
             points, registry_state, registry_disputed, updated_at, state, disputed) values ('v1', '{record}', '{code}', \
             '人民路', '530102', {violated}, 'device', 'fine', 20000, {points}, 'unprocessed', 0, {at}, 'unprocessed', 0)"
        ));
    }
    for statement in statements {
        let ran = state.store.write(move |connection| {
            let statement = statement.clone();
            Box::pin(
                async move { Ok(sqlx::query(AssertSqlSafe(statement)).execute(connection).await.map(drop)?) },
            )
        });
        ran.await.expect("seeding");
    }
    Person {
        id,
        account_id: "a1".into(),
        identity: IdentityLevel::RealPerson,
        phone_masked: "138****0001".into(),
    }
}

/// So far in the future from the test's beginning.
pub fn later(minutes: i64) -> Moment {
    NOW.parse::<Moment>().expect("a moment") + chrono::TimeDelta::minutes(minutes)
}
