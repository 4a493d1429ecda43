//! Nobody registers in another person's name: a code to the phone that the registry holds proves who somebody is.

use http::StatusCode;
use rstest::rstest;
use rules::person::{IdentityLevel, Phone};
use server::db::Engine::{self, Postgres, Sqlite};
use server::services::accounts::{NewAccount, create};

use crate::support::{
    Browser, DRIVERS_PLATE, NEW_ID_NUMBER, NEW_PASSWORD, NEW_PHONE, NEW_PLATE, Site, person, site_on,
};
use crate::world::{ID_NUMBER, PHONE};

const STRANGER: &str = "13911110001";
const OWNERS_SECOND: &str = "13911110002";
const CODE_PAGE: &str = "/register/identity/code";
const AGAIN: &str = "/register/identity";

async fn registering(site: &Site, phone: &str) -> Browser {
    let browser = site.browser();
    browser.prove_phone(site, phone).await;
    browser
}

async fn accounts(site: &Site) -> i64 {
    site.world.number("select count(*) from accounts").await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_id_number_and_a_plate_alone_open_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let stranger = registering(&site, STRANGER).await;
        let before = accounts(&site).await;
        assert_eq!(stranger.identify(ID_NUMBER, DRIVERS_PLATE).await, CODE_PAGE);
        let page = stranger.get(CODE_PAGE).await.body;
        assert!(page.contains("138****0001"), "the registry's phone, masked: {page}");
        for code in ["000000", "111111", "222222", "333333", "444444", "555555"] {
            assert_eq!(stranger.prove_person(code).await, CODE_PAGE);
        }
        assert_eq!(stranger.choose_password(NEW_PASSWORD).await, "/register");
        for page in ["/me", "/vehicles", "/vehicles/v1", "/orders"] {
            assert!(stranger.get(page).await.location().starts_with("/sign-in?next="), "{page}");
        }
        assert_eq!(accounts(&site).await, before);
        let told = site.world.texts_to(PHONE).await;
        assert!(told[0].contains("以您的身份注册账号") && told[0].contains("139****0001"), "{told:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_with_the_registrys_phone_is_the_person(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let owner = registering(&site, NEW_PHONE).await;
        assert_eq!(
            owner.identify(NEW_ID_NUMBER, "云A99999").await,
            AGAIN,
            "a plate that is not the person's"
        );
        assert!(owner.get(AGAIN).await.body.contains("对不上"), "its holder may know");
        assert_eq!(owner.identify(NEW_ID_NUMBER, NEW_PLATE).await, "/register/password");
        assert_eq!(owner.choose_password(NEW_PASSWORD).await, "/register/done");
        assert_eq!(owner.get("/vehicles/v3").await.status, StatusCode::OK);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn with_another_phone_a_code_to_the_registrys_phone_proves_the_person(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let owner = registering(&site, OWNERS_SECOND).await;
        assert_eq!(owner.identify(NEW_ID_NUMBER, NEW_PLATE).await, CODE_PAGE);
        let code = site.world.newest_code().await;
        let texts = site.world.texts_to(NEW_PHONE).await;
        assert!(texts.last().is_some_and(|text| text.ends_with(&format!("#{code}"))), "{texts:?}");
        assert_eq!(owner.choose_password(NEW_PASSWORD).await, "/register", "not before the code");
        let thief = registering(&site, STRANGER).await;
        thief.identify(ID_NUMBER, DRIVERS_PLATE).await;
        assert_eq!(thief.prove_person(&code).await, CODE_PAGE, "a code for another person");
        assert_eq!(owner.prove_person(&code).await, "/register/password");
        assert_eq!(owner.choose_password(NEW_PASSWORD).await, "/register/done");
        assert_eq!(owner.get("/vehicles/v3").await.status, StatusCode::OK);
        assert!(owner.get("/me").await.body.contains("139****0002"), "the account's phone is the proven one");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_and_a_person_without_a_phone_see_the_same_pages_and_no_code_fits(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        person(&site.world, "530102199606064053", None, "v4", "云A44444").await;
        for (id_number, proof) in [
            ("530102197001010002", "云A33333"),
            (NEW_ID_NUMBER, "云A99999"),
            ("530102199606064053", "云A44444"),
        ] {
            site.seconds_pass(61);
            let browser = registering(&site, STRANGER).await;
            let texts = site.world.number("select count(*) from outbox where kind = 'sms'").await;
            assert_eq!(browser.identify(id_number, proof).await, CODE_PAGE);
            let page = browser.get(CODE_PAGE).await.body;
            assert!(page.contains("如果您填写的信息与公安交管登记的一致"), "{page}");
            assert!(page.contains("请带身份证到车管所窗口登记手机号"), "{page}");
            assert_eq!(site.world.number("select count(*) from outbox where kind = 'sms'").await, texts);
            let query =
                "select body from outbox where kind = 'unsent' order by created_at desc, id desc limit 1";
            let id = query.replace("select body", "select id");
            let (id, body) = (site.world.text(&id).await, site.world.text(query).await);
            let (id, body) = (id.expect("a text that nobody sends"), body.expect("its words"));
            let words =
                site.world.state.sealer.open(&format!("outbox:{id}:body"), &body).expect("sealed by us");
            let code = words.rsplit_once('#').expect("a code").1.to_owned();
            assert_eq!(browser.prove_person(&code).await, CODE_PAGE, "even the code that was never sent");
            assert_eq!(browser.choose_password(NEW_PASSWORD).await, "/register");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_proves_to_be_the_person_takes_over_from_another_account(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        // Made before the registry's phone was asked for.
        let state = &site.world.state;
        let intruder = NewAccount {
            phone: Phone::parse(STRANGER).expect("a phone"),
            person: state.sealer.look_up("person", NEW_ID_NUMBER),
            password: "intruders know plates".into(),
            identity: IdentityLevel::Phone,
            address: String::new(),
        };
        let intruder = create(state, intruder).await.expect("an account").id;
        let there = site.browser();
        there.sign_in(STRANGER, "intruders know plates").await;
        assert_eq!(there.get("/vehicles/v3").await.status, StatusCode::OK);

        let owner = registering(&site, OWNERS_SECOND).await;
        assert_eq!(owner.identify(NEW_ID_NUMBER, NEW_PLATE).await, CODE_PAGE);
        assert!(!owner.get("/register/password").await.body.contains("139****0001"), "not before the proof");
        let code = site.world.newest_code().await;
        assert_eq!(owner.prove_person(&code).await, "/register/password");
        let shown = owner.get("/register/password").await.body;
        assert!(shown.contains("139****0001") && shown.contains("立即停用"), "{shown}");
        assert!(there.is_signed_in().await, "until the account is made");
        assert_eq!(owner.choose_password(NEW_PASSWORD).await, "/register/done");
        assert_eq!(owner.get("/vehicles/v3").await.status, StatusCode::OK);

        assert!(!there.is_signed_in().await, "the session has ended");
        assert_eq!(there.get("/vehicles/v3").await.location(), "/sign-in?next=/vehicles/v3");
        let sent = there.sign_in(STRANGER, "intruders know plates").await;
        assert_eq!(sent.location(), "/sign-in/password");
        assert!(there.get("/sign-in/password").await.body.contains("已停用"));
        site.seconds_pass(61);
        assert_eq!(there.ask_to_sign_in(STRANGER).await.location(), "/sign-in/code");
        let code = site.world.newest_code().await;
        let sent = there.submit("/sign-in/code", "/api/sign-in/code", &[("code", &code)]).await;
        assert_eq!(sent.location(), "/sign-in/code", "nor by code");
        let told = site.world.texts_to(STRANGER).await;
        assert!(told.iter().any(|text| text.contains("您的账号已停用")), "{told:?}");
        let events = "select count(*) from account_events e join accounts a on a.id = e.by_account \
                      where e.event = 'frozen' and a.person_id = e.person_id and e.account_id";
        assert_eq!(site.world.number(&format!("{events} = '{intruder}'")).await, 1);
        assert_eq!(site.world.number(&format!("{events} <> '{intruder}'")).await, 0);
        assert_eq!(site.world.number("select count(*) from account_events where event = 'created'").await, 3);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn tries_of_one_phone_grow_slower_and_hinder_nobody_else(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let owner = registering(&site, NEW_PHONE).await;
        let stranger = registering(&site, STRANGER).await;
        for number in 0..3 {
            assert_eq!(stranger.identify(NEW_ID_NUMBER, &format!("云A0000{number}")).await, CODE_PAGE);
        }
        assert_eq!(
            stranger.identify(NEW_ID_NUMBER, "云A00004").await,
            CODE_PAGE,
            "the fourth makes the fifth wait"
        );
        for wait in [15, 60, 135] {
            let refused = stranger.identify(NEW_ID_NUMBER, NEW_PLATE).await;
            assert_eq!(refused, AGAIN, "before {wait} seconds have passed");
            assert!(stranger.get(AGAIN).await.body.contains("太频繁"));
            assert_eq!(
                owner.identify(NEW_ID_NUMBER, NEW_PLATE).await,
                "/register/password",
                "the owner's try"
            );
            site.seconds_pass(wait);
            assert_eq!(stranger.identify(NEW_ID_NUMBER, "云A00005").await, CODE_PAGE, "after {wait} seconds");
        }
        assert_eq!(stranger.identify(ID_NUMBER, DRIVERS_PLATE).await, CODE_PAGE, "another number");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_contains_the_persons_numbers_is_refused_and_the_page_says_which(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let owner = registering(&site, NEW_PHONE).await;
        assert_eq!(owner.identify(NEW_ID_NUMBER, NEW_PLATE).await, "/register/password");
        for (password, words) in [
            ("password123", "太常见"),
            (NEW_PHONE, "不要含您的手机号"),
            ("x-19950505-x", "不要含您的身份证号码"),
            ("my a33333 car", "不要含您的车牌号"),
            ("lutong-demo", "不要含本平台的名称"),
        ] {
            assert_eq!(owner.choose_password(password).await, "/register/password", "{password}");
            assert!(owner.get("/register/password").await.body.contains(words), "{password}");
        }
        assert_eq!(owner.choose_password(NEW_PASSWORD).await, "/register/done");
    }
}
