//! Nothing personal in logs, addresses, the store's file or error pages.

use app::api::ServiceError;
use http::{Method, StatusCode};
use leptos::prelude::{Owner, provide_context};
use leptos::reactive::computed::ScopedFuture;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::reference::Reference;

use crate::journal;
use crate::support::{
    Answer, Browser, DRIVERS_PLATE, NEW_ID_NUMBER, NEW_PASSWORD, NEW_PHONE, NEW_PLATE, PASSWORD, Site,
    site_on,
};
use crate::world::{ID_NUMBER, PHONE};

/// What must not be seen outside, gathered along the way.
struct Secrets(Vec<String>);

impl Secrets {
    fn of_people() -> Self {
        let known = [PHONE, NEW_PHONE, ID_NUMBER, NEW_ID_NUMBER, PASSWORD, NEW_PASSWORD, "李明", "王芳"];
        Self(known.map(str::to_owned).to_vec())
    }

    async fn add_code(&mut self, site: &Site) -> String {
        let code = site.world.newest_code().await;
        self.0.push(code.clone());
        code
    }

    async fn add_browser(&mut self, browser: &Browser) {
        self.0.extend(
            browser
                .cookies()
                .into_iter()
                .filter(|(name, _)| name.starts_with("__Host-"))
                .map(|(_, value)| value),
        );
        self.0.push(browser.token().await);
    }

    fn none_in(&self, what: &str, text: &str) {
        for secret in &self.0 {
            let mut rest = text;
            while let Some((before, after)) = rest.split_once(secret.as_str()) {
                // Six digits may stand within a longer number by chance.
                let inside = before.ends_with(|last: char| last.is_ascii_alphanumeric())
                    || after.starts_with(|next: char| next.is_ascii_alphanumeric());
                let start = before.char_indices().rev().nth(200).map_or(0, |(index, _)| index);
                assert!(inside && secret.len() == 6, "{what} has {secret} after {}", &before[start..]);
                rest = after;
            }
        }
    }
}

/// Registers a new person, handles and pays a record, disputes one, and errs at every step.
async fn journey(site: &Site, secrets: &mut Secrets) -> Vec<Browser> {
    let visitor = site.browser();
    visitor.submit("/register", "/api/register/code/send", &[("phone", NEW_PHONE)]).await;
    visitor.submit("/register", "/api/register/code/send", &[("phone", NEW_PHONE)]).await;
    let code = secrets.add_code(site).await;
    visitor.submit("/register/code", "/api/register/code", &[("code", "12345")]).await;
    visitor.submit("/register/code", "/api/register/code", &[("code", &code)]).await;
    for (id_number, proof) in
        [(ID_NUMBER, NEW_PLATE), (NEW_ID_NUMBER, "云A99999"), (NEW_ID_NUMBER, NEW_PLATE)]
    {
        let fields = [("id_number", id_number), ("proof", proof)];
        visitor.submit("/register/identity", "/api/register/identity", &fields).await;
    }
    secrets.add_browser(&visitor).await;
    let fields = [("password", NEW_PASSWORD)];
    let made = visitor.submit("/register/password", "/api/register/password", &fields).await;
    assert_eq!(made.location(), "/register/done");
    secrets.add_browser(&visitor).await;

    site.seconds_pass(1);
    let driver = site.browser();
    driver.sign_in(PHONE, "not-the-password").await;
    driver.submit("/sign-in", "/api/sign-in/code/send", &[("phone", PHONE)]).await;
    let code = secrets.add_code(site).await;
    secrets.add_browser(&driver).await;
    driver.submit("/sign-in/code", "/api/sign-in/code", &[("code", &code)]).await;
    assert!(driver.is_signed_in().await);
    secrets.add_browser(&driver).await;
    let form = driver.order_form(site, "v1", "r1").await;
    secrets.add_code(site).await;
    driver.post("/api/orders/place", &form.clone().with(&[("code", "000000")]).pairs()).await;
    let placed = driver.post("/api/orders/place", &form.pairs()).await;
    let order = placed.location().strip_prefix("/orders/").expect("an order").to_owned();
    let receipt = driver.pay(site, &order).await;
    let (sent, code) = driver.ask_to_dispute(site, "v1", "r3").await;
    secrets.0.extend(code.clone());
    driver
        .submit(sent.location(), "/api/records/dispute", &[("code", code.as_deref().unwrap_or_default())])
        .await;
    for page in
        ["/", "/me", "/me/licence", "/me/sessions", "/vehicles", "/vehicles/v1", "/orders", "/receipts"]
    {
        assert_eq!(driver.get(page).await.status, StatusCode::OK, "{page}");
    }
    assert_eq!(driver.get(&format!("/receipts/{receipt}")).await.status, StatusCode::OK);
    driver.submit("/me", "/api/sign-out", &[]).await;
    vec![visitor, driver]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_log_line_and_no_address_holds_anything_personal(#[values(Sqlite, Postgres)] engine: Engine) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let mut secrets = Secrets::of_people();
        for browser in journey(&site, &mut secrets).await {
            for address in browser.addresses() {
                secrets.none_in("an address", &address);
            }
        }
        let log = journal::text();
        assert!(log.contains("/api/orders/place"), "the log was kept");
        secrets.none_in("the log", &log);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn pages_show_numbers_masked(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let receipt = driver.pay(&site, &order).await;
        let me = driver.get("/me").await.body;
        assert!(me.contains("530***********1231"), "the masked number is shown");
        for page in [
            "/me",
            "/me/licence",
            "/vehicles/v1",
            &format!("/orders/{order}"),
            &format!("/receipts/{receipt}"),
        ] {
            let body = driver.get(page).await.body;
            for secret in [ID_NUMBER, PHONE, "530100123456"] {
                assert!(!body.contains(secret), "{page} shows {secret}");
            }
            // A receipt is worth nothing without the name of its owner, who alone sees it.
            assert_eq!(body.contains("李明"), page.starts_with("/receipts/"), "{page}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_line_break_in_what_is_typed_breaks_no_line_of_the_log(#[values(Sqlite, Postgres)] engine: Engine) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let forged = "\r\n{\"level\":\"ERROR\",\"fields\":{\"message\":\"forged\"}}\r\n";
        let encoded = "%0d%0a%7B%22forged%22:1%7D%0a";
        for path in ["/vehicles/", "/orders/", "/evidence/v1/", "/rulebook/", "/what-if?plate=", "/api/v1/"] {
            driver.get(&format!("{path}{encoded}")).await;
        }
        let plate = format!("云A{forged}");
        driver.submit("/sign-in", "/api/sign-in/code/send", &[("phone", &plate)]).await;
        let token = driver.token().await;
        let fields =
            [("csrf", token.as_str()), ("vehicle", &plate), ("records[]", &plate), ("code", "000000")];
        for path in ["/api/records/dispute", "/api/orders/place", "/api/orders/code/send", "/api/orders/pay"]
        {
            driver.post(path, &fields).await;
        }
        let json = format!("{{\"identity\":{}}}", serde_json::Value::from(plate.as_str()));
        let request = driver.request(Method::POST, "/api/v1/assessments/camera-record");
        driver.send(request.header("content-type", "application/json").body(json)).await;
        let log = journal::text();
        assert!(log.lines().count() > 10, "the log was kept");
        for line in log.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("every line is one JSON object");
            assert_ne!(line["fields"]["message"], "forged");
            assert!(line["timestamp"].is_string(), "{line}");
        }
    }
}

fn tells_nothing(answer: &Answer, what: &str) {
    let body = answer.body.to_lowercase();
    for word in [
        "select ",
        "insert ",
        "no such table",
        "does not exist",
        "camera_records",
        "sqlx",
        "sqlite",
        "postgres",
        "panicked",
        ".rs:",
        "/work/",
        "/home/",
        "/root/",
        "/tmp/",
        "backtrace",
        "internal server error",
    ] {
        assert!(!body.contains(word), "{what} shows '{word}': {body}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_a_request_has_its_reference_and_a_hash_of_the_account(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let visited = site.browser().get("/rulebook").await;
        let driver = site.driver().await;
        let shown = [driver.get("/vehicles").await, driver.get("/orders").await];
        let account = |answer: &Answer| {
            let (text, reference) = (journal::text(), answer.header("x-request-id"));
            let lines: Vec<serde_json::Value> = text
                .lines()
                .filter(|line| line.contains(reference))
                .map(|line| serde_json::from_str(line).expect("a line is JSON"))
                .collect();
            let answered = lines.iter().find(|line| line["fields"]["message"] == "answered").expect("a line");
            assert!(lines.iter().all(|line| line["span"]["reference"] == reference), "{lines:?}");
            answered["span"]["account"].as_str().map(str::to_owned)
        };
        assert_eq!(account(&visited), None);
        let [vehicles, orders] = shown.each_ref().map(account);
        assert_eq!(vehicles.as_ref().map(String::len), Some(12));
        assert_eq!(vehicles, orders, "requests of one account belong together");
        assert_ne!(vehicles.as_deref(), Some("a1"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_store_shows_a_reference_and_nothing_of_itself(#[values(Sqlite, Postgres)] engine: Engine) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        site.world.run("drop table camera_records".into()).await;
        for page in ["/vehicles", "/vehicles/v1", "/vehicles/v1/records/r1", "/vehicles/v1/notice?records=r1"]
        {
            let answer = driver.get(page).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
            tells_nothing(&answer, page);
            let reference = answer.header("x-request-id");
            assert!(answer.body.contains(reference), "{page} names its reference");
            let told = journal::text()
                .lines()
                .any(|line| line.contains("a request failed") && line.contains(reference));
            assert!(told, "the log tells of the failure under the reference");
        }
        let placed = driver.post("/api/orders/place", &form.pairs()).await;
        tells_nothing(&placed, "the form's answer");
        assert!(placed.location().starts_with("/vehicles/v1/confirm?records=r1&agreed=yes"));
        tells_nothing(&driver.get(placed.location()).await, "the form's page");
        assert_eq!(driver.get("/evidence/v1/r1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            site.world.number("select count(*) from cases").await,
            0,
            "what can't be judged is refused"
        );
        assert_eq!(driver.get("/rulebook").await.status, StatusCode::OK, "the rest goes on");
    }
}

/// A page whose loading is finished by another task, as happens when the store answers late.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_keeps_its_reference_on_whatever_task_it_is_met() {
    journal::start();
    let reference = Reference::random();
    let owner = Owner::new();
    owner.with(|| provide_context(reference.clone()));
    let failing = owner.with(|| {
        ScopedFuture::new(async {
            tokio::task::yield_now().await;
            ServiceError::from(Fault::Internal("the store is gone".into()))
        })
    });
    let error = tokio::spawn(failing).await.expect("it does not panic");
    assert_eq!(error, ServiceError::Unavailable { reference: reference.to_string() });
    assert!(journal::text().contains(&reference.to_string()), "the log has the reference");
    let job = ServiceError::from(Fault::Internal("a job failed".into()));
    let ServiceError::Unavailable { reference } = job else { panic!("{job}") };
    assert!(reference.len() == 16 && journal::text().contains(&reference), "a job's failure has its own");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_recognised_is_told_of_the_outage_and_not_signed_out(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        site.world.run("drop table sessions".into()).await;
        let session = driver.cookie("__Host-session");
        for path in ["/me", "/vehicles/v1", "/evidence/v1/r1", "/session"] {
            let answer = driver.get(path).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert_eq!(answer.set_cookie("__Host-session"), None);
            tells_nothing(&answer, path);
            let reference = answer.header("x-request-id");
            assert!(answer.body.contains(reference), "{path} names its reference");
            assert!(journal::text().contains(reference), "the log has the reference");
        }
        assert_eq!(driver.cookie("__Host-session"), session);
        let visitor = site.browser();
        assert_eq!(visitor.get("/me").await.location(), "/sign-in?next=/me");
        let sent = visitor.sign_in(PHONE, PASSWORD).await;
        tells_nothing(&sent, "signing in");
        tells_nothing(&visitor.get(sent.location()).await, "the page after it");
        assert_eq!(sent.set_cookie("__Host-session"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_the_store_holds_nothing_personal_in_clear() {
    if let Some(site) = site_on(Sqlite).await {
        let mut secrets = Secrets::of_people();
        journey(&site, &mut secrets).await;
        let mut bytes = Vec::new();
        for name in ["test.db", "test.db-wal"] {
            bytes.extend(std::fs::read(site.world.state.evidence.join(name)).unwrap_or_default());
        }
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(DRIVERS_PLATE), "the file was read");
        secrets.none_in("the file", &text);
    }
}
