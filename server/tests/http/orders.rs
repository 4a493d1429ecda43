//! The pages from the notice to the receipt, as a browser without scripts gets them.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Answer, Browser, DRIVERS_PLATE, Site, agreed, site_on};
use crate::world::ID_NUMBER;

/// Opens the payment of the order and gives the provider's page.
async fn open_payment(driver: &Browser, order: &str) -> String {
    let sent = driver.submit(&format!("/orders/{order}"), "/api/orders/pay", &[("order", order)]).await;
    sent.location().to_owned()
}

/// The page of the order as the provider sends the person back to it.
async fn return_to(driver: &Browser, order: &str) -> Answer {
    let sent = driver.get(&format!("/orders/{order}?returned=yes")).await;
    assert!(sent.location().starts_with(&format!("/orders/{order}?returned=")), "{}", sent.location());
    driver.get(sent.location()).await
}

async fn pending(driver: &Browser, order: &str) -> StatusCode {
    driver.get(&format!("/orders/{order}/pending")).await.status
}

/// The title of the document.
fn title(page: &Answer) -> &str {
    let (_, rest) = page.body.split_once("<title>").expect("a title");
    rest.split_once("</title>").expect("a title").0
}

fn pays(page: &Answer) -> bool {
    page.body.contains("action=\"/api/orders/pay\"")
}

fn cancels(page: &Answer, order: &str) -> bool {
    page.body.contains(&format!("href=\"/orders/{order}/cancel\""))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_notice_is_agreed_to_before_the_decision_is_shown(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let sent = driver.get("/vehicles/v1/decision?records=r1").await;
        assert_eq!(sent.location(), "/vehicles/v1/notice?records=r1");
        let notice = driver.get(sent.location()).await;
        assert!(title(&notice).starts_with("错误："), "{}", title(&notice));
        assert!(notice.body.contains("href=\"#agreed\""), "the summary leads to the box");
        assert!(notice.body.contains("id=\"agreed-error\""), "the box says it too");
        let again = driver.get("/vehicles/v1/notice?records=r1").await;
        assert!(title(&again).starts_with("业务须知"), "{}", title(&again));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_decision_states_what_article_45_of_the_procedure_asks_for(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let agreed = agreed(&site.world);
        let shown = driver.get(&format!("/vehicles/v1/decision?records=r1&records=r5&{agreed}")).await;
        let masked = format!("{}***********{}", &ID_NUMBER[..3], &ID_NUMBER[14..]);
        for stated in [
            // The person, the vehicle and its type.
            "*明",
            &masked,
            "云A·54321",
            "小型汽车",
            // Facts and evidence of each record.
            "逆向行驶",
            "违法停放",
            "2026年11月13日 10:00",
            "人民路",
            "1301",
            "1039",
            "电子监控记录 r1",
            "电子监控记录 r5",
            // Basis and content of the penalty.
            "处罚依据",
            "记分依据",
            "罚款 200 元，记 3 分",
            "罚款 200 元，记 0 分",
            "400 元",
            // How and by when it is performed, the authority.
            "微信支付",
            "15 日内",
            "2 小时内",
            "今天 12:00",
            "昆明公安机关交通管理部门",
            // Rights.
            "陈述和申辩",
            "60 日内申请行政复议",
            "6 个月内向人民法院提起行政诉讼",
        ] {
            assert!(shown.body.contains(stated), "{stated} is missing: {}", shown.body);
        }
        assert!(!shown.body.contains(ID_NUMBER) && !shown.body.contains("李明"), "masked");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_police_of_the_city_decide_where_the_national_rules_hold(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        site.world.run("update camera_records set region = '450302' where id = 'r1'".into()).await;
        let driver = site.driver().await;
        let shown = driver.get(&format!("/vehicles/v1/decision?records=r1&{}", agreed(&site.world))).await;
        assert!(shown.body.contains("桂林市公安机关交通管理部门"), "{}", shown.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_step_names_the_place(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        driver.order_form(&site, "v1", "r1").await;
        let agreed = agreed(&site.world);
        for page in ["notice", "decision", "confirm"] {
            let shown = driver.get(&format!("/vehicles/v1/{page}?records=r1&{agreed}")).await;
            assert!(shown.body.contains("昆明"), "{page}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_early_second_code_leaves_the_person_where_the_first_is_typed_in(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let agreed = agreed(&site.world);
        let decision = |record: &str| format!("/vehicles/v1/decision?records={record}&{agreed}");
        driver.submit(&decision("r1"), "/api/orders/code/send", &[]).await;
        let code = site.world.newest_code().await;
        site.seconds_pass(20);
        let confirm = &*format!("/vehicles/v1/confirm?records=r1&{agreed}");
        let again = driver.submit(confirm, "/api/orders/code/send", &[]).await;
        assert!(again.location().starts_with(confirm), "{}", again.location());
        let shown = driver.get(again.location()).await;
        assert!(shown.body.contains("40 秒后可重发"), "{}", shown.body);
        // Another selection has no code that could be typed in: it gets its own.
        let other = driver.submit(&decision("r2"), "/api/orders/code/send", &[]).await;
        assert_eq!(other.location(), format!("/vehicles/v1/confirm?records=r2&{agreed}"));
        let placed = driver.submit(again.location(), "/api/orders/place", &[("code", &code)]).await;
        assert!(placed.location().starts_with("/orders/"), "{}", placed.location());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn records_accepted_before_lead_to_their_order(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let own = format!("/orders/{order}?accepted=already");
        for page in ["notice?records=r1", "decision?records=r1", "confirm?records=r1"] {
            let sent = driver.get(&format!("/vehicles/v1/{page}")).await;
            assert_eq!(sent.location(), own, "{page}");
        }
        assert!(driver.get(&own).await.body.contains("已接受，不用再点"));
        let both = driver.get("/vehicles/v1/notice?records=r1&records=r2").await;
        assert_eq!(both.status, StatusCode::OK, "only one of the two was accepted");
        assert!(both.body.contains("lt-refusal"));
        driver.pay(&site, &order).await;
        assert_eq!(driver.get("/vehicles/v1/notice?records=r1").await.location(), own, "settled by now");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_sum_is_the_heading_of_an_order_to_pay(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        site.minutes_pass(1);
        let shown = driver.get(&format!("/orders/{order}")).await;
        assert!(title(&shown).starts_with("待缴 200 元"), "{}", title(&shown));
        for words in ["¥200", "还剩 1 小时 59 分", "请在今天 12:00 前缴款", "微信支付", "免费", DRIVERS_PLATE]
        {
            let plate = words.replace("云A", "云A·");
            assert!(shown.body.contains(&plate), "{words}");
        }
        assert_eq!(shown.body.matches("<h1").count(), 1);
        assert!(pays(&shown) && cancels(&shown, &order));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_the_providers_page_only_the_answer_is_waited_for(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let cashier = open_payment(&driver, &order).await;
        site.world.press(&cashier, "leave").await;
        assert_eq!(pending(&driver, &order).await, StatusCode::ACCEPTED);
        let shown = return_to(&driver, &order).await;
        assert!(title(&shown).starts_with("正在核实缴款"), "{}", title(&shown));
        assert!(shown.body.contains("不要重复缴款") && shown.body.contains("再查一次"));
        assert!(!shown.body.contains("前缴款") && !pays(&shown) && !cancels(&shown, &order));
        let cancel = driver.get(&format!("/orders/{order}/cancel")).await;
        assert_eq!(cancel.location(), format!("/orders/{order}"), "nothing to cancel yet");

        // The address keeps the moment: a minute later the person decides.
        let sent = driver.get(&format!("/orders/{order}?returned=yes")).await;
        site.seconds_pass(59);
        assert!(!pays(&driver.get(sent.location()).await));
        site.seconds_pass(1);
        let later = driver.get(sent.location()).await;
        assert!(later.body.contains("还没有收到缴款结果") && !later.body.contains("正在核实"));
        assert!(pays(&later) && cancels(&later, &order));
        assert_eq!(open_payment(&driver, &order).await, cashier, "the same payment goes on");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_says_so_and_can_be_tried_again(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let cashier = open_payment(&driver, &order).await;
        site.world.press(&cashier, "decline").await;
        site.seconds_pass(5);
        assert_eq!(pending(&driver, &order).await, StatusCode::NO_CONTENT);
        let shown = return_to(&driver, &order).await;
        assert!(title(&shown).starts_with("没有缴成 · 待缴 200 元"), "{}", title(&shown));
        assert!(shown.body.contains("没有扣款，可以再试") && !shown.body.contains("正在核实"));
        assert!(shown.body.contains("id=\"failure\" tabindex=\"-1\" autofocus"), "{}", shown.body);
        assert!(pays(&shown) && cancels(&shown, &order));
        let calm = driver.get(&format!("/orders/{order}")).await;
        assert!(!calm.body.contains("autofocus"), "who comes by themselves keeps the focus");
        driver.pay(&site, &order).await;
        assert!(!driver.get(&format!("/orders/{order}")).await.body.contains("没有缴成</h2>"));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_settled_order_is_not_pending_and_is_nobody_elses(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        driver.pay(&site, &order).await;
        assert_eq!(pending(&driver, &order).await, StatusCode::NO_CONTENT);
        assert_eq!(pending(&site.other().await, &order).await, StatusCode::NOT_FOUND);
        assert_eq!(pending(&site.browser(), &order).await, StatusCode::NOT_FOUND);
        let shown = driver.get(&format!("/orders/{order}")).await;
        assert!(title(&shown).starts_with("处理成功"), "{}", title(&shown));
        for words in ["一般 24 小时内更新", "不要重复操作", "带身份证和缴款凭证"] {
            assert!(shown.body.contains(words), "{words}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn cancelling_is_asked_about_on_a_page_of_its_own(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let page = format!("/orders/{order}");
        assert!(
            !driver.get(&page).await.body.contains("/api/orders/cancel\""),
            "no form on the order itself"
        );
        let cancel = format!("{page}/cancel");
        let asked = driver.get(&cancel).await;
        for words in ["不办了？", "不罚款、不记分", "恢复为待处理", "全额原路退回", "回到订单"]
        {
            assert!(asked.body.contains(words), "{words}");
        }
        let sent = driver.submit(&cancel, "/api/orders/cancel", &[]).await;
        assert_eq!(sent.location(), page);
        let shown = driver.get(&page).await;
        assert!(title(&shown).starts_with("已取消"), "{}", title(&shown));
        assert!(shown.body.contains("重新办理") && !pays(&shown) && !cancels(&shown, &order));
        assert_eq!(driver.get(&cancel).await.location(), page, "nothing left to cancel");
    }
}

/// Three records of 500 yuan beside the usual ones.
async fn add_expensive(site: &Site) {
    for record in ["e1", "e2", "e3"] {
        site.world
            .run(format!(
                "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, \
                 points, registry_state, registry_disputed, updated_at, state, disputed) select 'v1', '{record}', code, \
                 location, region, violated_at, capture, penalty, 50000, points, registry_state, registry_disputed, \
                 updated_at, state, disputed from camera_records where vehicle_id = 'v1' and id = 'r5'"
            ))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_several_records_share_is_told_once_beside_them(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        add_expensive(&site).await;
        let driver = site.driver().await;
        let shown =
            driver.get("/vehicles/v1/notice?records=e1&records=e2&records=e3&records=r1&records=r5").await;
        assert_eq!(shown.body.matches("class=\"lt-refusal\"").count(), 2, "fine limit and simple procedure");
        for record in ["e1", "e2", "e3"] {
            let rows = shown.body.matches(&format!("href=\"/vehicles/v1/records/{record}\"")).count();
            assert_eq!(rows, 2, "{record} under each reason");
        }
        assert!(!shown.body.contains("href=\"/vehicles/v1/records/r1\""), "nothing refuses it");
        assert!(shown.body.contains("只办其中可以办的 2 条"), "{}", shown.body);
        assert!(shown.body.contains("form=\"fewer\""), "the way on is the act of the page");
        let alone = driver.get("/vehicles/v1/notice?records=e1").await;
        assert!(title(&alone).starts_with("这条记录现在不能在网上办"), "{}", title(&alone));
        assert!(!alone.body.contains("form=\"fewer\""), "nothing is left of it");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_names_its_owner_in_full_and_folds_the_proof(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let order = driver.place(&site, "v1", "r1").await;
        let number = driver.pay(&site, &order).await;
        let shown = driver.get(&format!("/receipts/{number}")).await;
        for words in ["李明", "给技术人员", "昆明公安机关交通管理部门", "打印时间 2026年11月18日"]
        {
            assert!(shown.body.contains(words), "{words}");
        }
        let (_, proof) = shown.body.split_once("<details").expect("a folded part");
        assert!(!proof[..proof.find('>').expect("a tag")].contains("open"), "closed at first");
        assert!(proof.contains("lutong-receipt-2"), "{proof}");
    }
}
