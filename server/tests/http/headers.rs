//! What every answer carries, whatever kind of answer it is.

use std::sync::Arc;

use http::{Method, StatusCode};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::http::forms::LARGEST;
use server::http::policy::{Policy, Routes};
use server::limits::Limits;

use crate::support::{Answer, Browser, HASHED, Site, site_on, site_with};

const JSON: &str = "application/json";

/// One answer of every kind, by name.
async fn answers(site: &Site) -> Vec<(&'static str, StatusCode, Answer)> {
    let (visitor, driver) = (site.browser(), site.driver().await);
    let token = driver.token().await;
    let large = "x".repeat(LARGEST + 1);
    let unknown = visitor.request(Method::POST, "/gateways/wechat/notifications").body("{}");
    let json = visitor.request(Method::POST, "/api/v1/assessments/late-fee").header("content-type", JSON);
    let mut answers = Vec::new();
    for (name, status, path) in [
        ("home", StatusCode::OK, "/"),
        ("redirect to sign in", StatusCode::SEE_OTHER, "/me"),
        ("no such page", StatusCode::NOT_FOUND, "/no/such/page"),
        ("no such picture", StatusCode::NOT_FOUND, "/evidence/v1/r1"),
        ("failure", StatusCode::SERVICE_UNAVAILABLE, "/error/unavailable"),
        ("JSON", StatusCode::OK, "/api/v1/rulebook"),
        ("JSON not found", StatusCode::NOT_FOUND, "/api/v1/nothing"),
        ("JSON wrong method", StatusCode::METHOD_NOT_ALLOWED, "/api/v1/assessments/late-fee"),
        ("form by GET", StatusCode::METHOD_NOT_ALLOWED, "/api/sign-out"),
        ("hashed file", StatusCode::OK, HASHED),
        ("no such file", StatusCode::NOT_FOUND, "/pkg/nothing.css"),
        ("plain file", StatusCode::OK, "/manifest.webmanifest"),
        ("worker", StatusCode::OK, "/service-worker.js"),
        ("health", StatusCode::OK, "/healthz"),
    ] {
        answers.push((name, status, visitor.get(path).await));
    }
    for (name, status, path) in [
        ("own page", StatusCode::OK, "/me"),
        ("own picture", StatusCode::OK, "/evidence/v1/r1"),
        ("another's vehicle", StatusCode::NOT_FOUND, "/vehicles/v2"),
    ] {
        answers.push((name, status, driver.get(path).await));
    }
    let stale = driver.post("/api/sign-out", &[]).await;
    answers.push(("stale form", StatusCode::SEE_OTHER, stale));
    let sent = driver.post("/api/settings", &[("csrf", &token), ("size", "large")]).await;
    answers.push(("form", StatusCode::FOUND, sent));
    let sent = driver.post("/api/settings", &[("csrf", &token), ("size", &large)]).await;
    answers.push(("too large a form", StatusCode::PAYLOAD_TOO_LARGE, sent));
    answers.push(("unsigned notification", StatusCode::UNAUTHORIZED, visitor.send(unknown).await));
    answers.push(("JSON problem", StatusCode::BAD_REQUEST, visitor.send(json.body("{")).await));
    answers
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_tells_the_browser_what_it_may_do(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        for (name, status, answer) in answers(&site).await {
            assert_eq!(answer.status, status, "{name}");
            let policy = answer.header("content-security-policy");
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.split(';').any(|given| given.trim() == part), "{name} lacks {part}: {policy}");
            }
            for word in ["unsafe-inline", "'unsafe-eval'", "*", "http:", "https:"] {
                let found = policy.replace(&site.world.sandbox.origins.pages, "").contains(word);
                assert!(!found, "{name} has {word}: {policy}");
            }
            for (header, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("x-frame-options", "DENY"),
                ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ] {
                assert_eq!(answer.header(header), value, "{name}: {header}");
            }
            let permissions = answer.header("permissions-policy");
            for feature in ["geolocation=()", "camera=()", "microphone=()"] {
                assert!(permissions.contains(feature), "{name}: {permissions}");
            }
            assert!(!answer.header("x-request-id").is_empty(), "{name} has no reference");
            assert_eq!(answer.header("server"), "", "{name}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_order_names_our_origin_to_the_providers_page(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let page = format!("/orders/{order}");
        let paying = driver.submit(&page, "/api/orders/pay", &[]).await;
        let provider = &site.world.sandbox.origins.pages;
        assert!(paying.location().starts_with(provider), "{}", paying.location());
        let shown = driver.get(&page).await;
        let policy = shown.header("content-security-policy");
        assert!(policy.contains(&format!("form-action 'self' {provider};")), "{policy}");
        // A redirect's own policy replaces the one of the page that it came from.
        for answer in [&shown, &paying] {
            assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
        }
        for elsewhere in ["/orders", "/me", "/vehicles/v1", "/receipts"] {
            assert_eq!(driver.get(elsewhere).await.header("referrer-policy"), "same-origin", "{elsewhere}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_one_failed_request_in_every_profile() {
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;
    let failing = get(|| async {
        if true {
            panic!("a bug")
        }
    });
    let failing = Routes::default().add(Policy::Anyone, "/", failing);
    let request = http::Request::get("/").body(Body::empty()).expect("a request");
    let answer = server::http::wrap(failing).oneshot(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.headers().contains_key("x-request-id"));
    let profiles = include_str!("../../../Cargo.toml");
    assert!(!profiles.contains("panic = \"abort\""), "a panic ends one request, not the program");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_told_so_with_the_same_headers_and_when_to_come_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, |state| state.limits = Arc::new(Limits::new(1, 1, 10, 100))).await {
        let visitor = site.browser();
        let token = visitor.token().await;
        let page = visitor.post("/api/settings", &[("csrf", &token)]).await;
        assert_eq!(page.location(), "/");
        let page = visitor.post("/api/settings", &[("csrf", &token)]).await;
        assert_eq!(visitor.get("/api/v1/rulebook").await.status, StatusCode::OK);
        let json = visitor.get("/api/v1/rulebook").await;
        assert_eq!(json.header("content-type"), JSON);
        for answer in [page, json] {
            assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
            let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=60).contains(&seconds), "{seconds}");
            assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_runs_scripts_of_its_own_nonce_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let page = browser.get("/").await;
            let policy = page.header("content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
            let nonce = nonce.expect("a nonce").to_owned();
            assert!(nonce.len() >= 16, "{nonce}");
            for script in page.body.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap_or_default();
                let outside = tag.contains("src=\"/");
                assert!(outside || tag.contains(&format!("nonce=\"{nonce}\"")), "<script{tag}>");
            }
            for word in [" onclick=", " onload=", " style=\"", "javascript:"] {
                assert!(!page.body.contains(word), "{word}");
            }
            nonces.push(nonce);
        }
        assert_ne!(nonces[0], nonces[1]);
    }
}

/// Addresses of a signed-in person; all of them, public ones too, greet the person.
const PERSONAL: [&str; 14] = [
    "/",
    "/me",
    "/me/licence",
    "/me/sessions",
    "/vehicles",
    "/vehicles/v1",
    "/vehicles/v1?filter=online",
    "/vehicles/v1/records/r2",
    "/vehicles/v1/notice?records=r2",
    "/vehicles/v2",
    "/orders",
    "/receipts",
    "/evidence/v1/r1",
    "/no/such/page",
];

async fn not_kept(browser: &Browser, path: &str) {
    let answer = browser.get(path).await;
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1, "{path}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_kept_by_a_cache(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let receipt = driver.pay(&site, &order).await;
        for path in PERSONAL {
            not_kept(&driver, path).await;
        }
        not_kept(&driver, &format!("/orders/{order}")).await;
        not_kept(&driver, &format!("/receipts/{receipt}")).await;
        let visitor = site.browser();
        visitor.submit("/sign-in", "/api/sign-in/code/send", &[("phone", "1")]).await;
        not_kept(&visitor, "/sign-in").await;
        assert_eq!(visitor.get("/rulebook").await.header("cache-control"), "private, no-cache");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_icon_is_kept_for_good_under_the_name_of_its_drawing(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        for (path, status, kept) in [
            ("/icons/icon.svg?1", StatusCode::OK, "public, max-age=31536000, immutable"),
            ("/icons/icon.svg", StatusCode::OK, "no-cache"),
            ("/icons/nothing.svg?1", StatusCode::NOT_FOUND, "no-store"),
        ] {
            let answer = visitor.get(path).await;
            assert_eq!((answer.status, answer.header("cache-control")), (status, kept), "{path}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_a_file_that_is_there_under_the_hash_of_its_content_is_kept_for_good(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    const FOR_GOOD: &str = "public, max-age=31536000, immutable";
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let shown = visitor.get(HASHED).await;
        assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, FOR_GOOD));
        let known =
            visitor.request(Method::GET, HASHED).header("if-modified-since", shown.header("last-modified"));
        let known = visitor.send(known).await;
        assert_eq!((known.status, known.header("cache-control")), (StatusCode::NOT_MODIFIED, FOR_GOOD));
        for (path, status, kept) in [
            ("/pkg/lutong.css", StatusCode::OK, "no-cache"),
            ("/pkg/lutong.Abcdefghijklmnopqrstuv.css", StatusCode::NOT_FOUND, "no-store"),
            ("/pkg/nothing.css", StatusCode::NOT_FOUND, "no-store"),
            ("/pkg/..%2f..%2fCargo.toml", StatusCode::NOT_FOUND, "no-store"),
        ] {
            let answer = visitor.get(path).await;
            assert_eq!((answer.status, answer.header("cache-control")), (status, kept), "{path}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reference_tells_nothing_of_how_many_requests_there_are(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let mut numbers = Vec::new();
        for _ in 0..8 {
            let reference = visitor.get("/healthz").await.header("x-request-id").to_owned();
            numbers.push(u64::from_str_radix(&reference, 16).expect("sixteen hex digits"));
        }
        for pair in numbers.windows(2) {
            assert!(pair[0].abs_diff(pair[1]) > 1_000, "{numbers:x?}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_other_origin_may_read_an_answer(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        for path in ["/", "/me", "/evidence/v1/r1", "/api/v1/rulebook", "/pkg/lutong.css"] {
            for method in [Method::GET, Method::OPTIONS] {
                let request = driver.request(method.clone(), path).header("origin", "https://evil.example");
                let request = request.header("access-control-request-method", "POST");
                let answer = driver.send(request).await;
                for name in answer.headers.keys() {
                    assert!(!name.as_str().starts_with("access-control-"), "{method} {path}: {name}");
                }
                assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
            }
        }
    }
}
