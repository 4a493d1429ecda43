//! Every address of the program, and what a visitor, its owner and another person get there.

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, StatusCode};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::http::policy::{Policy, Routes};
use server::serve;
use server::services::orders::notice;

use crate::support::{Answer, Browser, DRIVERS_PLATE, NEW_PHONE, Site, options, site_on};
use crate::world::PHONE;

/// What a visitor, the driver and another citizen get: a status, `sign-in`, or where they are sent.
type Outcomes = [&'static str; 3];

const FOR_ALL: Outcomes = ["200", "200", "200"];
const OWN: Outcomes = ["sign-in", "200", "200"];
const DRIVERS: Outcomes = ["sign-in", "200", "404"];

/// What is read: the route as the router knows it, an address of the driver's, the outcomes. `ORDER` and `RECEIPT`
/// stand for the driver's settled order.
pub const READ: &[(&str, &str, Outcomes)] = &[
    ("/", "/", FOR_ALL),
    ("/services", "/services", FOR_ALL),
    ("/sign-in", "/sign-in", FOR_ALL),
    ("/sign-in/code", "/sign-in/code", ["/sign-in"; 3]),
    ("/sign-in/password", "/sign-in/password", FOR_ALL),
    ("/register", "/register", FOR_ALL),
    ("/register/code", "/register/code", ["/register"; 3]),
    ("/register/identity", "/register/identity", FOR_ALL),
    ("/register/identity/code", "/register/identity/code", ["/register"; 3]),
    ("/register/password", "/register/password", FOR_ALL),
    ("/register/done", "/register/done", FOR_ALL),
    ("/signed-out", "/signed-out", FOR_ALL),
    ("/me", "/me", OWN),
    ("/me/licence", "/me/licence", OWN),
    ("/me/sessions", "/me/sessions", OWN),
    ("/vehicles", "/vehicles", OWN),
    ("/vehicles/{vehicle}", "/vehicles/v1", DRIVERS),
    ("/vehicles/{vehicle}/records/{record}", "/vehicles/v1/records/r2", DRIVERS),
    ("/vehicles/{vehicle}/records/{record}/evidence", "/vehicles/v1/records/r1/evidence", DRIVERS),
    ("/vehicles/{vehicle}/records/{record}/dispute", "/vehicles/v1/records/r2/dispute", DRIVERS),
    (
        "/vehicles/{vehicle}/records/{record}/dispute/confirm",
        "/vehicles/v1/records/r2/dispute/confirm",
        DRIVERS,
    ),
    (
        "/vehicles/{vehicle}/records/{record}/disputed",
        "/vehicles/v1/records/r2/disputed",
        ["sign-in", "/vehicles/v1/records/r2", "404"],
    ),
    ("/vehicles/{vehicle}/notice", "/vehicles/v1/notice?records=r2", DRIVERS),
    ("/vehicles/{vehicle}/decision", "/vehicles/v1/decision?records=r2&agreed=yes&notice=NOTICE", DRIVERS),
    ("/vehicles/{vehicle}/confirm", "/vehicles/v1/confirm?records=r2&agreed=yes&notice=NOTICE", DRIVERS),
    ("/orders", "/orders", OWN),
    ("/orders/{order}", "/orders/ORDER", DRIVERS),
    ("/orders/{order}/cancel", "/orders/ORDER/cancel", ["sign-in", "/orders/ORDER", "404"]),
    ("/orders/{order}/pending", "/orders/ORDER/pending", ["404", "204", "404"]),
    ("/receipts", "/receipts", OWN),
    ("/receipts/{number}", "/receipts/RECEIPT", DRIVERS),
    ("/evidence/{vehicle}/{record}", "/evidence/v1/r1", ["404", "200", "404"]),
    ("/session", "/session", ["401", "204", "204"]),
    ("/verify", "/verify", FOR_ALL),
    ("/rulebook", "/rulebook", FOR_ALL),
    ("/rulebook/{rule}", "/rulebook/camera.points-total", FOR_ALL),
    ("/what-if", "/what-if", FOR_ALL),
    ("/what-if/late-fee", "/what-if/late-fee", FOR_ALL),
    ("/settings", "/settings", FOR_ALL),
    ("/outbox", "/outbox", FOR_ALL),
    ("/offline", "/offline", FOR_ALL),
    ("/not-found", "/not-found", ["404", "404", "404"]),
    ("/error/unavailable", "/error/unavailable", ["503", "503", "503"]),
    ("/error/too-many", "/error/too-many", ["429"; 3]),
    ("/error/too-large", "/error/too-large", ["413"; 3]),
    ("/error/stale", "/error/stale", FOR_ALL),
    ("/healthz", "/healthz", FOR_ALL),
    ("/readyz", "/readyz", FOR_ALL),
    ("/.well-known/lutong-keys.json", "/.well-known/lutong-keys.json", FOR_ALL),
    ("/service-worker.js", "/service-worker.js", FOR_ALL),
    ("/gateways/wechat/notifications", "/gateways/wechat/notifications", ["405", "405", "405"]),
    ("/api/v1/rulebook", "/api/v1/rulebook", FOR_ALL),
    ("/api/v1/openapi.json", "/api/v1/openapi.json", FOR_ALL),
    ("/api/v1/assessments/camera-record", "/api/v1/assessments/camera-record", ["405", "405", "405"]),
    ("/api/v1/assessments/late-fee", "/api/v1/assessments/late-fee", ["405", "405", "405"]),
    ("/api/v1/{*unknown}", "/api/v1/anything/else", ["404", "404", "404"]),
];

const BACK_TO_CONFIRM: Outcomes =
    ["sign-in", "/vehicles/v1/confirm?records=r2&agreed=yes&notice=NOTICE", "/not-found"];

/// A form target, its fields about the driver's things, the outcomes.
type Target = (&'static str, &'static [(&'static str, &'static str)], Outcomes);

/// What is sent. The last ends the sessions.
const SENT: &[Target] = &[
    ("/api/sign-in/code/send", &[("phone", NEW_PHONE)], ["/sign-in/code"; 3]),
    ("/api/sign-in/code", &[("code", "000000")], ["/sign-in/code"; 3]),
    ("/api/sign-in/password", &[("phone", PHONE), ("password", "wrong")], ["/sign-in/password"; 3]),
    ("/api/register/code/send", &[("phone", NEW_PHONE)], ["/register/code"; 3]),
    ("/api/register/code", &[("code", "000000")], ["/register/code"; 3]),
    (
        "/api/register/identity",
        &[("id_number", "530102199505053056"), ("proof", "云A33333")],
        ["/register"; 3],
    ),
    ("/api/register/identity/code/send", &[], ["/register"; 3]),
    ("/api/register/identity/code", &[("code", "000000")], ["/register"; 3]),
    ("/api/register/password", &[("password", "lutong-demo")], ["/register"; 3]),
    ("/api/settings", &[("theme", "dark")], ["/"; 3]),
    ("/api/sessions/end", &[("session", "SESSION")], ["sign-in", "/me/sessions", "/not-found"]),
    (
        "/api/records/dispute/code/send",
        &[("vehicle", "v1"), ("record", "r3")],
        ["sign-in", "/vehicles/v1/records/r3/dispute/confirm", "/not-found"],
    ),
    (
        "/api/records/dispute",
        &[("vehicle", "v1"), ("record", "r3"), ("code", "000000")],
        ["sign-in", "/vehicles/v1/records/r3/dispute/confirm", "/not-found"],
    ),
    (
        "/api/records/dispute/withdraw",
        &[("vehicle", "v1"), ("record", "r3")],
        ["sign-in", "/vehicles/v1/records/r3", "/not-found"],
    ),
    (
        "/api/orders/code/send",
        &[("vehicle", "v1"), ("records[]", "r2"), ("agreed", "yes"), ("notice", "NOTICE")],
        BACK_TO_CONFIRM,
    ),
    (
        "/api/orders/place",
        &[
            ("key", "0123456789abcdef0123"),
            ("vehicle", "v1"),
            ("records[]", "r2"),
            ("code", "000000"),
            ("agreed", "yes"),
            ("notice", "NOTICE"),
        ],
        BACK_TO_CONFIRM,
    ),
    ("/api/orders/pay", &[("order", "ORDER")], ["sign-in", "/orders/ORDER", "/not-found"]),
    ("/api/orders/cancel", &[("order", "ORDER")], ["sign-in", "/orders/ORDER", "/not-found"]),
    ("/api/sign-out", &[], ["/signed-out"; 3]),
];

fn outcome(answer: &Answer) -> String {
    match answer.location() {
        "" => answer.status.as_u16().to_string(),
        location if location.starts_with("/sign-in?next=") => "sign-in".into(),
        location => location.to_owned(),
    }
}

/// What the answer shows of the driver. The outbox shows everybody's texts, and is there in development alone.
fn shown_of_the_driver(route: &str, answer: &Answer) -> Option<&'static str> {
    let drivers = [DRIVERS_PLATE, "人民路", "*明", "138****0001"];
    drivers.into_iter().find(|text| route != "/outbox" && answer.body.contains(text))
}

/// The driver's things, by the words that stand for them in the tables.
struct Things([(&'static str, String); 4]);

impl Things {
    async fn of(site: &Site, driver: &Browser) -> Self {
        let order = driver.place(site, "v1", "r1").await;
        let receipt = driver.pay(site, &order).await;
        site.driver().await;
        let session = driver.form("/me/sessions", "/api/sessions/end").await;
        let session = session.value("session").expect("the other session").to_owned();
        let notice = notice::version(&site.world.state.rulebook);
        Self([("ORDER", order), ("RECEIPT", receipt), ("SESSION", session), ("NOTICE", notice)])
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (word, thing)| text.replace(word, thing))
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_server_stands_in_the_tables_and_does_what_its_policy_says(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let routes =
            serve::routes(&site.world.state, options(&site.world), &site.world.sandbox.origins.pages);
        let read = READ.iter().map(|(path, _, outcomes)| (*path, outcomes[0]));
        let sent = SENT.iter().map(|(path, _, outcomes)| (*path, outcomes[0]));
        let tables: BTreeMap<_, _> = read.chain(sent).collect();
        let known: BTreeSet<_> = routes.policies().keys().map(String::as_str).collect();
        assert_eq!(known, tables.keys().copied().collect::<BTreeSet<_>>());
        for (path, policy) in routes.policies() {
            let visitor = tables[path.as_str()];
            match policy {
                Policy::SignedIn => assert_eq!(visitor, "sign-in", "{path}"),
                Policy::SignedInElseNothing => assert_eq!(visitor, "404", "{path}"),
                Policy::Anyone => assert_ne!(visitor, "sign-in", "{path}"),
                Policy::Partner => assert!(path.starts_with("/gateways/"), "{path}"),
            }
        }
    }
}

#[test]
#[should_panic(expected = "/new has no policy")]
fn a_page_without_a_policy_stops_the_start() {
    drop(Routes::<()>::default().add_application(["/new".to_owned()].into_iter(), axum::Router::new()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_needs_a_session_is_kept_by_no_cache(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let things = Things::of(&site, &driver).await;
        let policies =
            serve::routes(&site.world.state, options(&site.world), &site.world.sandbox.origins.pages);
        let mut personal = 0;
        for (route, address, _) in READ {
            if policies.policies()[*route] == Policy::Anyone {
                continue;
            }
            let answer = driver.get(&things.fill(address)).await;
            if *route != "/gateways/wechat/notifications" {
                assert_eq!(answer.header("cache-control"), "no-store", "{route}");
                personal += 1;
            }
        }
        assert!(personal > 12, "{personal} routes");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_address_shows_each_person_what_is_theirs_and_nothing_else(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (visitor, driver, other) = (site.browser(), site.driver().await, site.other().await);
        let things = Things::of(&site, &driver).await;
        for (route, address, outcomes) in READ {
            for (number, browser) in [&visitor, &driver, &other].into_iter().enumerate() {
                let answer = browser.get(&things.fill(address)).await;
                assert_eq!(outcome(&answer), things.fill(outcomes[number]), "{route} for person {number}");
                let shown = shown_of_the_driver(route, &answer);
                assert!(number == 1 || shown.is_none(), "{route} shows person {number} {shown:?}");
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_person_is_not_proved_gets_what_a_visitor_gets(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let things = Things::of(&site, &driver).await;
        let unproved = site.driver().await;
        site.world.run("update accounts set person_id = null where id = 'a1'".into()).await;
        for (route, address, outcomes) in READ {
            let answer = unproved.get(&things.fill(address)).await;
            assert_eq!(outcome(&answer), outcomes[0], "{route}");
            let shown = shown_of_the_driver(route, &answer);
            assert!(shown.is_none(), "{route} shows {shown:?}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_form_answers_each_person_for_what_is_theirs_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let (visitor, driver, other) = (site.browser(), site.driver().await, site.other().await);
        let things = Things::of(&site, &driver).await;
        for (path, fields, outcomes) in SENT {
            for (number, browser) in [(0, &visitor), (2, &other), (1, &driver)] {
                site.seconds_pass(61);
                let token = browser.token().await;
                let filled: Vec<_> = fields.iter().map(|(name, value)| (*name, things.fill(value))).collect();
                let mut fields = vec![("csrf", token.as_str())];
                fields.extend(filled.iter().map(|(name, value)| (*name, value.as_str())));
                let answer = browser.post(path, &fields).await;
                assert_eq!(outcome(&answer), things.fill(outcomes[number]), "{path} for person {number}");
            }
        }
        site.world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn machines_are_asked_for_a_signature_or_for_json(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        for (path, status) in [
            ("/gateways/wechat/notifications", StatusCode::UNAUTHORIZED),
            ("/api/v1/assessments/camera-record", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("/api/v1/assessments/late-fee", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ("/api/v1/rulebook", StatusCode::METHOD_NOT_ALLOWED),
            ("/api/v1/openapi.json", StatusCode::METHOD_NOT_ALLOWED),
        ] {
            for browser in [site.browser(), site.driver().await] {
                let answer = browser.send(browser.request(Method::POST, path)).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.body);
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn outside_of_development_nobody_reads_the_outbox(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = crate::support::site_with(engine, |state| state.development = false).await {
        for browser in [site.browser(), site.driver().await] {
            assert_eq!(browser.get("/outbox").await.status, StatusCode::NOT_FOUND);
        }
    }
}
