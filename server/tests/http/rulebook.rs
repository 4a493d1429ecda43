//! What anyone may ask without signing in: each rule's page, one's own case, and what paying late adds.

use http::StatusCode;
use rstest::rstest;
use rules::families::camera::Camera;
use rules::kernel::Family;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::support::{Answer, site_on};

/// Where the page's links lead that begin so.
fn links<'a>(page: &'a Answer, begin: &'a str) -> impl Iterator<Item = String> + 'a {
    let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(move |link| link.starts_with(begin)).map(|link| link.replace("&amp;", "&"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn from_each_rules_page_one_comes_to_a_case_that_it_refuses(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        for rule in Camera::RULES.iter().map(|rule| rule.id) {
            let about = format!("/rulebook/{}", rule.code());
            let page = visitor.get(&about).await;
            let to_try = links(&page, "/what-if?").next().unwrap_or_else(|| panic!("{about} leads nowhere"));
            let tried = visitor.get(&to_try).await;
            assert_eq!(tried.status, StatusCode::OK, "{to_try}");
            let (_, answer) = tried.body.split_once("id=\"answer\"").expect("an answer");
            assert!(answer.contains(&format!("href=\"{about}\"")), "{to_try}: {answer}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn facts_that_few_people_change_are_folded_away_until_one_is_changed(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let folded = |page: &Answer| !page.body.contains("<details open");
        assert!(folded(&visitor.get("/what-if").await));
        assert!(folded(&visitor.get("/what-if?fine=500&standing=unprocessed&at=").await));
        assert!(!folded(&visitor.get("/what-if?disputed=yes").await));
        let wrong = visitor.get("/what-if?at=25:00&full_marks=x&disputed=perhaps").await;
        assert!(!folded(&wrong));
        for field in ["at", "full_marks", "disputed"] {
            assert!(wrong.body.contains(&format!("id=\"{field}-error\"")), "{field}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_paying_late_adds_is_computed_for_anyone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(site) = site_on(engine).await {
        let visitor = site.browser();
        let page = visitor.get("/rulebook/fine.late-fee").await;
        assert_eq!(links(&page, "/what-if/").collect::<Vec<_>>(), ["/what-if/late-fee"]);
        let asked = |fine: &str, served: &str, paid: &str| {
            format!("/what-if/late-fee?place=530102&fine={fine}&served_on={served}&paid_on={paid}")
        };
        // The 15th day after the 1st is the last without a fee.
        for (paid, added, total) in [
            ("2026-03-16", "0 元", "200 元"),
            ("2026-03-17", "6 元", "206 元"),
            ("2026-03-26", "60 元", "260 元"),
            ("2026-12-31", "200 元", "400 元"),
        ] {
            let page = visitor.get(&asked("200", "2026-03-01", paid)).await;
            let (_, answer) = page.body.split_once("id=\"answer\"").expect("an answer");
            for amount in [added, total] {
                assert!(answer.contains(&format!(">{amount}<")), "{paid}: {answer}");
            }
            assert_eq!(answer.contains("lt-verdict--pass"), paid == "2026-03-16", "{paid}");
        }
        for (address, field) in [
            (asked("x", "2026-03-01", "2026-03-26"), "fine"),
            (asked("1000000.01", "2026-03-01", "2026-03-26"), "fine"),
            (asked("200", "2026-02-30", "2026-03-26"), "served_on"),
            (asked("200", "2026-03-01", "1949-03-26"), "paid_on"),
            (asked("200", "2026-03-01", "2026-02-28"), "paid_on"),
        ] {
            let page = visitor.get(&address).await;
            assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{address}");
            assert!(!page.body.contains("id=\"answer\""), "{address}");
        }
    }
}
