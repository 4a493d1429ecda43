//! What nobody has accepted may be disputed, and nothing else.

use http::StatusCode;
use rules::place::PlaceId;

use crate::support::{Browser, Site, agreed, sites};

async fn dispute(browser: &Browser, record: &str) -> String {
    let token = browser.token().await;
    let fields = [("csrf", token.as_str()), ("vehicle", "v1"), ("record", record)];
    browser.post("/api/records/dispute", &fields).await.location().to_owned()
}

async fn marked(site: &Site) -> i64 {
    site.world.number("select count(*) from camera_records where disputed = 1").await
}

/// The record can't be disputed, and the pages say so.
async fn stays_as_it_is(site: &Site, browser: &Browser, why: &str) {
    let page = "/vehicles/v1/records/r1";
    assert_eq!(dispute(browser, "r1").await, page);
    let shown = browser.get(page).await.body;
    assert!(shown.contains("errors") && shown.contains(why), "{shown}");
    assert!(!shown.contains(&format!("{page}/dispute\"")), "no button");
    let form = browser.get(&format!("{page}/dispute")).await.body;
    assert!(form.contains(why) && !form.contains("/api/records/dispute"), "{form}");
    assert_eq!(browser.get(&format!("{page}/disputed")).await.location(), page);
    assert_eq!(marked(site).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_held_or_processed_is_not_disputed_and_the_person_is_told_why() {
    for site in sites().await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        stays_as_it_is(&site, &driver, "这条记录在一笔订单里").await;
        driver.pay(&site, &order).await;
        stays_as_it_is(&site, &driver, "这条记录已处理完毕").await;
        site.world.every_promise_holds().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_noted_once_and_its_page_names_the_office() {
    for site in sites().await {
        let driver = site.driver().await;
        let page = "/vehicles/v1/records/r2";
        let (form, done) = (format!("{page}/dispute"), format!("{page}/disputed"));
        assert_eq!(driver.get(&done).await.location(), page, "nothing is disputed yet");
        let sent = driver.submit(&form, "/api/records/dispute", &[]).await;
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
        assert_eq!(dispute(&driver, "r2").await, done, "saying it twice is saying it once");
        assert_eq!(driver.get(&form).await.location(), done);
        assert!(!driver.get(page).await.body.contains(&format!("{form}\"")), "no button");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_with_data_of_the_registry_says_as_of_when_it_is() {
    for site in sites().await {
        let driver = site.driver().await;
        driver.submit("/vehicles/v1/records/r2/dispute", "/api/records/dispute", &[]).await;
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
