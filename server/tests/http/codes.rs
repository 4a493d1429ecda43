//! SMS codes: one a minute for each purpose, ten a day for all, each for one purpose, one browser and one selection, once, for ten minutes.

use crate::support::{Answer, Browser, NEW_PHONE, Site, agreed, sites};
use crate::world::PHONE;

async fn ask(browser: &Browser, phone: &str) -> Answer {
    browser.submit("/sign-in", "/api/sign-in/code/send", &[("phone", phone)]).await
}

async fn try_code(browser: &Browser, code: &str) -> Answer {
    browser.submit("/sign-in/code", "/api/sign-in/code", &[("code", code)]).await
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

/// A browser to which a code for signing in went, and the code.
async fn asked(site: &Site) -> (Browser, String) {
    let browser = site.browser();
    assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code");
    let code = site.world.newest_code().await;
    (browser, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_code_within_a_minute_is_refused() {
    for site in sites().await {
        let (browser, _) = asked(&site).await;
        site.seconds_pass(59);
        let again = ask(&browser, PHONE).await;
        assert_eq!(again.location(), "/sign-in");
        assert!(again.set_cookie("__Host-flash").is_some(), "the page says when to come back");
        assert_eq!(ask(&site.browser(), PHONE).await.location(), "/sign-in", "another browser");
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 1);
        assert_eq!(site.world.number("select count(*) from outbox where kind = 'sms'").await, 1);
        site.seconds_pass(1);
        assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_at_once_one_gets_a_code() {
    for site in sites().await {
        let mut forms = Vec::new();
        for _ in 0..10 {
            let browser = site.browser();
            let form = browser.form("/sign-in", "/api/sign-in/code/send").await.with(&[("phone", PHONE)]);
            forms.push((browser, form));
        }
        let asking = forms.into_iter().map(|(browser, form)| {
            tokio::spawn(async move { browser.post("/api/sign-in/code/send", &form.pairs()).await })
        });
        let answers = futures::future::join_all(asking).await;
        let sent = |answer: &&Result<Answer, _>| {
            answer.as_ref().is_ok_and(|answer| answer.location() == "/sign-in/code")
        };
        assert_eq!(answers.iter().filter(sent).count(), 1, "{:?}", site.world.engine());
        let refused =
            |answer: &&Result<Answer, _>| answer.as_ref().is_ok_and(|answer| answer.location() == "/sign-in");
        assert_eq!(answers.iter().filter(refused).count(), 9, "{:?}", site.world.engine());
        assert_eq!(site.world.number("select count(*) from outbox where kind = 'sms'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_codes_a_day_for_all_purposes_together_and_the_next_day_again() {
    for site in sites().await {
        let (browser, driver) = (site.browser(), site.driver().await);
        let register = [("phone", PHONE)];
        for number in 1..=5 {
            assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code", "number {number}");
            let sent = browser.submit("/register", "/api/register/code/send", &register).await;
            assert_eq!(sent.location(), "/register/code", "within the minute, for another purpose");
            site.seconds_pass(61);
        }
        let sent = browser.submit("/register", "/api/register/code/send", &register).await;
        assert_eq!(sent.location(), "/register", "the eleventh");
        assert!(browser.get("/register").await.body.contains("请明天再试"), "not in some seconds");
        assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in", "for signing in");
        let decision = format!("/vehicles/v1/decision?records=r1&{}", agreed(&site.world));
        let sent = driver.submit(&decision, "/api/orders/code/send", &[]).await;
        assert_eq!(sent.location(), decision, "for an order");
        assert_eq!(ask(&browser, NEW_PHONE).await.location(), "/sign-in/code", "another phone");
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 11);
        site.minutes_pass(24 * 60);
        assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code", "the next day");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_no_more_codes_a_day_than_its_limit_for_whatever_phones() {
    use server::http::limits::Limits;
    let few = |state: &mut server::state::State| {
        state.limits = std::sync::Arc::new(Limits::new(1_000, 1_000, 1_000, 3));
    };
    for site in crate::support::sites_with(few).await {
        for last in 1..=4 {
            let sent = ask(&site.browser(), &format!("1390000000{last}")).await;
            assert_eq!(sent.location() == "/sign-in/code", last <= 3, "number {last}: {}", sent.location());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once() {
    for site in sites().await {
        let (browser, code) = asked(&site).await;
        let form = browser.form("/sign-in/code", "/api/sign-in/code").await.with(&[("code", &code)]);
        assert_eq!(browser.post("/api/sign-in/code", &form.pairs()).await.location(), "/");
        assert!(browser.is_signed_in().await);
        browser.submit("/me", "/api/sign-out", &[]).await;
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code");
        assert!(!browser.is_signed_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_less_than_ten_minutes() {
    for site in sites().await {
        let (browser, code) = asked(&site).await;
        site.seconds_pass(10 * 60);
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code");
        assert!(!browser.is_signed_in().await);
        let (browser, code) = asked(&site).await;
        site.seconds_pass(10 * 60 - 1);
        assert_eq!(try_code(&browser, &code).await.location(), "/");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_tries_void_a_code() {
    for site in sites().await {
        let (browser, code) = asked(&site).await;
        for _ in 0..4 {
            try_code(&browser, wrong(&code)).await;
        }
        assert_eq!(try_code(&browser, &code).await.location(), "/", "the fifth try is right");
        site.seconds_pass(61);
        let (browser, code) = asked(&site).await;
        for _ in 0..5 {
            try_code(&browser, wrong(&code)).await;
        }
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code", "the sixth");
        assert!(!browser.is_signed_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_at_once_count_one_by_one() {
    for site in sites().await {
        let (browser, code) = asked(&site).await;
        let form = browser.form("/sign-in/code", "/api/sign-in/code").await.with(&[("code", wrong(&code))]);
        let trying = (0..10).map(|_| {
            let (browser, form) = (browser.clone(), form.clone());
            tokio::spawn(async move { browser.post("/api/sign-in/code", &form.pairs()).await })
        });
        futures::future::join_all(trying).await;
        assert_eq!(site.world.number("select tries_left from sms_codes").await, 0);
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_serves_no_other_browser_and_no_other_purpose() {
    for site in sites().await {
        let (browser, code) = asked(&site).await;
        let stranger = site.browser();
        site.seconds_pass(1);
        ask(&stranger, NEW_PHONE).await;
        let sent = try_code(&stranger, &code).await;
        assert_eq!(sent.location(), "/sign-in/code", "another browser and phone");
        site.seconds_pass(1);
        browser.submit("/register", "/api/register/code/send", &[("phone", PHONE)]).await;
        let registering = site.world.newest_code().await;
        assert_ne!(registering, code);
        let sent = browser.submit("/register/code", "/api/register/code", &[("code", &code)]).await;
        assert_eq!(sent.location(), "/register/code", "a code for signing in does not register");
        site.seconds_pass(61);
        ask(&browser, PHONE).await;
        let sent = try_code(&browser, &registering).await;
        assert_eq!(sent.location(), "/sign-in/code", "a code for registering does not sign in");
        assert!(!browser.is_signed_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_one_selection_places_no_other_order_and_does_not_sign_in() {
    for site in sites().await {
        let driver = site.driver().await;
        let first = driver.order_form(&site, "v1", "r1").await;
        let code = first.value("code").expect("a code").to_owned();
        let agreed = agreed(&site.world);
        let confirm = |records: &str| format!("/vehicles/v1/confirm?{records}&{agreed}");
        let (one, two) = (confirm("records=r2"), confirm("records=r1&records=r2"));
        let other = driver.form(&one, "/api/orders/place").await;
        let sent = driver.post("/api/orders/place", &other.with(&[("code", &code)]).pairs()).await;
        assert_eq!(sent.location(), one, "another record");
        let both = driver.form(&two, "/api/orders/place").await;
        let sent = driver.post("/api/orders/place", &both.with(&[("code", &code)]).pairs()).await;
        assert_eq!(sent.location(), two, "more than was confirmed");
        let visitor = site.browser();
        site.seconds_pass(1);
        ask(&visitor, PHONE).await;
        let sent = try_code(&visitor, &code).await;
        assert_eq!(sent.location(), "/sign-in/code");
        let signing_in = site.world.newest_code().await;
        let swapped = first.clone().with(&[("code", &signing_in)]);
        let sent = driver.post("/api/orders/place", &swapped.pairs()).await;
        assert_eq!(sent.location(), confirm("records=r1"), "a code for signing in");
        assert_eq!(site.world.number("select count(*) from orders").await, 0);
        let sent = driver.post("/api/orders/place", &first.pairs()).await;
        assert!(sent.location().starts_with("/orders/"), "its own selection: {}", sent.location());
    }
}
