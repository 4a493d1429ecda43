//! A selection that one order can't take is divided, and each part is a link away.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Site, agreed, site_on};

/// Records `t1`, `t2`, … like `r2`, in the region.
async fn add(site: &Site, count: usize, region: &str) {
    site.world
        .run(format!(
            "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, \
             registry_state, registry_disputed, updated_at, state, disputed) \
             with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count}) \
             select 'v1', 't' || n, code, location, '{region}', violated_at, capture, penalty, fine, points, \
             registry_state, registry_disputed, updated_at, state, disputed from camera_records, numbers \
             where vehicle_id = 'v1' and id = 'r2'"
        ))
        .await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn records_of_two_places_are_offered_place_by_place(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        add(&site, 1, "450103").await;
        let driver = site.driver().await;
        let (both, agreed) = ("records=r2&records=t1", agreed(&site.world));
        for page in [
            format!("/vehicles/v1/notice?{both}"),
            format!("/vehicles/v1/decision?{both}&{agreed}"),
            format!("/vehicles/v1/confirm?{both}&{agreed}"),
        ] {
            let shown = driver.get(&page).await;
            assert_eq!(shown.status, StatusCode::OK, "{page}");
            for record in ["r2", "t1"] {
                assert!(shown.body.contains(&format!("/vehicles/v1/notice?records={record}\"")), "{page}");
            }
            assert!(
                shown.body.contains("昆明") && shown.body.contains("南宁") && shown.body.contains("lt-sync")
            );
        }
        assert_eq!(driver.get("/vehicles/v1/notice?records=r2").await.status, StatusCode::OK);
        let token = driver.token().await;
        let fields = [("csrf", token.as_str()), ("vehicle", "v1"), ("records[]", "r2"), ("records[]", "t1")];
        let sent = driver.post("/api/orders/code/send", &fields).await;
        assert!(sent.location().starts_with(&format!("/vehicles/v1/decision?{both}&agreed=")));
        assert!(driver.get(sent.location()).await.body.contains("一次只能选择同一个地方的记录"));
        assert_eq!(site.world.number("select count(*) from sms_codes").await, 0);
    }
}

/// The records of each selection that the page links to.
fn offers(page: &str) -> Vec<Vec<&str>> {
    let links = page.split("href=\"/vehicles/v1/notice?").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(of_link).collect()
}

fn of_link(link: &str) -> Vec<&str> {
    link.split('&').filter_map(|part| part.trim_start_matches("amp;").strip_prefix("records=")).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn more_than_two_hundred_records_are_offered_in_parts(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        // Without points, so that all of them pass.
        site.world.run("update camera_records set points = 0, code = '1039' where id = 'r2'".into()).await;
        add(&site, 230, "530102").await;
        let driver = site.driver().await;
        let all: Vec<String> = (1..=230).map(|number| format!("records=t{number}")).collect();
        let shown = driver.get(&format!("/vehicles/v1/notice?{}", all.join("&"))).await;
        assert_eq!(shown.status, StatusCode::OK);
        let offered: Vec<usize> = offers(&shown.body).iter().map(Vec::len).collect();
        assert_eq!(offered, [200, 30]);
        assert!(shown.body.contains("· 200 条") && shown.body.contains("· 30 条"), "{}", shown.body);
        let part = driver.get(&format!("/vehicles/v1/notice?{}", all[..200].join("&"))).await;
        assert_eq!(part.status, StatusCode::OK);
        assert!(part.body.contains("action=\"/vehicles/v1/decision\""), "it goes on");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_part_leads_on_with_the_records_that_pass_and_tells_why_the_others_do_not(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        // Nanning handles only its own plates.
        add(&site, 1, "450103").await;
        let driver = site.driver().await;
        let chosen = "records=r1&records=r2&records=r3&records=r4&records=t1";
        let shown = driver.get(&format!("/vehicles/v1/notice?{chosen}")).await;
        let offered = offers(&shown.body);
        assert_eq!(offered.iter().map(Vec::len).collect::<Vec<_>>(), [3, 4, 1], "of 12 points 9 pass");
        assert!(shown.body.contains("先办昆明的 3 条") && !shown.body.contains("先办南宁"), "{}", shown.body);
        for (number, records) in offered.iter().enumerate() {
            let query: Vec<String> = records.iter().map(|record| format!("records={record}")).collect();
            let page = driver.get(&format!("/vehicles/v1/notice?{}", query.join("&"))).await;
            let goes_on = page.body.contains("action=\"/vehicles/v1/decision\"");
            assert_eq!(goes_on, number == 0, "{records:?}");
            assert_eq!(page.body.contains("lt-refusal"), number > 0, "{records:?}");
        }
    }
}
