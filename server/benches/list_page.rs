//! The page that a signed-in driver sees most: a vehicle's records with their verdicts, asked for by several browsers at
//! once over real sockets. `cargo bench -p server`; PostgreSQL as well where TEST_DATABASE_URL names a server.
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "measuring and printing is this program's work"
)]

#[expect(dead_code, reason = "the tests fill in more forms")]
#[path = "../tests/http/form.rs"]
mod form;
#[expect(dead_code, reason = "the tests do more with a site")]
#[path = "../tests/http/support.rs"]
mod support;
#[expect(dead_code, reason = "the tests do more with a world")]
#[path = "../tests/support/world.rs"]
mod world;

use std::time::{Duration, Instant};

use server::db::Engine;
use support::{Browser, Site, site_on};

const RECORDS: usize = 20;
const BROWSERS: usize = 8;
const LASTS: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    println!(
        "{:10} {:>12} {:>9} {:>9} {:>12} {:>10}",
        "engine", "requests/s", "p50 ms", "p99 ms", "KB of HTML", "MiB"
    );
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(site) = site_on(engine).await else { continue };
        add_records(&site).await;
        let mut browsers = Vec::new();
        for _ in 0..BROWSERS {
            browsers.push(site.driver().await);
        }
        let bytes = look(&browsers[0]).await;
        let begun = Instant::now();
        let looking = browsers.into_iter().map(|browser| tokio::spawn(look_on(browser, begun + LASTS)));
        let mut took: Vec<Duration> = Vec::new();
        for one in futures::future::join_all(looking).await {
            took.extend(one.expect("a browser"));
        }
        let seconds = begun.elapsed().as_secs_f64();
        took.sort_unstable();
        let at = |permille: usize| took[(took.len() - 1) * permille / 1000].as_secs_f64() * 1e3;
        println!(
            "{:10} {:>12.0} {:>9.2} {:>9.2} {:>12.1} {:>10}",
            site.world.engine().name(),
            took.len() as f64 / seconds,
            at(500),
            at(990),
            bytes as f64 / 1024.0,
            resident_mebibytes()
        );
    }
}

async fn add_records(site: &Site) {
    let columns = "vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, registry_state, \
                   registry_disputed, updated_at, state, disputed";
    for number in 5..RECORDS {
        let insert = format!(
            "insert into camera_records ({columns}) select 'v1', 's{number}', code, location, region, violated_at, capture, \
             penalty, fine, points, registry_state, registry_disputed, updated_at, state, disputed \
             from camera_records where id = 'r2'"
        );
        site.world.run(insert).await;
    }
}

async fn look(browser: &Browser) -> usize {
    let shown = browser.get("/vehicles/v1").await;
    assert_eq!(shown.body.matches("<article").count(), RECORDS, "{}", shown.status);
    shown.body.len()
}

async fn look_on(browser: Browser, until: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    while Instant::now() < until {
        let begun = Instant::now();
        look(&browser).await;
        took.push(begun.elapsed());
    }
    took
}

/// Of this process: the server, the payment sandbox and the browsers together.
fn resident_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: u64 =
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    kibibytes / 1024
}
