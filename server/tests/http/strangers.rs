//! A stranger who knows somebody's phone number cannot cut its owner off.

use std::sync::Arc;

use http::StatusCode;
use rstest::rstest;
use server::address::{Proxies, network};
use server::config::LimitSettings;
use server::db::Engine::{self, Postgres, Sqlite};
use server::limits::Limits;
use server::state::State;

use crate::journal;
use crate::support::{Browser, NEW_PHONE, PASSWORD, Site, site_on, site_with};
use crate::world::PHONE;

const HOME: &str = "192.0.2.10";
const ELSEWHERE: &str = "203.0.113.5";
const STRANGERS: [&str; 3] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

/// The usual limits, behind a proxy that says who asks.
fn usual(state: &mut State) {
    state.limits = Arc::new(LimitSettings::Usual.limits());
    state.proxies = Proxies::new(vec![network("127.0.0.0/8").expect("a network")]);
}

/// Asks for codes to the phone once a minute and purpose, each time with another browser; gives how many went out.
async fn burn_codes(site: &Site, address: &'static str, phone: &str) -> usize {
    let before = site.world.texts_to(phone).await.len();
    for _ in 0..10 {
        site.seconds_pass(61);
        let stranger = site.browser().at(address);
        stranger.ask_to_sign_in(phone).await;
        stranger.submit("/register", "/api/register/code/send", &[("phone", phone)]).await;
    }
    site.world.texts_to(phone).await.len() - before
}

/// Tries wrong passwords until there are no more tries; gives how many were looked at.
async fn burn_passwords(site: &Site, address: &'static str) -> usize {
    let stranger = site.browser().at(address);
    for tried in 0..40 {
        stranger.sign_in(PHONE, "not-the-password").await;
        if stranger.get("/sign-in/password").await.body.contains("太频繁") {
            return tried;
        }
    }
    panic!("forty tries of one address");
}

async fn order_is_placed(site: &Site, owner: &Browser, record: &str) {
    let order = owner.place(site, "v1", record).await;
    assert!(!order.is_empty());
}

async fn signs_in_by_code(site: &Site, owner: &Browser) {
    // The newest code is then surely this one.
    site.seconds_pass(1);
    assert_eq!(owner.ask_to_sign_in(PHONE).await.location(), "/sign-in/code");
    let code = site.world.newest_code().await;
    let sent = owner.submit("/sign-in/code", "/api/sign-in/code", &[("code", &code)]).await;
    assert_eq!(sent.location(), "/");
    assert!(owner.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_burns_codes_and_passwords_and_the_owner_signs_in_and_confirms_an_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, usual).await {
        let owner = site.browser().at(HOME);
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/");
        assert_eq!(burn_codes(&site, STRANGERS[0], PHONE).await, 6, "on the word of one address");
        let others =
            burn_codes(&site, STRANGERS[1], PHONE).await + burn_codes(&site, STRANGERS[2], PHONE).await;
        assert_eq!(others, 4, "ten on the word of strangers, whatever their addresses");
        for address in STRANGERS {
            assert_eq!(burn_passwords(&site, address).await, 5);
        }
        // The session is 30 minutes and more old by now; whatever the owner signs in with works.
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/", "by password");
        order_is_placed(&site, &owner, "r1").await;
        order_is_placed(&site, &owner, "r2").await;
        owner.submit("/me", "/api/sign-out", &[]).await;
        site.seconds_pass(61);
        signs_in_by_code(&site, &owner).await;
        // In a browser that nobody knows, away from the strangers.
        let new = site.browser().at(ELSEWHERE);
        assert_eq!(new.sign_in(PHONE, PASSWORD).await.location(), "/", "by password, in another browser");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_stranger_leaves_codes_for_an_owner_in_a_new_browser(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_with(engine, usual).await {
        assert_eq!(burn_codes(&site, STRANGERS[0], PHONE).await, 6);
        site.seconds_pass(61);
        signs_in_by_code(&site, &site.browser().at(ELSEWHERE)).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_at_the_owners_address_leaves_a_known_browser_its_own_tries(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, usual).await {
        let owner = site.browser().at(HOME);
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/");
        owner.submit("/me", "/api/sign-out", &[]).await;
        assert_eq!(burn_codes(&site, HOME, PHONE).await, 6);
        burn_passwords(&site, HOME).await;
        let stranger = site.browser().at(HOME);
        assert_eq!(stranger.sign_in(PHONE, PASSWORD).await.location(), "/sign-in/password");
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/");
        owner.submit("/me", "/api/sign-out", &[]).await;
        signs_in_by_code(&site, &owner).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_known_for_its_own_phones_alone_and_not_for_ever(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_with(engine, usual).await {
        let other = site.other().await.at(STRANGERS[0]);
        other.submit("/me", "/api/sign-out", &[]).await;
        burn_passwords(&site, STRANGERS[0]).await;
        assert_eq!(other.sign_in(PHONE, PASSWORD).await.location(), "/sign-in/password", "another's phone");
        let thief = site.browser().at(STRANGERS[0]);
        thief.set_cookie("__Host-known", "made-up");
        assert_eq!(thief.sign_in(PHONE, PASSWORD).await.location(), "/sign-in/password", "a made-up cookie");
        let owner = site.browser().at(HOME);
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/");
        owner.submit("/me", "/api/sign-out", &[]).await;
        let owner = owner.at(STRANGERS[0]);
        site.minutes_pass(181 * 24 * 60);
        assert_eq!(owner.sign_in(PHONE, PASSWORD).await.location(), "/sign-in/password", "half a year later");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_once_a_day_of_many_wrong_passwords(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let told = async || {
            let texts = site.world.texts_to(PHONE).await;
            texts.iter().filter(|text| text.contains("错误的密码")).count()
        };
        let stranger = site.browser();
        for day in 1..=2 {
            for number in 1..=12 {
                let before = told().await;
                stranger.sign_in(PHONE, "not-the-password").await;
                assert_eq!(told().await - before, usize::from(number == 10), "day {day}, number {number}");
            }
            site.minutes_pass(24 * 60);
        }
        for _ in 0..12 {
            stranger.sign_in(NEW_PHONE, "not-the-password").await;
        }
        assert_eq!(site.world.texts_to(NEW_PHONE).await, Vec::<String>::new(), "nobody's phone gets nothing");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_on_the_word_of_strangers_has_a_bound_for_the_whole_country(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let few = |state: &mut State| {
        let mut limits = Limits::new(1_000, 1_000, 1_000, 1_000);
        limits.texts_a_day = 3;
        state.limits = Arc::new(limits);
    };
    if let Some(site) = site_with(engine, few).await {
        let driver = site.driver().await;
        for last in 1..=4 {
            let browser = site.browser();
            let sent = browser.ask_to_sign_in(&format!("1390000000{last}")).await;
            assert_eq!(sent.location() == "/sign-in/code", last <= 3, "number {last}");
            assert_eq!(browser.get("/sign-in").await.body.contains("人太多"), last == 4);
        }
        order_is_placed(&site, &driver, "r1").await;
        driver.submit("/me", "/api/sign-out", &[]).await;
        signs_in_by_code(&site, &driver).await;
        site.minutes_pass(24 * 60);
        let sent = site.browser().ask_to_sign_in("13900000009").await;
        assert_eq!(sent.location(), "/sign-in/code", "the next day");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_one_range_have_a_bound_of_their_own(#[values(Sqlite, Postgres)] engine: Engine) {
    let few = |state: &mut State| {
        let mut limits = Limits::new(1_000, 1_000, 1_000, 1_000);
        limits.texts_of_range_a_day = 2;
        state.limits = Arc::new(limits);
    };
    if let Some(site) = site_with(engine, few).await {
        for (phone, goes) in
            [("13900000001", true), ("13900009999", true), ("13900005555", false), ("13900010000", true)]
        {
            let sent = site.browser().ask_to_sign_in(phone).await;
            assert_eq!(sent.location() == "/sign-in/code", goes, "{phone}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_phones_behind_one_private_address_are_told_to_the_operator_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    let warnings = || journal::text().matches("LUTONG_TRUSTED_PROXIES").count();
    if let Some(site) = site_on(engine).await {
        for phone in 0..25 {
            site.browser().ask_to_sign_in(&format!("139000000{phone:02}")).await;
            site.browser().ask_to_sign_in("13800000009").await;
            assert_eq!(warnings(), usize::from(phone >= 18), "phone {phone}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_a_limit_of_forms_that_no_neighbour_uses_up(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) =
        site_with(engine, |state| state.limits = Arc::new(Limits::new(20, 1_000, 1_000, 1_000))).await
    {
        let driver = site.driver().await;
        let neighbour = site.browser();
        let token = neighbour.token().await;
        let mut last = StatusCode::OK;
        for _ in 0..25 {
            last = neighbour.post("/api/settings", &[("csrf", &token), ("theme", "dark")]).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
        let sent = driver.submit("/settings", "/api/settings", &[("theme", "dark")]).await;
        assert_eq!(sent.status, StatusCode::FOUND);
    }
}
