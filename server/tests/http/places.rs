//! What a place's own rules and data do to the pages: its name, its payment channel, its offices, its texts.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Browser, Site, agreed, site_on};

/// The words of the page, a space in place of each tag.
fn words(page: &str) -> String {
    let texts = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

async fn set(site: &Site, record: &str, what: &str) {
    site.world
        .run(format!("update camera_records set {what} where vehicle_id = 'v1' and id = '{record}'"))
        .await;
}

async fn shown(browser: &Browser, record: &str) -> String {
    let page = browser.get(&format!("/vehicles/v1/records/{record}")).await;
    assert_eq!(page.status, StatusCode::OK);
    words(&page.body)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_place_whose_channel_has_no_gateway_is_refused_before_the_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        set(&site, "r2", "region = '370102'").await;
        site.world.run("update vehicles set plate = '鲁A12345' where id = 'v1'".into()).await;
        let driver = site.driver().await;
        let refusal = "该地只收银联缴款，本平台目前开通的是：微信支付。";
        let list = driver.get("/vehicles/v1").await.body;
        assert!(list.contains(refusal) && !list.contains("value=\"r2\""), "{list}");
        for page in ["/vehicles/v1/records/r2", "/vehicles/v1/notice?records=r2"] {
            let page = driver.get(page).await.body;
            assert!(page.contains(refusal) && page.contains("/rulebook/camera.channel"), "{page}");
            assert!(page.contains("该平台仅可使用开通网银的银联卡缴费。"), "its source is quoted");
        }
        let token = driver.token().await;
        let fields = [
            ("csrf", token.as_str()),
            ("key", "0123456789abcdef0123"),
            ("vehicle", "v1"),
            ("records[]", "r2"),
            ("code", "123456"),
        ];
        driver.post("/api/orders/place", &fields).await;
        assert_eq!(site.world.number("select count(*) from cases").await, 0);
        // Nothing is to be paid with a warning.
        set(&site, "r2", "penalty = 'warning', fine = 0").await;
        assert!(driver.get("/vehicles/v1").await.body.contains("value=\"r2\""));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_payment_channel_stands_on_the_notice_and_on_the_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let notice = words(&driver.get("/vehicles/v1/notice?records=r2").await.body);
        assert!(notice.contains("缴款渠道") && notice.contains("微信支付"), "{notice}");
        let order = driver.place(&site, "v1", "r2").await;
        let order = words(&driver.get(&format!("/orders/{order}")).await.body);
        assert!(order.contains("缴款渠道") && order.contains("微信支付"), "{order}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_a_violation_is_its_city_with_whose_rules_hold(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        for (region, place) in [
            ("530102", "违法发生地昆明市"),
            ("450305", "违法发生地桂林市（按全国平台规则）"),
            ("370102", "违法发生地济南市（按山东规则）"),
            ("440106", "违法发生地广州市（未接入）"),
        ] {
            set(&site, "r2", &format!("region = '{region}'")).await;
            let record = shown(&driver, "r2").await.replace(' ', "");
            assert!(record.contains(place), "{region}: {record}");
            assert!(!driver.get("/vehicles/v1/records/r2").await.body.contains(">处理地<"));
            let list = driver.get("/vehicles/v1").await.body;
            assert!(list.contains(place.trim_start_matches("违法发生地")), "{region}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_help_line_of_a_place_is_not_the_phone_of_its_counter(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        set(&site, "r2", "region = '500103', disputed = 1").await;
        let driver = site.driver().await;
        let record = shown(&driver, "r2").await;
        assert!(record.contains("互联网办理咨询电话 023-68620626 （工作时间内）"), "{record}");
        assert!(!record.contains(" 电话 "), "the counter has no phone: {record}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn penalty_and_points_name_their_own_law_by_its_full_title(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let record = shown(&driver, "r2").await.replace(' ', "");
        assert!(record.contains("处罚依据《中华人民共和国道路交通安全法》第三十五条、第九十条"), "{record}");
        assert!(
            record.contains("记分依据《道路交通安全违法行为记分管理办法》第十一条第（四）项"),
            "{record}"
        );
        let none = shown(&driver, "r5").await;
        assert!(none.contains("处罚依据") && !none.contains("记分依据"), "{none}");
        let decision = words(
            &driver.get(&format!("/vehicles/v1/decision?records=r2&{}", agreed(&site.world))).await.body,
        );
        for law in
            ["《中华人民共和国道路交通安全法》第三十五条", "《道路交通安全违法行为记分管理办法》第十一条"]
        {
            assert!(decision.contains(law), "{decision}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_warning_carries_no_points(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        set(&site, "r2", "penalty = 'warning', fine = 0").await;
        let driver = site.driver().await;
        let record = shown(&driver, "r2").await;
        assert!(record.contains("记 0 分"), "{record}");
        driver.place(&site, "v1", "r2").await;
        assert_eq!(site.world.number("select cast(sum(points) as bigint) from order_records").await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn points_that_only_the_registry_can_tell_are_left_to_the_counter(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let then = "2021-06-01T02:00:00Z".parse::<rules::Moment>().expect("a moment").timestamp_millis();
        set(&site, "r2", &format!("code = '1636', points = 6, violated_at = {then}")).await;
        let driver = site.driver().await;
        let page = driver.get("/vehicles/v1/records/r2").await.body;
        assert!(page.contains("/rulebook/camera.points-known"), "{page}");
        assert!(page.contains("最终记几分由窗口核定"), "{page}");
        // Three points are the fewest that the newer law gives, so that they are certain.
        set(&site, "r2", "points = 3").await;
        let page = driver.get("/vehicles/v1/records/r2").await.body;
        assert!(page.contains("lt-verdict--pass") && !page.contains("最终记几分由窗口核定"), "{page}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_whose_text_it_quotes_and_what_the_penalty_is(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        set(&site, "r2", "region = '450305', disputed = 1").await;
        let record = shown(&driver, "r2").await;
        assert!(record.contains("自助处理操作手册》 六 1（本平台各地通用）"), "{record}");
        set(&site, "r2", "region = '500103'").await;
        assert!(!shown(&driver, "r2").await.contains("本平台各地通用"), "it is the place's own text");
        set(&site, "r3", "penalty = 'other'").await;
        let record = shown(&driver, "r3").await;
        assert!(record.contains("可能暂扣、吊销驾驶证或拘留，不适用简易程序"), "{record}");
        assert!(record.contains("《道路交通安全违法行为处理程序规定》 第 52 条"), "{record}");
        assert!(!record.contains("超过 200 元"), "{record}");
        set(&site, "r3", "penalty = 'fine', fine = 20001").await;
        assert!(shown(&driver, "r3").await.contains("罚款 200.01 元，超过 200 元，不适用简易程序。"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_licence_about_to_end_and_one_that_has_ended_are_told_apart(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        for (valid_until, words) in [
            ("2027-02-16", Some(("驾驶证快到期了", "有效期至 2027年2月16日"))),
            ("2027-02-17", None),
            ("2026-11-17", Some(("驾驶证已过期", "2027年10月16日以前还可以在网上申请换证"))),
            ("2025-12-18", Some(("驾驶证已过期", "请到驾驶证核发地车管所办理"))),
        ] {
            site.world.run(format!("update licences set valid_until = '{valid_until}'")).await;
            let home = driver.get("/").await.body;
            match words {
                Some((heading, words)) => {
                    assert!(home.contains(heading) && home.contains(words), "{valid_until}: {home}");
                }
                None => assert!(!home.contains("驾驶证快到期了") && !home.contains("驾驶证已过期"), "{home}"),
            }
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_rulebook_shows_how_a_text_is_read_and_where_none_says_anything(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let page = |rule: &str| {
            let (visitor, address) = (visitor.clone(), format!("/rulebook/{rule}"));
            async move { words(&visitor.get(&address).await.body) }
        };
        let total = page("camera.points-total").await;
        assert!(total.contains("本平台的理解：") && total.contains("宁可多算，不会少算"), "{total}");
        assert!(total.contains("译文：如果处理") || total.contains("译文：处理电子监控记录后"), "{total}");
        assert!(page("camera.vehicle-use").await.contains("该文本没有提到"));
        let fee = page("fine.late-fee").await;
        assert!(fee.contains("日历日，最后一天遇节假日顺延") && fee.contains("不含法定节假日"), "{fee}");
        visitor.set_cookie("__Host-preferences", "en.normal.auto");
        let total = page("camera.points-total").await;
        assert!(total.contains("How this platform reads it:") && !total.contains("译文"), "{total}");
        assert!(page("camera.vehicle-use").await.contains("The text does not say"));
    }
}
