//! SMS codes: one a minute for each purpose, ten a day on the word of strangers, each for one purpose, one browser and one
//! thing, once, for ten minutes.

use rstest::rstest;
use server::address::{Proxies, network};
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Answer, Browser, NEW_PHONE, Site, agreed, site_on, site_with};
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn within_a_minute_no_second_code_goes_out_and_the_first_stays_good(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (browser, code) = asked(&site).await;
        site.seconds_pass(17);
        assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code", "pressed again");
        let again = browser.submit("/sign-in/code", "/api/sign-in/code/send", &[]).await;
        assert_eq!(again.location(), "/sign-in/code", "asked for once more");
        let page = browser.get("/sign-in/code").await.body;
        assert!(page.contains("验证码已发出，43 秒后可重发"), "{page}");
        assert!(!page.contains("lt-errors") && !page.contains("太频繁"), "{page}");
        let stranger = site.browser();
        assert_eq!(ask(&stranger, PHONE).await.location(), "/sign-in", "another browser");
        assert!(stranger.get("/sign-in").await.body.contains("43 秒"), "the page says when to come back");
        site.seconds_pass(42);
        assert_eq!(ask(&stranger, PHONE).await.location(), "/sign-in", "59 seconds");
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 1);
        assert_eq!(site.world.number("select count(*) from outbox where kind = 'sms'").await, 1);
        site.seconds_pass(1);
        let again = browser.submit("/sign-in/code", "/api/sign-in/code/send", &[]).await;
        assert_eq!(again.location(), "/sign-in/code");
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 2, "a minute later");
        assert_eq!(try_code(&browser, &code).await.location(), "/", "the first is good to its own end");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn pressing_again_within_a_minute_keeps_the_code_for_registering_and_for_an_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let sent = browser.submit("/register", "/api/register/code/send", &[("phone", NEW_PHONE)]).await;
        assert_eq!(sent.location(), "/register/code");
        let code = site.world.newest_code().await;
        let again = browser.submit("/register/code", "/api/register/code/send", &[]).await;
        assert_eq!(again.location(), "/register/code");
        assert!(browser.get("/register/code").await.body.contains("验证码已发出，60 秒后可重发"));
        let next = browser.submit("/register/code", "/api/register/code", &[("code", &code)]).await;
        assert_eq!(next.location(), "/register/identity");

        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let confirm = &*format!("/vehicles/v1/confirm?records=r1&{}", agreed(&site.world));
        site.seconds_pass(20);
        let again = driver.submit(confirm, "/api/orders/code/send", &[]).await;
        assert_eq!(again.location(), confirm);
        assert!(driver.get(confirm).await.body.contains("验证码已发出，40 秒后可重发"));
        let placed = driver.post("/api/orders/place", &form.pairs()).await;
        assert!(placed.location().starts_with("/orders/"), "{}", placed.location());
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 2);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_once_more_only_after_a_first(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let token = browser.token().await;
        let sent = browser.post("/api/sign-in/code/send", &[("csrf", &token), ("again", "true")]).await;
        assert_eq!(sent.location(), "/sign-in");
        let sent = browser.submit("/sign-in", "/api/sign-in/code/send", &[("phone", "")]).await;
        assert_eq!(sent.location(), "/sign-in", "an empty field is mended where it is");
        assert!(browser.get("/sign-in").await.body.contains("11 位"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_text_names_the_act_that_its_code_confirms(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        ask(&site.browser(), PHONE).await;
        site.seconds_pass(1);
        let decision = format!("/vehicles/v1/decision?records=r1&records=r5&{}", agreed(&site.world));
        driver.submit(&decision, "/api/orders/code/send", &[]).await;
        let order = site.world.newest_code().await;
        let english = [("language", "en"), ("next", "/")];
        driver.submit("/settings", "/api/settings", &english).await;
        driver.ask_to_dispute(&site, "v1", "r2").await;
        let dispute = site.world.newest_code().await;
        let texts = site.world.texts_to(PHONE).await;
        assert!(texts[0].starts_with("【路通】您正在登录。验证码 "), "{}", texts[0]);
        assert_eq!(
            texts[1],
            format!(
                "【路通】您正在接受处理 云A54321 的 2 条违法：罚款 400 元、记 3 分。验证码 {order}，10 分钟内有效，\
                 不要告诉任何人。\n@lutong.example #{order}"
            )
        );
        assert_eq!(
            texts[2],
            format!(
                "[Lutong] You are disputing a violation record of 云A54321. Code {dispute}, valid for 10 minutes. \
                 Don't tell anyone.\n@lutong.example #{dispute}"
            )
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_or_forward_keeps_nobody_waiting_for_a_code(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (browser, code) = asked(&site).await;
        site.minutes_pass(-3 * 60);
        assert_eq!(ask(&browser, PHONE).await.location(), "/sign-in/code", "set back");
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code", "the old one is void");
        let texts = site.world.texts_to(PHONE).await;
        let earliest = texts[0].rsplit_once('#').expect("a code").1;
        assert_eq!(try_code(&browser, earliest).await.location(), "/");
        site.minutes_pass(5 * 24 * 60);
        assert_eq!(ask(&site.browser(), PHONE).await.location(), "/sign-in/code", "set forward");
        site.minutes_pass(-5 * 24 * 60);
        assert_eq!(ask(&site.browser(), PHONE).await.location(), "/sign-in/code", "and back");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_ten_at_once_one_gets_a_code(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ten_codes_a_day_go_to_a_number_on_the_word_of_strangers_and_six_on_the_word_of_one(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let proxied = |state: &mut server::state::State| {
        state.proxies = Proxies::new(vec![network("127.0.0.0/8").expect("a network")]);
    };
    let addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
    if let Some(site) = site_with(engine, proxied).await {
        let roaming = site.browser();
        let mut sent = Vec::new();
        for number in 0..8 {
            let answer = ask(&roaming.at(addresses[number % 4]), PHONE).await;
            sent.push(answer.location() == "/sign-in/code");
            site.seconds_pass(61);
        }
        assert_eq!(sent, [true, true, true, true, true, true, false, false], "one browser, wherever it is");
        assert!(roaming.get("/sign-in").await.body.contains("请明天再试"), "not in some seconds");
        for number in 0..6 {
            let browser = site.browser().at(addresses[number % 4]);
            let register = [("phone", PHONE)];
            let sent = browser.submit("/register", "/api/register/code/send", &register).await;
            let goes = if number < 4 { "/register/code" } else { "/register" };
            assert_eq!(sent.location(), goes, "number {number} of others, for whatever purpose");
            site.seconds_pass(61);
        }
        assert_eq!(ask(&roaming, NEW_PHONE).await.location(), "/sign-in/code", "another phone");
        assert_eq!(site.world.texts_to(PHONE).await.len(), 10);
        site.minutes_pass(24 * 60);
        assert_eq!(ask(&roaming, PHONE).await.location(), "/sign-in/code", "the next day");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_thirty_codes_a_day(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let mut sent = 0;
        for _ in 0..32 {
            site.seconds_pass(61);
            let decision = format!("/vehicles/v1/decision?records=r1&{}", agreed(&site.world));
            let answer = driver.submit(&decision, "/api/orders/code/send", &[]).await;
            sent += usize::from(answer.location().starts_with("/vehicles/v1/confirm"));
        }
        assert_eq!(sent, 30);
        assert_eq!(ask(&site.browser(), PHONE).await.location(), "/sign-in/code", "for signing in");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_address_gets_no_more_codes_a_day_than_its_limit_for_whatever_phones(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    use server::limits::Limits;
    let few = |state: &mut server::state::State| {
        state.limits = std::sync::Arc::new(Limits::new(1_000, 1_000, 1_000, 3));
    };
    if let Some(site) = site_with(engine, few).await {
        for last in 1..=4 {
            let sent = ask(&site.browser(), &format!("1390000000{last}")).await;
            assert_eq!(sent.location() == "/sign-in/code", last <= 3, "number {last}: {}", sent.location());
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let (browser, code) = asked(&site).await;
        let form = browser.form("/sign-in/code", "/api/sign-in/code").await.with(&[("code", &code)]);
        assert_eq!(browser.post("/api/sign-in/code", &form.pairs()).await.location(), "/");
        assert!(browser.is_signed_in().await);
        browser.submit("/me", "/api/sign-out", &[]).await;
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code");
        assert!(!browser.is_signed_in().await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_less_than_ten_minutes(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let (browser, code) = asked(&site).await;
        site.seconds_pass(10 * 60);
        assert_eq!(try_code(&browser, &code).await.location(), "/sign-in/code");
        assert!(!browser.is_signed_in().await);
        let (browser, code) = asked(&site).await;
        site.seconds_pass(10 * 60 - 1);
        assert_eq!(try_code(&browser, &code).await.location(), "/");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_tries_void_a_code(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_at_once_count_one_by_one(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_serves_no_other_browser_and_no_other_purpose(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
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

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_one_selection_places_no_other_order_and_does_not_sign_in(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
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
        assert_eq!(site.world.number("select count(*) from cases").await, 0);
        let sent = driver.post("/api/orders/place", &first.pairs()).await;
        assert!(sent.location().starts_with("/orders/"), "its own selection: {}", sent.location());
    }
}
