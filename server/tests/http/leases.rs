//! A leased vehicle passes from hand to hand: each lessee answers for what happened in an own term, and sees nothing else.

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Browser, OTHER_ID_NUMBER, Site, site_on};

const DAY: i64 = 86_400_000;

/// The records of vehicle `l1` and how many days ago they were: before all leases, in the first and the third, which are
/// the other person's, and in the second, which is the driver's.
const RECORDS: [(&str, i64); 4] = [("before", 50), ("first", 35), ("second", 10), ("third", 2)];

fn other_id(site: &Site) -> String {
    site.world.state.sealer.look_up("person", OTHER_ID_NUMBER)
}

/// Leases of `vehicle`: the person, and how many days ago each began and ends.
async fn lease(site: &Site, vehicle: &str, terms: &[(&str, i64, i64)]) {
    let now = site.world.state.clock.now().timestamp_millis();
    site.world
        .run(format!(
            "insert into vehicles (id, plate, kind, usage, states, owner_kind, owner_id, updated_at) values ('{vehicle}', '渝A3R8S2', 'small', 'rental', 'normal', 'organisation', \
             '91500108MA9000002', 0)"
        ))
        .await;
    for (number, (person, began, ends)) in terms.iter().enumerate() {
        let (from, until) = (now - began * DAY, now - ends * DAY);
        site.world
            .run(format!("insert into leases values ('{vehicle}', 'n{number}', {from}, {from}, {until}, 0)"))
            .await;
        let role = if number == 0 { "lessee" } else { "filed-driver" };
        site.world
            .run(format!("insert into lease_drivers values ('{person}', '{vehicle}', 'n{number}', '{role}')"))
            .await;
    }
}

async fn passed_around(site: &Site) {
    let (other, driver) = (other_id(site), site.world.driver.id.clone());
    lease(site, "l1", &[(&other, 40, 30), (&driver, 20, 5), (&other, 4, -30)]).await;
    let now = site.world.state.clock.now().timestamp_millis();
    for (record, days) in RECORDS {
        let at = now - days * DAY;
        site.world
            .run(format!(
                "insert into camera_records (vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, \
                 points, evidence, registry_state, registry_disputed, updated_at, state, disputed) values ('l1', '{record}', \
                 '1301', '南滨路', '500108', {at}, 'device', 'fine', 20000, 3, '{record}.png', 'unprocessed', 0, 0, \
                 'unprocessed', 0)"
            ))
            .await;
        std::fs::write(site.world.state.evidence.join(format!("{record}.png")), record).expect("a picture");
    }
}

/// The records that the list shows.
async fn listed(browser: &Browser) -> Vec<&'static str> {
    let list = browser.get("/vehicles/l1").await.body;
    let shown = RECORDS.iter().filter(|(record, _)| list.contains(&format!("/records/{record}\"")));
    shown.map(|(record, _)| *record).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_lessee_sees_pictures_and_records_of_the_own_terms_and_nothing_else(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        passed_around(&site).await;
        let (driver, other) = (site.driver().await, site.other().await);
        for (browser, own) in [(&other, &["first", "third"][..]), (&driver, &["second"])] {
            assert_eq!(listed(browser).await, own);
            let open = format!("{} 条待处理", own.len());
            assert!(browser.get("/vehicles").await.body.contains(&open), "{own:?}");
            for (record, _) in RECORDS {
                let status = if own.contains(&record) { StatusCode::OK } else { StatusCode::NOT_FOUND };
                let pages =
                    [format!("/evidence/l1/{record}"), format!("/vehicles/l1/notice?records={record}")];
                let page = format!("/vehicles/l1/records/{record}");
                for address in pages.into_iter().chain([page.clone(), format!("{page}/dispute")]) {
                    assert_eq!(browser.get(&address).await.status, status, "{address} for {own:?}");
                }
            }
        }
        let token = driver.token().await;
        let fields = [("csrf", token.as_str()), ("vehicle", "l1"), ("record", "third")];
        assert_eq!(driver.post("/api/records/dispute", &fields).await.location(), "/not-found");
        assert_eq!(site.world.number("select count(*) from camera_records where disputed = 1").await, 0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_record_is_judged_by_the_lease_that_ran_when_it_happened(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        passed_around(&site).await;
        let other = site.other().await;
        let list = other.get("/vehicles/l1").await.body;
        assert_eq!(list.matches("type=\"checkbox\"").count(), 2, "both pass");
        let first = other.place(&site, "l1", "first").await;
        other.pay(&site, &first).await;
        site.seconds_pass(61);
        other.place(&site, "l1", "third").await;
        site.world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_vehicle_whose_leases_are_over_appears_for_its_records_alone(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        passed_around(&site).await;
        let (other, driver) = (other_id(&site), site.world.driver.id.clone());
        lease(&site, "l2", &[(&driver, 20, 5), (&other, 4, -30)]).await;
        let browser = site.driver().await;
        assert_eq!(browser.get("/vehicles/l2").await.status, StatusCode::NOT_FOUND);
        let vehicles = browser.get("/vehicles").await.body;
        assert!(vehicles.contains("/vehicles/l1\"") && !vehicles.contains("/vehicles/l2\""));
        let browser = site.other().await;
        assert_eq!(browser.get("/vehicles/l2").await.status, StatusCode::OK, "it runs, with no record yet");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_binding_hides_no_lease_and_a_lease_no_binding(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        passed_around(&site).await;
        let other = other_id(&site);
        let bound = site.world.state.clock.now().timestamp_millis() - 12 * DAY;
        site.world
            .run(format!("insert into bindings values ('{other}', 'b1', 'l1', {bound}, null, 0)"))
            .await;
        // Leases are nothing to Nanning, and the binding must have been there before only where a place asks for it.
        site.world.run("update vehicles set owner_kind = 'person' where id = 'l1'".into()).await;
        site.world.run("update vehicles set usage = 'non-operating' where id = 'l1'".into()).await;
        let browser = site.other().await;
        assert_eq!(listed(&browser).await, ["before", "first", "second", "third"]);
        let passes = async |record: &str| {
            let page = browser.get(&format!("/vehicles/l1/records/{record}")).await;
            page.body.contains("lt-verdict--pass")
        };
        assert!(passes("first").await, "by the lease, before the binding");
        assert!(passes("second").await, "by the binding");
        assert!(!passes("before").await, "before either");
    }
}
