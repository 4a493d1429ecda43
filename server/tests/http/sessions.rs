//! Sessions: in a cookie that only this site sees, new at every sign-in, ended on the server, over after their time.

use http::{Method, StatusCode};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{ORIGIN, OTHER_PHONE, PASSWORD, agreed, site_on};
use crate::world::PHONE;

const SESSION: &str = "__Host-session";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let signed_in = site.browser().sign_in(PHONE, PASSWORD).await;
        let line = signed_in.set_cookie(SESSION).expect("a session");
        let mut parts = line.split("; ").skip(1).collect::<Vec<_>>();
        parts.sort_unstable();
        assert_eq!(
            parts,
            ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"],
            "it ends with the browser: {line}"
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_cookie_of_the_program_is_for_this_host_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let mut lines = Vec::new();
        let mut note = |answer: &crate::support::Answer| {
            lines.extend(
                answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()),
            );
        };
        note(&browser.get("/").await);
        note(&browser.submit("/sign-in", "/api/sign-in/code/send", &[("phone", PHONE)]).await);
        note(&browser.sign_in(PHONE, "wrong-password").await);
        note(&browser.sign_in(PHONE, PASSWORD).await);
        note(&browser.submit("/settings", "/api/settings", &[("language", "en")]).await);
        for name in [
            "__Host-session",
            "__Host-visit",
            "__Host-draft",
            "__Host-flash",
            "__Host-known",
            "__Host-preferences",
        ] {
            assert!(lines.iter().any(|line| line.starts_with(name)), "{name} is not among {lines:?}");
        }
        for line in lines {
            for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
                assert!(line.split("; ").any(|given| given == part), "{part} is missing in {line}");
            }
            assert!(line.starts_with("__Host-") && !line.contains("Domain"), "{line}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_gives_a_new_session_and_ends_the_one_before(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.browser();
        let planted = "ab".repeat(32);
        browser.set_cookie(SESSION, &planted);
        assert_eq!(browser.sign_in(PHONE, PASSWORD).await.location(), "/");
        let first = browser.cookie(SESSION).expect("a session");
        assert_ne!(first, planted, "a planted session is not taken up");
        assert_eq!(browser.sign_in(PHONE, PASSWORD).await.location(), "/");
        let second = browser.cookie(SESSION).expect("a session");
        assert_ne!(first, second);
        assert_eq!(first.len(), 64, "256 bits");
        assert!(browser.is_signed_in().await);
        let thief = site.browser();
        thief.set_cookie(SESSION, &first);
        assert!(!thief.is_signed_in().await, "the session before has ended");
        assert_eq!(site.world.number("select count(*) from sessions").await, 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_store_holds_a_hash_of_the_session_and_not_the_session(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let token = site.driver().await.cookie(SESSION).expect("a session");
        let stored = site.world.text("select token_hash from sessions").await.expect("a session");
        assert_ne!(stored, token);
        assert!(!token.contains(&stored) && !stored.contains(&token));
        let thief = site.browser();
        thief.set_cookie(SESSION, &stored);
        assert!(!thief.is_signed_in().await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_on_the_server(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.driver().await;
        let token = browser.cookie(SESSION).expect("a session");
        let out = browser.submit("/me", "/api/sign-out", &[]).await;
        assert_eq!(out.location(), "/signed-out");
        assert_eq!(browser.cookie(SESSION), None, "the browser forgets it");
        let thief = site.browser();
        thief.set_cookie(SESSION, &token);
        let answer = thief.get("/me").await;
        assert_eq!(answer.location(), "/sign-in?next=/me", "{}", answer.status);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_ended_from_another_of_the_same_account_and_from_no_other_account(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (phone, desk, other) = (site.driver().await, site.driver().await, site.other().await);
        let form = desk.form("/me/sessions", "/api/sessions/end").await;
        let id = form.value("session").expect("the phone's session").to_owned();
        let tried = other.submit("/settings", "/api/settings", &[]).await;
        assert_eq!(tried.status, StatusCode::FOUND);
        let token = other.token().await;
        let tried = other.post("/api/sessions/end", &[("csrf", &token), ("session", &id)]).await;
        assert_eq!(tried.location(), "/not-found");
        assert!(phone.is_signed_in().await);
        assert_eq!(desk.post("/api/sessions/end", &form.pairs()).await.location(), "/me/sessions");
        assert!(!phone.is_signed_in().await);
        assert!(desk.is_signed_in().await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_unused_for_thirty_minutes_is_over_and_one_used_goes_on(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.driver().await;
        site.minutes_pass(30);
        assert!(browser.is_signed_in().await, "exactly thirty minutes");
        site.minutes_pass(29);
        assert!(browser.is_signed_in().await, "used 29 minutes ago");
        site.minutes_pass(30);
        site.seconds_pass(1);
        assert!(!browser.is_signed_in().await, "unused for longer");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_over_after_twelve_hours_however_much_it_is_used(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.driver().await;
        for _ in 0..28 {
            site.minutes_pass(25);
            assert!(browser.is_signed_in().await);
        }
        site.minutes_pass(20);
        assert!(browser.is_signed_in().await, "exactly twelve hours");
        site.seconds_pass(1);
        assert!(!browser.is_signed_in().await, "a second later");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_identity_level_is_an_outage_and_no_lower_level(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.driver().await;
        site.world.run("update accounts set identity = 'face' where id = 'a1'".into()).await;
        assert_eq!(browser.get("/me").await.status, StatusCode::SERVICE_UNAVAILABLE);
        site.world.run("update accounts set identity = 'real-person' where id = 'a1'".into()).await;
        assert!(browser.is_signed_in().await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_out_pressed_twice_ends_signed_out(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let browser = site.driver().await;
        let form = browser.form("/me", "/api/sign-out").await;
        // As they are when pressed: with the cookies of the page.
        let request = || browser.request(http::Method::POST, "/api/sign-out").form(&form.pairs());
        let (first, second) = tokio::join!(browser.send(request()), browser.send(request()));
        for answer in [&first, &second] {
            assert_eq!(answer.location(), "/signed-out");
            assert!(answer.set_cookie(SESSION).is_some_and(|line| line.contains("Max-Age=0")), "{answer:?}");
        }
        assert!(!browser.is_signed_in().await);

        let browser = site.driver().await;
        let form = browser.form("/me", "/api/sign-out").await;
        let late = browser.request(http::Method::POST, "/api/sign-out").form(&form.pairs());
        assert_eq!(browser.post("/api/sign-out", &form.pairs()).await.location(), "/signed-out");
        assert_eq!(browser.send(late).await.location(), "/signed-out", "after the first was answered");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_in_pressed_twice_over_an_old_session_ends_signed_in(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let fields = [("phone", PHONE), ("password", PASSWORD)];
        for at_once in [true, false] {
            let browser = site.driver().await;
            let form = browser.form("/sign-in/password", "/api/sign-in/password").await.with(&fields);
            let request = || browser.request(http::Method::POST, "/api/sign-in/password").form(&form.pairs());
            let (one, other) = (request(), request());
            let (first, second) = if at_once {
                tokio::join!(browser.send(one), browser.send(other))
            } else {
                (browser.send(one).await, browser.send(other).await)
            };
            assert_eq!((first.location(), second.location()), ("/", "/"), "at once: {at_once}");
            assert!(browser.is_signed_in().await);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_too_long_is_told_why_to_sign_in_and_comes_back_to_the_very_step(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let step = &*format!("/vehicles/v1/decision?records=r2&{}", agreed(&site.world));
        let to_step = app::api::sign_in_and_return(step);
        site.minutes_pass(31);
        assert_eq!(driver.get(step).await.location(), to_step);
        let page = driver.get(&to_step).await.body;
        assert!(page.contains("您离开了 30 分钟。登录后回到刚才那一步。"), "{page}");
        assert!(page.contains("data-account=\"no\""), "{page}");

        // A form of that step was not taken; its page comes again after signing in.
        let form = |referer: String| {
            let request = driver.request(Method::POST, "/api/orders/code/send").header("referer", referer);
            request.form(&[("csrf", "of the session that is over")])
        };
        assert_eq!(driver.send(form(format!("{ORIGIN}{step}"))).await.location(), to_step);
        assert_eq!(driver.send(form(format!("https://evil.example{step}"))).await.location(), "/error/stale");
        assert_eq!(driver.send(form(format!("{ORIGIN}.evil.example/"))).await.location(), "/sign-in?next=/");

        // Whoever never signed in here is told nothing of the kind.
        let visitor = site.browser();
        assert!(!visitor.get(&to_step).await.body.contains("离开了"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_account_has_no_proven_person_is_no_session(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let browser = site.other().await;
        for (change, back) in
            [("person_id = null", "person_id = id"), ("frozen_at = 1, person_id = id", "frozen_at = null")]
        {
            site.world.run(format!("update accounts set {change} where id <> 'a1'")).await;
            assert!(!browser.is_signed_in().await, "{change}");
            assert_eq!(browser.get("/session").await.status, StatusCode::UNAUTHORIZED, "{change}");
            let tried = browser.sign_in(OTHER_PHONE, PASSWORD).await;
            assert_eq!(tried.location(), "/sign-in/password", "{change}");
            site.world.run(format!("update accounts set {back} where id <> 'a1'")).await;
            assert_eq!(browser.get("/session").await.status, StatusCode::NO_CONTENT, "{back}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_tells_the_worker_how_long_the_session_lasts(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let page = driver.get("/me").await.body;
        assert!(
            page.contains("data-account=\"yes\"") && page.contains("data-session-seconds=\"1800\""),
            "{page}"
        );
        let page = site.browser().get("/rulebook").await.body;
        assert!(page.contains("data-account=\"no\"") && !page.contains("data-session-seconds"), "{page}");
    }
}
