//! The store is gone or full for a while: people are told so, nothing is half done, and afterwards they go on.

use std::time::{Duration, Instant};

use http::StatusCode;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Store;
use sqlx::{AnyConnection, Connection, Executor};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::{Browser, Site, options, populated, serve_with, site_on, start};

/// A wire to a database that can be cut and mended.
struct Wire {
    address: String,
    whole: watch::Sender<bool>,
}

impl Wire {
    async fn to(database: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (whole, seen) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (mut seen, database) = (seen.clone(), database.clone());
                if !*seen.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(database).await.expect("the database");
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = seen.wait_for(|whole| !whole) => {}
                    }
                });
            }
        });
        Self { address, whole }
    }
}

/// A site on PostgreSQL at the end of a wire; none where there is no server.
async fn wired() -> Option<(Site, Wire)> {
    let (mut world, listener) = populated(Postgres).await?;
    let (_, database) = world.url.rsplit_once('@').expect("a user");
    let (host, _) = database.split_once('/').expect("a database");
    let wire = Wire::to(host.to_owned()).await;
    let url = world.url.replace(host, &wire.address);
    world.state.store = Store::open(&url).await.expect("a store");
    Some((Site { address: start(&world, listener), world }, wire))
}

/// Nobody is signed out, and every page and form says the same.
async fn is_told(driver: &Browser, form: &crate::form::Form) {
    let session = driver.cookie("__Host-session");
    assert_eq!(driver.get("/vehicles/v1").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let placed = driver.post(&form.action, &form.pairs()).await;
    assert_eq!(placed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", placed.location());
    assert_eq!(driver.cookie("__Host-session"), session);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_gone_people_are_told_and_afterwards_go_on() {
    if let Some((site, wire)) = wired().await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        wire.whole.send_replace(false);
        is_told(&driver, &form).await;
        assert_eq!(site.browser().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(site.browser().get("/rulebook").await.status, StatusCode::OK);
        wire.whole.send_replace(true);
        let placed = driver.post(&form.action, &form.pairs()).await;
        let order = placed.location().strip_prefix("/orders/").expect("the order").to_owned();
        driver.pay(&site, &order).await;
        assert_eq!(site.world.number("select count(*) from cases").await, 1);
        site.world.every_promise_holds().await;
    }
}

/// A program that writes for longer than SQLite itself waits: a backup, or a large import.
#[tokio::test(flavor = "multi_thread")]
async fn while_another_program_writes_pages_are_shown_and_writes_wait_for_their_turn() {
    if let Some(site) = site_on(Sqlite).await {
        let driver = site.driver().await;
        assert_eq!(driver.get("/readyz").await.status, StatusCode::OK);
        let mut other = AnyConnection::connect(&site.world.url).await.expect("the file");
        other.execute("begin immediate").await.expect("nobody else writes");
        site.minutes_pass(2);
        let store = site.world.state.store.clone();
        let waiting = tokio::spawn(async move { store.write((), |_, ()| Box::pin(async { Ok(()) })).await });
        let began = Instant::now();
        assert_eq!(driver.get("/me").await.status, StatusCode::OK);
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        assert_eq!(driver.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        tokio::time::sleep(Duration::from_millis(11_500).saturating_sub(began.elapsed())).await;
        other.execute("rollback").await.expect("it goes on");
        assert!(waiting.await.expect("no panic").is_ok(), "it had its turn");
        assert_eq!(driver.get("/readyz").await.status, StatusCode::OK);
        let now = site.world.state.clock.now().timestamp_millis();
        let mut looks = 0;
        while site.world.number("select seen_at from sessions").await != now {
            looks += 1;
            assert!(looks < 200, "the last use of the session is not stored");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_panics_is_one_failed_write() {
    if let Some(site) = site_on(Sqlite).await {
        let driver = site.driver().await;
        let panicking = site.world.state.store.write((), |_, ()| {
            Box::pin(async {
                if true {
                    panic!("a bug")
                }
                Ok(())
            })
        });
        assert!(panicking.await.is_err());
        assert_eq!(driver.get("/readyz").await.status, StatusCode::OK);
        let order = driver.place(&site, "v1", "r1").await;
        driver.pay(&site, &order).await;
        site.world.every_promise_holds().await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_hash_file_of_its_build_a_server_is_not_ready(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some((world, listener)) = populated(engine).await {
        let name = format!("hash-{}.txt", world.folder.path().file_name().expect("a name").display());
        let file = std::env::current_exe().expect("this program").with_file_name(&name);
        std::fs::write(&file, "js: 1").expect("a file");
        let mut options = options(&world);
        options.hash_files = true;
        options.hash_file = name.into();
        let address = serve_with(&world, options, listener);
        let site = Site { world, address };
        assert_eq!(site.browser().get("/readyz").await.status, StatusCode::OK);
        std::fs::remove_file(&file).expect("the file");
        assert_eq!(site.browser().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

const FILLER: &str = "insert into outbox (id, kind, recipient, body, created_at, due_at, attempts, claimed_until) \
    select hex(randomblob(16)), 'filler', '', hex(randomblob(1000)), 0, 0, 0, 0";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_takes_nothing_half() {
    if let Some(site) = site_on(Sqlite).await {
        let driver = site.driver().await;
        let form = driver.order_form(&site, "v1", "r1").await;
        let events = site.world.number("select count(*) from case_events").await;
        let pages = site.world.number("select page_count from pragma_page_count").await;
        site.world.run(format!("pragma max_page_count = {pages}")).await;
        while site.world.try_run(FILLER.into()).await {}
        let placed = driver.post(&form.action, &form.pairs()).await;
        assert!(!placed.location().starts_with("/orders/"), "{}", placed.location());
        for table in ["cases", "holds", "order_records"] {
            assert_eq!(site.world.number(&format!("select count(*) from {table}")).await, 0, "{table}");
        }
        assert_eq!(site.world.number("select count(*) from case_events").await, events);
        assert_eq!(driver.get("/vehicles/v1").await.status, StatusCode::OK, "reading goes on");
        site.world.run("pragma max_page_count = 1073741823".into()).await;
        site.world.run("delete from outbox where kind = 'filler'".into()).await;
        let placed = driver.post(&form.action, &form.pairs()).await;
        let order = placed.location().strip_prefix("/orders/").expect("the order").to_owned();
        driver.pay(&site, &order).await;
        assert_eq!(site.world.number("select count(*) from cases").await, 1);
        site.world.every_promise_holds().await;
    }
}
