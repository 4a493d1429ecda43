//! A world for one test: a store of its own, a clock that stands, the payment sandbox on a socket, one driver with a
//! vehicle and records in Kunming. Whoever opens it listens for the sandbox's notifications.

use std::sync::Arc;

use rules::person::IdentityLevel;
use rules::rulebook::Rulebook;
use server::address::Proxies;
use server::caller::Person;
use server::clock::{Clock, FixedClock};
use server::config::LimitSettings;
use server::db::{Engine, Fault, Store, outbox};
use server::gateways::wechat::client::Merchant;
use server::gateways::wechat::{Client, settings};
use server::invariants;
use server::sandbox::{self, Faults, Origins, Sandbox, Shared};
use server::sealing::Sealer;
use server::services;
use server::signing::Signer;
use server::state::State;
use sqlx::AssertSqlSafe;
use tempfile::TempDir;
use tokio::net::TcpListener;

mod databases;
mod keys;

pub const NOW: &str = "2026-11-18T02:00:00Z";
/// Where the sandbox notifies, on the listener that comes with the world.
pub const NOTIFICATIONS: &str = "/gateways/wechat/notifications";
/// Where people reach the program, and the merchant's registered origin.
const ORIGIN: &str = "http://127.0.0.1:3000";
pub const PHONE: &str = "13800000001";
/// The keys that seal personal text.
pub const SEAL_KEYS: &str = "t:5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
/// The key that signs receipts.
pub const RECEIPT_KEYS: &str =
    "r1:secret:2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b:2026-01-01";
pub const ID_NUMBER: &str = "530102199001011231";

pub struct World {
    pub state: State,
    pub clock: Arc<FixedClock>,
    pub sandbox: Shared,
    pub driver: Person,
    /// Of the store.
    pub url: String,
    pub folder: TempDir,
}

/// A world on the engine, with the listener that the sandbox notifies; none where there is no server of the engine.
pub async fn opened(engine: Engine) -> Option<(World, TcpListener)> {
    let folder = tempfile::tempdir().expect("a folder");
    let url = databases::fresh(engine, folder.path()).await?;
    Some(World::open(&url, folder).await)
}

impl World {
    async fn open(url: &str, folder: TempDir) -> (Self, TcpListener) {
        let clock = FixedClock::at(NOW.parse().expect("a moment"), 7);
        let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        let keys = folder.path().join("wechat");
        self::keys::copy_to(&keys);
        let (pay, pages, hear) = (listener().await, listener().await, listener().await);
        let origins = Origins { api: origin(&pay), pages: origin(&pages), domain: ORIGIN.into() };
        let sandbox = Sandbox::open(&keys, Arc::clone(&shared), origins.clone()).expect("a sandbox");
        tokio::spawn(axum::serve(pay, sandbox::router(Arc::clone(&sandbox))).into_future());
        let cashier = sandbox::pages(Arc::clone(&sandbox));
        let cashier = cashier.into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(axum::serve(pages, cashier).into_future());
        let merchant = Merchant {
            url: origins.api,
            pages: vec![origins.pages],
            notify_url: format!("{}{NOTIFICATIONS}", origin(&hear)),
            origin: ORIGIN.into(),
            id: settings::SANDBOX_MERCHANT.into(),
            app: settings::SANDBOX_APP.into(),
            serial: settings::SANDBOX_SERIAL.into(),
            keys,
        };
        let client = Client::new(merchant, Arc::clone(&shared)).expect("keys");
        let sealer = Sealer::from_keys(SEAL_KEYS).expect("a key");
        let state = State {
            store: Store::open(url).await.expect("a store"),
            sealer: Arc::new(sealer),
            signer: Arc::new(Signer::from_keys(RECEIPT_KEYS).expect("a key")),
            rulebook: Arc::new(Rulebook::shipped()),
            procedures: services::procedures(),
            payment: Arc::new(client),
            origin: ORIGIN.into(),
            development: true,
            evidence: folder.path().to_owned(),
            sms: None,
            limits: Arc::new(LimitSettings::Generous.limits()),
            last_uses: Arc::default(),
            proxies: Proxies::default(),
            clock: shared,
        };
        let driver = seed(&state).await;
        (Self { state, clock, sandbox, driver, url: url.to_owned(), folder }, hear)
    }

    pub fn engine(&self) -> Engine {
        self.state.store.engine()
    }

    pub fn faults(&self, faults: Faults) {
        *self.sandbox.faults.lock().expect("the faults") = faults;
    }

    pub async fn run(&self, statement: String) {
        run(&self.state, statement).await;
    }

    /// Whether the statement could be run.
    pub async fn try_run(&self, statement: String) -> bool {
        try_run(&self.state, statement).await.is_ok()
    }

    pub async fn number(&self, query: &str) -> i64 {
        let mut connection = self.state.store.read().await.expect("a connection");
        let found = sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_one(&mut *connection).await;
        found.expect("the query runs")
    }

    pub async fn text(&self, query: &str) -> Option<String> {
        let mut connection = self.state.store.read().await.expect("a connection");
        let found =
            sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_optional(&mut *connection).await;
        found.expect("the query runs")
    }

    /// The code of the newest SMS text in the outbox.
    pub async fn newest_code(&self) -> String {
        let mut connection = self.state.store.read().await.expect("a connection");
        let newest = outbox::newest_of_kind(&mut connection, "sms", 1).await.expect("the outbox").remove(0);
        let text = self
            .state
            .sealer
            .open(&format!("outbox:{}:body", newest.id), &newest.body)
            .expect("sealed by us");
        text.rsplit_once('#').expect("a bound code").1.to_owned()
    }

    /// Texts that went to the phone, oldest first; the newest hundred.
    pub async fn texts_to(&self, phone: &str) -> Vec<String> {
        let mut connection = self.state.store.read().await.expect("a connection");
        let rows = outbox::newest_of_kind(&mut connection, "sms", 100).await.expect("the outbox");
        let open = |id: &str, part: &str, sealed: &str| {
            self.state.sealer.open(&format!("outbox:{id}:{part}"), sealed).expect("sealed by us")
        };
        let to_phone = rows.iter().rev().filter(|row| open(&row.id, "recipient", &row.recipient) == phone);
        to_phone.map(|row| open(&row.id, "body", &row.body)).collect()
    }

    /// Presses a button on the provider's page.
    pub async fn press(&self, page: &str, outcome: &str) {
        let page = page.split("&redirect_url").next().expect("an address");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = client.post(page).header(http::header::REFERER, format!("{ORIGIN}/"));
        let sent = request.form(&[("outcome", outcome)]).send().await.expect("the cashier answers");
        assert!(sent.status().is_success(), "{}", sent.status());
    }

    pub async fn every_promise_holds(&self) {
        let broken =
            invariants::broken(&self.state.store, &self.state.procedures).await.expect("the checks run");
        assert_eq!(broken, Vec::<String>::new(), "{:?}", self.engine());
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

fn origin(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn run(state: &State, statement: String) {
    try_run(state, statement).await.expect("the statement runs");
}

async fn try_run(state: &State, statement: String) -> Result<(), Fault> {
    let ran = state.store.write(statement, move |connection, statement| {
        Box::pin(
            async move { Ok(sqlx::query(AssertSqlSafe(statement)).execute(connection).await.map(drop)?) },
        )
    });
    ran.await
}

async fn seed(state: &State) -> Person {
    let id = state.sealer.look_up("person", ID_NUMBER);
    let place = |what: &str| format!("persons:{id}:{what}");
    let name = state.sealer.seal(&*state.clock, &place("name"), "李明");
    let number = state.sealer.seal(&*state.clock, &place("id_number"), ID_NUMBER);
    let phone = state.sealer.seal(&*state.clock, "accounts:a1:phone", PHONE);
    let registry_phone = state.sealer.seal(&*state.clock, &place("phone"), PHONE);
    let phone_hash = state.sealer.look_up("phone", PHONE);
    let file = state.sealer.seal(&*state.clock, &format!("licences:{id}:file_number"), "530100123456");
    let at = state.clock.now().timestamp_millis();
    let violated = at - 5 * 86_400_000;
    let mut statements = vec![
        format!(
            "insert into persons (id, name, id_number, phone, updated_at) \
             values ('{id}', '{name}', '{number}', '{registry_phone}', {at})"
        ),
        format!(
            "insert into accounts (id, phone_hash, phone, person_id, password, identity, created_at) \
             values ('a1', '{phone_hash}', '{phone}', '{id}', '-', 'real-person', {at})"
        ),
        format!(
            "insert into licences values ('{id}', '{file}', '-', 'C1', 'normal', '2015-03-01', '2031-03-01', '', {at})"
        ),
        format!(
            "insert into vehicles (id, plate, kind, usage, states, owner_kind, owner_id, updated_at) values ('v1', '云A12345', 'small', 'non-operating', 'normal', 'person', '{id}', {at})"
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
        run(state, statement).await;
    }
    Person { id, account_id: "a1".into(), identity: IdentityLevel::RealPerson }
}
