//! What nobody has accepted may be disputed, and nothing else.

use http::StatusCode;
use rstest::rstest;
use rules::place::PlaceId;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Browser, OTHER_ID_NUMBER, OTHER_PHONE, Site, agreed, site_on};

/// Sends the form of the last step with a code.
async fn confirm(browser: &Browser, record: &str, code: &str) -> String {
    let token = browser.token().await;
    let fields = [("csrf", token.as_str()), ("vehicle", "v1"), ("record", record), ("code", code)];
    browser.post("/api/records/dispute", &fields).await.location().to_owned()
}

async fn withdraw(browser: &Browser, record: &str) -> String {
    let token = browser.token().await;
    let fields = [("csrf", token.as_str()), ("vehicle", "v1"), ("record", record)];
    browser.post("/api/records/dispute/withdraw", &fields).await.location().to_owned()
}

async fn marked(site: &Site) -> i64 {
    site.world.number("select count(*) from camera_records where disputed = 1").await
}

/// The record can't be disputed, and the pages say so.
async fn stays_as_it_is(site: &Site, browser: &Browser, why: &str) {
    let page = "/vehicles/v1/records/r1";
    assert_eq!(browser.dispute(site, "v1", "r1").await, page);
    assert_eq!(confirm(browser, "r1", "000000").await, page);
    let shown = browser.get(page).await.body;
    assert!(shown.contains("errors") && shown.contains(why), "{shown}");
    assert!(!shown.contains(&format!("{page}/dispute\"")), "no button");
    let form = browser.get(&format!("{page}/dispute")).await.body;
    assert!(form.contains(why) && !form.contains("/api/records/dispute"), "{form}");
    assert_eq!(browser.get(&format!("{page}/disputed")).await.location(), page);
    assert_eq!(marked(site).await, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_record_held_or_processed_is_not_disputed_and_the_person_is_told_why(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        stays_as_it_is(&site, &driver, "这条记录在一笔待缴款订单里").await;
        driver.pay(&site, &order).await;
        stays_as_it_is(&site, &driver, "这条记录已处理完毕").await;
        site.world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_noted_once_and_its_page_names_the_office(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let page = "/vehicles/v1/records/r2";
        let (form, done) = (format!("{page}/dispute"), format!("{page}/disputed"));
        assert_eq!(driver.get(&done).await.location(), page, "nothing is disputed yet");
        let sent = driver.submit(&form, "/api/records/dispute/code/send", &[]).await;
        assert_eq!(sent.location(), format!("{form}/confirm"));
        assert_eq!(marked(&site).await, 0, "not before the code");
        let code = site.world.newest_code().await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let fields = [("code", wrong)];
        let tried = driver.submit(sent.location(), "/api/records/dispute", &fields).await;
        assert_eq!(tried.location(), format!("{form}/confirm"));
        assert!(driver.get(tried.location()).await.body.contains("还可以试 4 次"));
        assert_eq!(
            confirm(&driver, "r3", &code).await,
            "/vehicles/v1/records/r3/dispute/confirm",
            "another record"
        );
        assert_eq!(marked(&site).await, 0);
        let sent = driver.submit(tried.location(), "/api/records/dispute", &[("code", &code)]).await;
        assert_eq!(sent.location(), done);
        assert_eq!(marked(&site).await, 1);
        let shown = driver.get(&done).await;
        assert_eq!(shown.status, StatusCode::OK);
        let office = site
            .world
            .state
            .rulebook
            .jurisdiction(&PlaceId::parse("kunming").expect("a place"))
            .expect("Kunming");
        assert!(shown.body.contains(&format!("证据到{}", office.office.name.zh)), "{}", shown.body);
        assert_eq!(confirm(&driver, "r2", &code).await, done, "saying it twice is saying it once");
        assert_eq!(driver.get(&format!("{form}/confirm")).await.location(), form);
        assert_eq!(driver.get(&form).await.location(), done);
        assert!(!driver.get(page).await.body.contains(&format!("{form}\"")), "no button");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_page_with_data_of_the_registry_says_as_of_when_it_is(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        driver.dispute(&site, "v1", "r2").await;
        let agreed = agreed(&site.world);
        let (decision, confirm) = (
            format!("/vehicles/v1/decision?records=r3&{agreed}"),
            format!("/vehicles/v1/confirm?records=r3&{agreed}"),
        );
        driver.submit(&decision, "/api/orders/code/send", &[]).await;
        for page in [
            "/vehicles",
            "/vehicles/v1",
            "/vehicles/v1/records/r3",
            "/vehicles/v1/records/r3/dispute",
            "/vehicles/v1/records/r2/disputed",
            "/vehicles/v1/notice?records=r2",
            "/vehicles/v1/notice?records=r3",
            &decision,
            &confirm,
        ] {
            let shown = driver.get(page).await;
            assert_eq!(shown.status, StatusCode::OK, "{page}");
            assert!(shown.body.contains("lt-sync"), "{page}");
        }
    }
}

const DAY: i64 = 86_400_000;

/// Binds the driver's car in Chongqing to the other person, as of some days ago; the records are five days old.
async fn bound(site: &Site, days: i64) -> Browser {
    let other = site.world.state.sealer.look_up("person", OTHER_ID_NUMBER);
    let since = site.world.state.clock.now().timestamp_millis() - days * DAY;
    site.world.run("update camera_records set region = '500108' where vehicle_id = 'v1'".into()).await;
    site.world.run("update vehicles set plate = '渝A12345' where id = 'v1'".into()).await;
    site.world.run(format!("insert into bindings values ('{other}', 'b', 'v1', {since}, null, 0)")).await;
    site.other().await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_handle_a_record_of_anothers_car_may_not_dispute_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let bound = bound(&site, 2).await;
        let page = "/vehicles/v1/records/r1";
        let shown = bound.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "bound since, the car's records are seen");
        assert!(!shown.body.contains(&format!("{page}/dispute\"")), "no button");
        let form = bound.get(&format!("{page}/dispute")).await.body;
        assert!(form.contains("只有车主") && !form.contains("/api/records/dispute"), "{form}");
        assert_eq!(bound.get(&format!("{page}/dispute/confirm")).await.location(), format!("{page}/dispute"));
        assert_eq!(bound.dispute(&site, "v1", "r1").await, page);
        assert_eq!(confirm(&bound, "r1", "000000").await, page);
        assert!(bound.get(page).await.body.contains("只有车主"));
        assert_eq!(marked(&site).await, 0);
        assert_eq!(site.world.texts_to(OTHER_PHONE).await, Vec::<String>::new(), "no code went out");
        // Without points the binding's date does not count, so that the record may be handled, and disputed.
        let page = "/vehicles/v1/records/r5";
        assert_eq!(bound.dispute(&site, "v1", "r5").await, format!("{page}/disputed"));
        let driver = site.driver().await;
        let page = "/vehicles/v1/records/r1";
        assert_eq!(driver.dispute(&site, "v1", "r1").await, format!("{page}/disputed"), "the owner may");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_taken_back_by_whoever_said_it_or_the_owner_while_the_registry_does_not_know(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (bound, driver) = (bound(&site, 30).await, site.driver().await);
        let page = "/vehicles/v1/records/r1";
        for (by, back) in [(&bound, &bound), (&driver, &driver), (&bound, &driver)] {
            site.seconds_pass(61);
            by.dispute(&site, "v1", "r1").await;
            assert_eq!(marked(&site).await, 1);
            assert!(
                back.get(&format!("{page}/disputed")).await.body.contains("/api/records/dispute/withdraw")
            );
            assert_eq!(withdraw(back, "r1").await, page);
            assert_eq!(marked(&site).await, 0);
            assert!(
                back.get(page).await.body.contains(&format!("{page}/dispute\"")),
                "it may be disputed again"
            );
            assert_eq!(withdraw(back, "r1").await, page, "twice is once");
        }
        site.seconds_pass(61);
        driver.dispute(&site, "v1", "r1").await;
        assert!(!bound.get(page).await.body.contains("/api/records/dispute/withdraw"), "the owner's dispute");
        assert_eq!(withdraw(&bound, "r1").await, page);
        assert!(bound.get(page).await.body.contains("不能在这里撤回"));
        assert_eq!(marked(&site).await, 1);
        site.world.run("update camera_records set registry_disputed = 1 where id = 'r1'".into()).await;
        assert!(!driver.get(page).await.body.contains("/api/records/dispute/withdraw"));
        assert_eq!(withdraw(&driver, "r1").await, page);
        assert!(driver.get(page).await.body.contains("公安交管已受理"));
        assert_eq!(marked(&site).await, 1, "the registry knows");
        assert_eq!(withdraw(&site.browser(), "r1").await, "/sign-in?next=/");
    }
}
