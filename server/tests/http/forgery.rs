//! Forms from elsewhere change nothing, and neither does reading.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use leptos::server_fn::axum::server_fn_paths;
use rstest::rstest;
use rules::kernel::CaseState;
use server::clock::Clock;
use server::db::Engine::{self, Postgres, Sqlite};
use server::sandbox::Faults;

use crate::form::Form;
use crate::routes::READ;
use crate::support::{Browser, NEW_PHONE, ORIGIN, PASSWORD, Site, site_on};
use crate::world::{NOTIFICATIONS, PHONE, World};

/// Everything that a form may change, as numbers.
async fn snapshot(world: &World) -> Vec<i64> {
    let mut numbers = Vec::new();
    for query in [
        "select count(*) from accounts",
        "select count(*) from sessions",
        "select count(*) from sms_codes",
        "select cast(coalesce(sum(tries_left), 0) as bigint) from sms_codes",
        "select count(*) from sms_codes where used_at is not null",
        "select count(*) from outbox",
        "select count(*) from outbox where done_at is not null",
        "select count(*) from cases",
        "select count(*) from cases where state = 'placed'",
        "select count(*) from case_events",
        "select count(*) from payments",
        "select count(*) from refunds",
        "select count(*) from receipts",
        "select count(*) from camera_records where state = 'unprocessed'",
        "select count(*) from camera_records where disputed = 1",
    ] {
        numbers.push(world.number(query).await);
    }
    numbers
}

/// Every form target with fields that would take effect: the driver has an open order and a code for `r2`.
async fn targets(site: &Site, driver: &Browser) -> Vec<Form> {
    let order = driver.place(site, "v1", "r1").await;
    site.driver().await;
    let session = driver.form("/me/sessions", "/api/sessions/end").await;
    let session = session.value("session").expect("the other session").to_owned();
    site.seconds_pass(61);
    driver.dispute(site, "v1", "r4").await;
    let (_, dispute) = driver.ask_to_dispute(site, "v1", "r3").await;
    let dispute = dispute.expect("a code");
    let place = driver.order_form(site, "v1", "r2").await;
    let fill = |action: &str, fields: &[(&str, &str)]| {
        Form { action: action.to_owned(), fields: Vec::new() }.with(fields)
    };
    vec![
        fill("/api/sign-in/code/send", &[("phone", NEW_PHONE)]),
        fill("/api/sign-in/code", &[("code", "000000")]),
        fill("/api/sign-in/password", &[("phone", PHONE), ("password", PASSWORD)]),
        fill("/api/register/code/send", &[("phone", NEW_PHONE)]),
        fill("/api/register/code", &[("code", "000000")]),
        fill("/api/register/identity", &[("id_number", "530102199505053056"), ("proof", "云A33333")]),
        fill("/api/register/identity/code/send", &[]),
        fill("/api/register/identity/code", &[("code", "000000")]),
        fill("/api/register/password", &[("password", PASSWORD)]),
        fill("/api/settings", &[("language", "en")]),
        fill("/api/sessions/end", &[("session", &session)]),
        fill("/api/records/dispute/code/send", &[("vehicle", "v1"), ("record", "r5")]),
        fill("/api/records/dispute", &[("vehicle", "v1"), ("record", "r3"), ("code", &dispute)]),
        fill("/api/records/dispute/withdraw", &[("vehicle", "v1"), ("record", "r4")]),
        fill("/api/orders/code/send", &[("vehicle", "v1"), ("records[]", "r4")]),
        place,
        fill("/api/orders/pay", &[("order", &order)]),
        fill("/api/orders/cancel", &[("order", &order)]),
        fill("/api/sign-out", &[]),
    ]
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_form_needs_the_token_of_this_very_session(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let before_signing_in = visitor.token().await;
        visitor.sign_in(PHONE, PASSWORD).await;
        let (driver, foreign) = (visitor, site.other().await.token().await);
        let targets = targets(&site, &driver).await;
        let known: BTreeSet<_> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        assert_eq!(targets.iter().map(|form| form.action.clone()).collect::<BTreeSet<_>>(), known);
        let before = snapshot(&site.world).await;
        let session = driver.cookie("__Host-session");
        for form in targets {
            let bare = form.clone().without("csrf");
            for token in ["", &foreign, &before_signing_in] {
                let sent = driver.post(&form.action, &bare.clone().with(&[("csrf", token)]).pairs()).await;
                assert_eq!(sent.location(), "/error/stale", "{} with token '{token}'", form.action);
            }
            let sent = driver.post(&form.action, &bare.pairs()).await;
            assert_eq!(sent.location(), "/error/stale", "{} without a token", form.action);
            assert_eq!(sent.set_cookie("__Host-preferences"), None);
        }
        assert_eq!(snapshot(&site.world).await, before, "{:?}", site.world.engine());
        assert_eq!(driver.cookie("__Host-session"), session);
        assert!(driver.is_signed_in().await);
    }
}

/// The driver, every form with the right token, and how things stand.
async fn aimed(site: &Site) -> (Browser, Vec<Form>, Vec<i64>) {
    let driver = site.driver().await;
    let targets = targets(site, &driver).await;
    let token = driver.token().await;
    let forms = targets.into_iter().map(|form| form.with(&[("csrf", &token)])).collect();
    (driver, forms, snapshot(&site.world).await)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_origin_is_refused_even_with_the_right_token(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (driver, forms, before) = aimed(&site).await;
        for form in forms {
            for (header, value) in [
                ("origin", "https://evil.example"),
                ("origin", "http://lutong.example"),
                ("origin", "https://lutong.example.evil.example"),
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
            ] {
                let request = driver.request(Method::POST, &form.action).form(&form.pairs());
                let sent = driver.send(request.header(header, value)).await;
                assert_eq!(sent.location(), "/error/stale", "{} with {header}: {value}", form.action);
            }
        }
        assert_eq!(snapshot(&site.world).await, before, "{:?}", site.world.engine());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_with_its_token_from_its_own_origin_takes_effect(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let request = driver.request(Method::POST, &form.action).form(&form.pairs());
        let sent =
            driver.send(request.header("origin", ORIGIN).header("sec-fetch-site", "same-origin")).await;
        assert!(sent.location().starts_with("/orders/"), "{}", sent.location());
        assert_eq!(site.world.number("select count(*) from cases").await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reading_changes_nothing_not_even_at_the_address_of_a_form(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (driver, forms, before) = aimed(&site).await;
        for form in forms {
            let query = serde_urlencoded::to_string(&form.fields).expect("a query");
            let read = driver.get(&format!("{}?{query}", form.action)).await;
            let refused = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND];
            assert!(refused.contains(&read.status), "{}: {}", form.action, read.status);
            assert_eq!(read.set_cookie("__Host-preferences"), None);
        }
        for (_, address, _) in READ {
            driver.get(&address.replace("ORDER", "unknown").replace("RECEIPT", "unknown")).await;
        }
        assert_eq!(snapshot(&site.world).await, before, "{:?}", site.world.engine());
        assert!(driver.is_signed_in().await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_the_provider_did_not_sign_is_turned_away(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        site.world.faults(Faults { lose_notifications: true, ..Faults::default() });
        let page = format!("/orders/{order}");
        let sent = driver.submit(&page, "/api/orders/pay", &[("order", &order)]).await;
        site.world.press(sent.location(), "pay").await;
        let before = snapshot(&site.world).await;
        let request = site.browser().request(Method::POST, NOTIFICATIONS);
        let request = request
            .header("wechatpay-serial", "1")
            .header("wechatpay-nonce", "n")
            .header("wechatpay-timestamp", site.world.clock.now().timestamp())
            .header("wechatpay-signature", "bm9ib2R5")
            .body(r#"{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":{}}"#);
        let answer = site.browser().send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        assert_eq!(snapshot(&site.world).await, before);
        let state = site.world.text("select state from cases").await;
        assert_eq!(state.as_deref(), Some(CaseState::Paying.code()));
        let shown = driver.get(&format!("{page}?returned=yes")).await;
        let shown = driver.get(shown.location()).await;
        assert_eq!(shown.status, StatusCode::OK);
        let state = site.world.text("select state from cases").await;
        assert_eq!(state.as_deref(), Some(CaseState::Settled.code()), "asked for, it is found");
        assert!(driver.get("/receipts").await.body.contains("/receipts/"));
        site.world.every_promise_holds().await;
    }
}
