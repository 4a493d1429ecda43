//! How much one address may ask for, whoever stands between it and the program.

use std::sync::Arc;

use http::{Method, StatusCode};
use rstest::rstest;
use server::address::{Proxies, network};
use server::db::Engine::{self, Postgres, Sqlite};
use server::http::forms::LARGEST;
use server::limits::Limits;
use server::state::State;

use crate::support::{Browser, site_on, site_with};

const API: &str = "/api/v1/rulebook";

fn one_each(state: &mut State) {
    state.limits = Arc::new(Limits::new(1, 1, 10, 1));
}

/// Asks as a proxy does that forwards for these addresses.
async fn forwarded(browser: &Browser, method: Method, path: &str, addresses: &str) -> StatusCode {
    let token = browser.token().await;
    let request = browser.request(method, path).header("x-forwarded-for", addresses);
    browser.send(request.form(&[("csrf", token.as_str())])).await.status
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_each_address_has_limits_of_its_own_that_no_header_gets_around(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let behind_proxy = |state: &mut State| {
        one_each(state);
        state.proxies = Proxies::new(vec![network("127.0.0.0/8").expect("a network")]);
    };
    if let Some(site) = site_with(engine, behind_proxy).await {
        let browser = site.browser();
        for (method, path, good) in
            [(Method::GET, API, StatusCode::OK), (Method::POST, "/api/settings", StatusCode::FOUND)]
        {
            for (addresses, status) in [
                ("192.0.2.1", good),
                ("192.0.2.1", StatusCode::TOO_MANY_REQUESTS),
                ("198.51.100.7, 192.0.2.1", StatusCode::TOO_MANY_REQUESTS),
                ("198.51.100.7, 192.0.2.1, 127.0.0.9", StatusCode::TOO_MANY_REQUESTS),
                ("192.0.2.2", good),
                ("2001:db8:1:2::1", good),
                ("2001:db8:1:2:3::1", StatusCode::TOO_MANY_REQUESTS),
                ("2001:db8:1:3::1", good),
            ] {
                let answered = forwarded(&browser, method.clone(), path, addresses).await;
                assert_eq!(answered, status, "{path} for {addresses}");
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_header_of_whoever_is_no_trusted_proxy_counts_for_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, one_each).await {
        let browser = site.browser();
        assert_eq!(forwarded(&browser, Method::GET, API, "192.0.2.1").await, StatusCode::OK);
        let second = forwarded(&browser, Method::GET, API, "192.0.2.2").await;
        assert_eq!(second, StatusCode::TOO_MANY_REQUESTS);
    }
}

/// The refusal as a page of the application, in both languages.
async fn is_a_page(browser: &Browser, fields: &[(&str, &str)], status: StatusCode, words: [&str; 2]) {
    for (language, words) in ["zh-CN", "en"].into_iter().zip(words) {
        let request = browser.request(Method::POST, "/api/settings").header("accept-language", language);
        let answer = browser.send(request.form(fields)).await;
        assert_eq!(answer.status, status);
        assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.body);
        assert!(answer.body.contains(&format!("<html lang=\"{language}")), "{}", answer.body);
        assert!(answer.body.contains(words) && answer.body.contains("lt-header"), "{}", answer.body);
        let nonce = answer.header("content-security-policy").split("'nonce-").nth(1);
        let nonce = nonce.and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(answer.body.contains(nonce), "the page runs its own scripts");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_too_much_is_told_on_a_page_in_their_language(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, |state| state.limits = Arc::new(Limits::new(3, 1, 10, 1))).await {
        let browser = site.browser();
        let token = browser.token().await;
        let large = "x".repeat(LARGEST);
        let large = [("csrf", token.as_str()), ("size", &large)];
        is_a_page(&browser, &large, StatusCode::PAYLOAD_TOO_LARGE, ["太大", "too large"]).await;
        let sent = browser.post("/api/settings", &[("csrf", &token)]).await;
        assert_eq!(sent.location(), "/", "the third");
        // Another browser at the same address, whose language nobody has chosen.
        let browser = site.browser();
        let token = browser.token().await;
        let fields = [("csrf", token.as_str())];
        is_a_page(&browser, &fields, StatusCode::TOO_MANY_REQUESTS, ["太频繁", "Too many"]).await;
        let refused = browser.post("/api/settings", &fields).await;
        assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds <= 60));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_number_of_anything_is_not_found(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let (token, long) = (driver.token().await, "1".repeat(5_000));
        for number in ["%00", "v1%00", "%0d%0a", &long] {
            for path in [
                format!("/orders/{number}"),
                format!("/receipts/{number}"),
                format!("/vehicles/{number}"),
                format!("/vehicles/{number}/confirm?records=r1"),
                format!("/vehicles/v1/records/{number}"),
                format!("/vehicles/v1/records/{number}/dispute"),
                format!("/vehicles/v1/decision?records={number}&agreed=yes"),
                format!("/evidence/v1/{number}"),
            ] {
                assert_eq!(driver.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        for number in ["\0", "v1\0", "\r\n", &long] {
            for (path, fields) in [
                ("/api/orders/pay", vec![("order", number)]),
                ("/api/orders/cancel", vec![("order", number)]),
                ("/api/records/dispute/code/send", vec![("vehicle", "v1"), ("record", number)]),
                ("/api/records/dispute/withdraw", vec![("vehicle", "v1"), ("record", number)]),
                ("/api/records/dispute", vec![("vehicle", "v1"), ("record", number)]),
                ("/api/records/dispute", vec![("vehicle", number), ("record", "r1")]),
                ("/api/orders/code/send", vec![("vehicle", "v1"), ("records[]", number)]),
                ("/api/sessions/end", vec![("session", number)]),
            ] {
                let fields: Vec<_> = fields.into_iter().chain([("csrf", token.as_str())]).collect();
                let sent = driver.post(path, &fields).await;
                let found = sent.status != StatusCode::NOT_FOUND && sent.location() != "/not-found";
                assert!(!found, "{path} {number:?}: {} {}", sent.status, sent.location());
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_comes_back_short_whatever_its_length(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let token = browser.token().await;
        let (long, next) = ("1".repeat(60_000), format!("/{}", "a".repeat(60_000)));
        for (action, fields) in [
            ("/api/sign-in/code/send", vec![("phone", long.as_str()), ("next", &next)]),
            ("/api/sign-in/password", vec![("phone", &long), ("password", &long), ("next", &next)]),
            ("/api/sign-in/code", vec![("code", &long), ("next", &next)]),
            ("/api/register/code/send", vec![("phone", &long)]),
            ("/api/register/identity", vec![("id_number", &long), ("proof", &long)]),
            ("/api/records/dispute", vec![("vehicle", &long), ("record", &long)]),
            ("/api/orders/code/send", vec![("vehicle", &long), ("records[]", &long)]),
            ("/api/settings", vec![("next", &next)]),
        ] {
            for typed in fields {
                let answer = browser.post(action, &[("csrf", &token), typed]).await;
                let size: usize =
                    answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
                assert!(size < 4_096, "{action} {}: {size} bytes of headers", typed.0);
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_too_much_is_told_when_to_come_back_and_keeps_their_session(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) =
        site_with(engine, |state| state.limits = Arc::new(Limits::new(9, 1, 10, 1).pages(4))).await
    {
        let driver = site.driver().await;
        for _ in 0..3 {
            assert_eq!(driver.get("/vehicles").await.status, StatusCode::OK);
        }
        // On a slow machine a page of the next minute's share may come in between.
        let mut refused = driver.get("/vehicles").await;
        for _ in 0..20 {
            if refused.status == StatusCode::OK {
                refused = driver.get("/vehicles").await;
            }
        }
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.body);
        assert!(
            refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| (1..=60).contains(&seconds))
        );
        assert!(refused.body.contains("太频繁") && refused.body.contains("lt-header"), "{}", refused.body);
        assert_eq!(refused.set_cookie("__Host-session"), None);
        assert_eq!(driver.get("/healthz").await.status, StatusCode::OK);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn fields_that_cannot_be_read_lead_to_a_page_of_this_site_whatever_the_referer(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let token = browser.token().await;
        for body in [format!("csrf={token}&again=perhaps"), format!("csrf={token}&phone=1&phone=2")] {
            let request = browser.request(Method::POST, "/api/sign-in/code/send");
            let request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .header("referer", "https://evil.example/page");
            let answer = browser.send(request.body(body.clone())).await;
            assert_eq!(answer.location(), "/error/stale", "{body}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_no_page_knows_is_answered_so_and_counts_as_no_form(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, one_each).await {
        let browser = site.browser();
        for (path, known) in [("/", "GET, HEAD"), ("/no/such/page", "GET, HEAD"), ("/api/settings", "POST")] {
            for method in [Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE, Method::PATCH] {
                let answer = browser.send(browser.request(method.clone(), path)).await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                assert_eq!(answer.header("allow"), known, "{method} {path}");
            }
        }
        let sent = browser.submit("/settings", "/api/settings", &[]).await;
        assert_eq!(sent.status, StatusCode::FOUND, "the first form of the minute");
    }
}
