//! A vehicle changes hands: a new owner and a lessee see what is theirs, however much else there is.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Browser, Site, site_on};

const DAY: i64 = 86_400_000;

async fn add(site: &Site, vehicle: &str, record: &str, days_ago: i64) {
    let at = site.world.state.clock.now().timestamp_millis() - days_ago * DAY;
    site.world
        .run(format!(
            "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, \
             evidence, registry_state, registry_disputed, updated_at, state, disputed) values ('{vehicle}', '{record}', \
             '1301', '滇池路', '530102', {at}, 'device', 'fine', 20000, 3, '{record}.png', 'unprocessed', 0, 0, \
             'unprocessed', 0)"
        ))
        .await;
    std::fs::write(site.world.state.evidence.join(format!("{record}.png")), record).expect("a picture");
}

async fn owns_since(site: &Site, days_ago: i64) {
    let since = site.world.state.clock.now().timestamp_millis() - days_ago * DAY;
    site.world.run(format!("update vehicles set owner_since = {since} where id = 'v1'")).await;
}

async fn found(browser: &Browser, record: &str) -> bool {
    let mut statuses = Vec::new();
    for address in [
        format!("/vehicles/v1/records/{record}"),
        format!("/vehicles/v1/records/{record}/dispute"),
        format!("/vehicles/v1/notice?records={record}"),
        format!("/evidence/v1/{record}"),
    ] {
        statuses.push(browser.get(&address).await.status);
    }
    let listed = browser.get("/vehicles/v1").await.body.contains(&format!("/records/{record}\""));
    let all = statuses.iter().all(|status| *status == StatusCode::OK);
    let none = statuses.iter().all(|status| *status == StatusCode::NOT_FOUND);
    assert!(all && listed || none && !listed, "{record}: {statuses:?}, listed: {listed}");
    all
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_owner_sees_nothing_from_before(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        add(&site, "v1", "before", 20).await;
        add(&site, "v1", "after", 3).await;
        let driver = site.driver().await;
        let open = async || {
            let page = driver.get("/vehicles").await.body;
            (5..=7).find(|count| page.contains(&format!("{count} 条待处理")))
        };
        assert!(found(&driver, "before").await, "the registry does not tell since when");
        assert_eq!(open().await, Some(7));
        owns_since(&site, 10).await;
        assert!(!found(&driver, "before").await);
        assert!(found(&driver, "after").await);
        assert_eq!(open().await, Some(6), "five of the world are five days old");
        let token = driver.token().await;
        let fields = [("csrf", token.as_str()), ("vehicle", "v1"), ("record", "before")];
        assert_eq!(driver.post("/api/records/dispute", &fields).await.location(), "/not-found");
        assert_eq!(site.world.number("select count(*) from camera_records where disputed = 1").await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_leased_the_car_before_buying_it_keeps_the_records_of_that_time(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        add(&site, "v1", "leased", 20).await;
        add(&site, "v1", "before", 40).await;
        owns_since(&site, 10).await;
        let (now, driver) = (site.world.state.clock.now().timestamp_millis(), site.world.driver.id.clone());
        let (from, until) = (now - 30 * DAY, now - 15 * DAY);
        site.world.run(format!("insert into leases values ('v1', 'n1', {from}, {from}, {until}, 0)")).await;
        site.world.run(format!("insert into lease_drivers values ('{driver}', 'v1', 'n1', 'lessee')")).await;
        let driver = site.driver().await;
        assert!(found(&driver, "leased").await);
        assert!(!found(&driver, "before").await);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_busy_rental_car_do_not_push_out_those_of_an_earlier_lessee(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let (now, driver) = (site.world.state.clock.now().timestamp_millis(), site.world.driver.id.clone());
        site.world
            .run(
                "insert into vehicles (id, plate, kind, usage, states, owner_kind, owner_id, updated_at) values ('l1', \
                 '渝A3R8S2', 'small', 'rental', 'normal', 'organisation', '91500108MA9000002', 0)"
                    .into(),
            )
            .await;
        let (from, until) = (now - 400 * DAY, now - 390 * DAY);
        site.world.run(format!("insert into leases values ('l1', 'n1', {from}, {from}, {until}, 0)")).await;
        site.world.run(format!("insert into lease_drivers values ('{driver}', 'l1', 'n1', 'lessee')")).await;
        add(&site, "l1", "mine", 395).await;
        // Six hundred newer records of other lessees.
        site.world
            .run(
                "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, \
                 points, registry_state, registry_disputed, updated_at, state, disputed) \
                 with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 600) \
                 select 'l1', 'o' || n, code, location, region, violated_at, capture, penalty, fine, points, \
                 registry_state, registry_disputed, updated_at, state, disputed from camera_records, numbers \
                 where vehicle_id = 'v1' and id = 'r2'"
                    .into(),
            )
            .await;
        let list = site.driver().await.get("/vehicles/l1").await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(list.body.contains("/records/mine\""), "{}", list.body);
        assert!(!list.body.contains("/records/o"), "of others nothing is shown");
    }
}
