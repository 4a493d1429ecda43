//! The form that places an order says which records and that the person agrees: nothing else of it is believed.

use crate::form::Form;
use crate::support::{Browser, Site, agreed, site_on};
use crate::world::PHONE;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

async fn orders(site: &Site) -> i64 {
    site.world.number("select count(*) from cases").await
}

async fn post(browser: &Browser, form: &Form) -> String {
    browser.post("/api/orders/place", &form.pairs()).await.location().to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_fine_points_or_verdict_that_the_browser_names_is_not_believed(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let claims = [
            ("fine", "1"),
            ("points", "0"),
            ("amount", "1"),
            ("total", "1"),
            ("fines[]", "1"),
            ("passes", "true"),
            ("state", "settled"),
            ("person_id", "another"),
            ("agreed_at", "0"),
        ];
        let form = driver.order_form(&site, "v1", "r1").await.with(&claims);
        assert!(post(&driver, &form).await.starts_with("/orders/"));
        let placed = "select count(*) from cases where price = 20000 and state = 'placed' and body not like '%agreed_at_:null%'";
        assert_eq!(site.world.number(placed).await, 1);
        site.minutes_pass(2);
        site.world.run("update camera_records set disputed = 1 where id = 'r2'".into()).await;
        let agreed = agreed(&site.world);
        let token = driver.token().await;
        let notice = agreed.rsplit('=').next().expect("a version");
        let mut fields = vec![
            ("csrf", token.as_str()),
            ("key", "0123456789abcdef0123"),
            ("vehicle", "v1"),
            ("records[]", "r2"),
            ("code", "000000"),
            ("agreed", "yes"),
            ("notice", notice),
        ];
        fields.extend(claims);
        let sent = driver.post("/api/orders/place", &fields).await;
        assert_eq!(
            sent.location(),
            format!("/vehicles/v1/decision?records=r2&{agreed}"),
            "refused all the same"
        );
        assert_eq!(orders(&site).await, 1);
        site.world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_another_persons_form_gives_nothing_of_theirs(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let (driver, other) = (site.driver().await, site.other().await);
        let form = driver.order_form(&site, "v1", "r1").await;
        let placed = post(&driver, &form).await;
        assert_eq!(post(&driver, &form).await, placed, "the same form of the same person is the same order");
        let key = form.value("key").expect("a key").to_owned();
        let token = other.token().await;
        let stolen = form.clone().with(&[("csrf", &token)]);
        assert_eq!(post(&other, &stolen).await, "/not-found", "the whole form of the other");
        let own = other.order_form(&site, "v2", "x1").await.with(&[("key", &key)]);
        let theirs = post(&other, &own).await;
        assert!(theirs.starts_with("/orders/") && theirs != placed, "{theirs}");
        assert_eq!(other.get(&placed).await.status, http::StatusCode::NOT_FOUND);
        assert_eq!(orders(&site).await, 2);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_the_agreement_leads_back_to_the_notice_and_says_so(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let notice = "/vehicles/v1/notice?records=r1";
        for (form, words) in [
            (form.clone().without("agreed"), "请先阅读办理须知并勾选同意"),
            (form.clone().without("notice"), "请先阅读办理须知并勾选同意"),
            (form.clone().with(&[("notice", "0123456789abcdef")]), "办理须知刚刚有更新"),
        ] {
            assert_eq!(post(&driver, &form).await, notice);
            assert!(driver.get(notice).await.body.contains(words), "{words}");
        }
        assert_eq!(orders(&site).await, 0);
        let decision = format!("/vehicles/v1/decision?records=r1&{}", agreed(&site.world));
        let code = driver.form(&decision, "/api/orders/code/send").await.without("agreed");
        assert_eq!(driver.post("/api/orders/code/send", &code.pairs()).await.location(), notice);
        for page in ["decision", "confirm"] {
            for agreed in ["", "&agreed=yes", "&agreed=yes&notice=old", "&agreed=no&notice=old"] {
                let shown = driver.get(&format!("/vehicles/v1/{page}?records=r1{agreed}")).await;
                assert_eq!(shown.location(), notice, "{page} {agreed}");
            }
        }
        assert!(post(&driver, &form).await.starts_with("/orders/"), "the code was not spent");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn inside_wechat_the_order_says_that_another_browser_is_needed(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = format!("/orders/{}", driver.place(&site, "v1", "r1").await);
        let words = "微信内不能打开缴款页面";
        assert!(!driver.get(&order).await.body.contains(words));
        let pay = driver.form(&order, "/api/orders/pay").await;
        let inside = driver.as_browser("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 MicroMessenger/8.0.50");
        let shown = inside.get(&order).await;
        assert!(shown.body.contains(words) && !shown.body.contains("action=\"/api/orders/pay\""));
        let sent = inside.post("/api/orders/pay", &pay.pairs()).await;
        assert_eq!(sent.location(), order);
        assert!(inside.get(&order).await.body.contains(words));
        assert_eq!(site.world.number("select count(*) from payments").await, 0);
        assert!(site.signed_in(PHONE).await.is_signed_in().await);
    }
}
