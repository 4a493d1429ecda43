//! Many at once, and much at once.

use std::collections::BTreeSet;

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::form::Form;
use crate::journal;
use crate::support::{Answer, Browser, Site, site_on};

/// Sends all forms at the same time; gives the answers. Who is told that the program is too busy presses again.
async fn race(browser: &Browser, forms: Vec<Form>) -> Vec<Answer> {
    let racing = forms.into_iter().map(|form| {
        let browser = browser.clone();
        tokio::spawn(async move {
            loop {
                let answer = browser.post("/api/orders/place", &form.pairs()).await;
                if answer.status != StatusCode::SERVICE_UNAVAILABLE {
                    return answer;
                }
            }
        })
    });
    let answers = futures::future::join_all(racing).await;
    answers.into_iter().map(|answer| answer.expect("an answer")).collect()
}

async fn one_order(site: &Site, answers: &[Answer]) -> String {
    let orders = answers.iter().filter_map(|answer| answer.location().strip_prefix("/orders/"));
    let orders: BTreeSet<_> = orders.collect();
    assert_eq!(orders.len(), 1, "{:?}: {orders:?}", site.world.engine());
    assert_eq!(site.world.number("select count(*) from cases").await, 1);
    assert_eq!(site.world.number("select count(*) from camera_records where state = 'held'").await, 1);
    assert_eq!(site.world.number("select count(*) from sms_codes where used_at is not null").await, 1);
    let holder = site.world.text("select held_person from camera_records where state = 'held'").await;
    assert_eq!(holder.as_ref(), Some(&site.world.driver.id));
    site.world.every_promise_holds().await;
    orders.first().expect("one").to_string()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_of_one_account_with_forms_of_their_own_make_one_order(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let forms = (0..200).map(|number| form.clone().with(&[("key", &format!("{number:032}"))]));
        let answers = race(&driver, forms.collect()).await;
        let order = one_order(&site, &answers).await;
        let own = format!("/orders/{order}");
        assert_eq!(answers.iter().filter(|answer| answer.location() == own).count(), 1);
        let refused = answers.iter().filter(|answer| answer.location() != own);
        for answer in refused {
            let location = answer.location();
            assert!(location.starts_with("/vehicles/v1/"), "{} {location}", answer.status);
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_form_sent_two_hundred_times_is_one_order_and_every_answer_leads_to_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let answers = race(&driver, vec![form; 200]).await;
        let order = one_order(&site, &answers).await;
        let own = format!("/orders/{order}");
        for answer in &answers {
            assert_eq!(answer.location(), own, "{:?}: {}", site.world.engine(), answer.status);
        }
    }
}

async fn add_records(site: &Site, from: usize, until: usize) {
    let columns = "vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, registry_state, \
                   registry_disputed, updated_at, state, disputed";
    for number in from..until {
        site.world
            .run(format!(
                "insert into camera_records ({columns}) select 'v1', 's{number}', code, location, region, violated_at, \
                 capture, penalty, fine, points, registry_state, registry_disputed, updated_at, state, disputed \
                 from camera_records where id = 'r2'"
            ))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_list_asks_as_many_queries_for_two_hundred_records_as_for_five(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        driver.place(&site, "v1", "r1").await;
        let mut asked = Vec::new();
        for (from, until) in [(5, 5), (5, 20), (20, 200)] {
            add_records(&site, from, until).await;
            for page in ["/vehicles/v1", "/vehicles", "/", "/orders"] {
                journal::take_queries();
                let shown = driver.get(page).await;
                let queries = journal::take_queries();
                if page == "/vehicles/v1" {
                    assert_eq!(shown.body.matches("<article").count(), until, "all records are shown");
                }
                asked.push((page, until, queries));
            }
        }
        for (page, records, queries) in &asked {
            let first = asked.iter().find(|(first, _, _)| first == page).expect("the page with five records");
            assert!(queries.len() > 2, "the queries of {page} are seen: {queries:?}");
            assert_eq!(queries.len(), first.2.len(), "{page} with {records} records: {queries:#?}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_known_after_two_queries(#[values(Sqlite, Postgres)] engine: Engine) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        // A page that asks for nothing of its own.
        for (browser, most) in [(&driver, 2), (&site.browser(), 1)] {
            journal::take_queries();
            assert_eq!(browser.get("/settings").await.status, StatusCode::OK);
            let queries = journal::take_queries();
            assert!(!queries.is_empty() && queries.len() <= most, "{queries:#?}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn receipts_and_chosen_records_are_read_at_once_however_many_there_are(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    journal::start();
    if let Some(site) = site_on(engine).await {
        let driver = site.driver().await;
        add_records(&site, 0, 20).await;
        let mut asked = Vec::new();
        for record in ["r1", "r2"] {
            let order = driver.place(&site, "v1", record).await;
            driver.pay(&site, &order).await;
            site.minutes_pass(2);
            driver.get("/receipts").await;
            journal::take_queries();
            let shown = driver.get("/receipts").await;
            let queries = journal::take_queries();
            let receipts = site.world.number("select count(*) from receipts").await;
            journal::take_queries();
            assert_eq!(
                shown.body.matches("href=\"/receipts/").count(),
                usize::try_from(receipts).expect("few")
            );
            asked.push(("/receipts", receipts, queries));
        }
        for count in [1, 2, 20] {
            let records: Vec<String> = (0..count).map(|number| format!("records=s{number}")).collect();
            journal::take_queries();
            driver.get(&format!("/vehicles/v1/notice?{}", records.join("&"))).await;
            asked.push(("notice", count, journal::take_queries()));
        }
        for (page, count, queries) in &asked {
            let first = asked.iter().find(|(first, ..)| first == page).expect("the page with one");
            assert!(queries.len() > 2, "the queries of {page} are seen: {queries:?}");
            assert_eq!(queries.len(), first.2.len(), "{page} with {count}: {queries:#?}");
        }
    }
}
