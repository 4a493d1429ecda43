//! Keys fit the database or the program does not start; sealed text opens in its own row only; every key can be
//! replaced.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use rstest::rstest;
use rules::kernel::CaseState;
use server::config::DatabaseSettings;
use server::db::Engine::{self, Postgres, Sqlite};
use server::db::Fault;
use server::db::keys::SEALED;
use server::keys::reseal::reseal;
use server::keys::{self, KeySettings};
use server::sealing::{Sealer, SealingError, derived_look_up};

use crate::support::world_on;
use crate::world::{ID_NUMBER, PHONE, RECEIPT_KEYS, SEAL_KEYS, World};

const NEW_KEY: &str = "n:1111111111111111111111111111111111111111111111111111111111111111";

fn ring() -> String {
    format!("{NEW_KEY},{SEAL_KEYS}")
}

fn look_up() -> String {
    derived_look_up(SEAL_KEYS).unwrap()
}

/// The settings of a server beside this world, with a data folder of its own.
fn settings(world: &World, data: &Path, seal: Option<&str>, look_up: Option<&str>) -> DatabaseSettings {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let keys = KeySettings { folder: None, seal: owned(seal), look_up: owned(look_up), receipts: None };
    DatabaseSettings { database_url: world.url.clone(), data: data.to_owned(), keys }
}

async fn opened(world: &World, seal: &str, look_up: &str) -> Result<Arc<Sealer>, Fault> {
    let settings = settings(world, world.folder.path(), Some(seal), Some(look_up));
    Ok(keys::open(&settings, false, &*world.state.clock).await?.1)
}

fn told(outcome: Result<Arc<Sealer>, Fault>) -> String {
    outcome.err().map(|fault| fault.to_string()).unwrap_or_default()
}

/// Every sealed text of the store as its place and its text.
async fn sealed_texts(world: &World) -> Vec<(String, String)> {
    let mut connection = world.state.store.read().await.unwrap();
    let mut texts = Vec::new();
    for sealed in SEALED {
        for (key, text) in sealed.find(&mut connection, "", "none").await.unwrap() {
            texts.push((sealed.place(&key), text));
        }
    }
    texts
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_databases_keys_does_not_start_and_makes_none(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        for development in [false, true] {
            let empty = tempfile::tempdir().unwrap();
            let settings = settings(&world, empty.path(), None, None);
            let error =
                keys::open(&settings, development, &*world.state.clock).await.err().unwrap().to_string();
            for named in ["LUTONG_SEAL_KEYS", "seal.key", "server keys make"] {
                assert!(error.contains(named), "{error}");
            }
            assert!(!empty.path().join("seal.key").exists());
        }
        let error = told(opened(&world, NEW_KEY, &look_up()).await);
        assert!(error.contains("unknown key ID t"), "{error}");
        let same_id = format!("t:{}", "22".repeat(32));
        let error = told(opened(&world, &same_id, &look_up()).await);
        assert!(error.contains("not those that this database was written with"), "{error}");
        let error = told(opened(&world, SEAL_KEYS, &"22".repeat(32)).await);
        assert!(error.contains("the look-up key"), "{error}");
        opened(&world, SEAL_KEYS, &look_up()).await.unwrap();
        // From here on check values stand in the database.
        for (seal, look_up, wrong) in [
            (NEW_KEY, look_up(), "needs the key seal:t"),
            (same_id.as_str(), look_up(), "seal:t is not the one"),
            (SEAL_KEYS, "22".repeat(32), "look-up is not the one"),
        ] {
            let error = told(opened(&world, seal, &look_up).await);
            assert!(error.contains(wrong), "{error}");
        }
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_development_makes_keys_and_only_for_a_database_without_sealed_text(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        for table in ["persons", "accounts"] {
            world.run(format!("delete from {table}")).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&world, folder.path(), None, None);
        let clock = &*world.state.clock;
        assert!(keys::open(&settings, false, clock).await.is_err());
        let (store, first) = keys::open(&settings, true, clock).await.unwrap();
        assert!(folder.path().join("seal.key").exists() && folder.path().join("look-up.key").exists());
        let (_, again) = keys::open(&settings, false, clock).await.unwrap();
        assert_eq!(first.look_up("person", "x"), again.look_up("person", "x"));
        let signer = keys::signer(&settings, &store, true, clock).await.unwrap();
        assert_eq!(keys::signer(&settings, &store, false, clock).await.unwrap().id(), signer.id());
        // The keys are lost: check values alone keep new ones from being made.
        for file in ["seal.key", "look-up.key", "receipts.key"] {
            std::fs::remove_file(folder.path().join(file)).unwrap();
        }
        assert!(keys::open(&settings, true, clock).await.is_err());
        assert!(keys::signer(&settings, &store, true, clock).await.is_err());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_look_up_key_of_an_earlier_version_is_written_out_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&world, folder.path(), Some(SEAL_KEYS), None);
        let clock = &*world.state.clock;
        let error = keys::open(&settings, false, clock).await.err().unwrap().to_string();
        assert!(error.contains("server keys derive-look-up"), "{error}");
        let (_, sealer) = keys::open(&settings, true, clock).await.unwrap();
        assert_eq!(sealer.look_up("person", ID_NUMBER), world.driver.id);
        let written = std::fs::read_to_string(folder.path().join("look-up.key")).unwrap();
        assert_eq!(written.trim(), look_up());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn receipts_stay_verifiable_or_the_server_does_not_start(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        let (store, clock) = (&world.state.store, &*world.state.clock);
        let mut settings = settings(&world, world.folder.path(), None, None);
        settings.keys.receipts = Some("r2:secret:".to_owned() + &"33".repeat(32) + ":2026-01-01");
        let error = keys::signer(&settings, store, false, clock).await.err().unwrap().to_string();
        assert!(error.contains("signed with another key"), "{error}");
        settings.keys.receipts = Some(RECEIPT_KEYS.into());
        keys::signer(&settings, store, false, clock).await.unwrap();
        settings.keys.receipts = Some("r1:secret:".to_owned() + &"33".repeat(32) + ":2026-01-01");
        assert!(keys::signer(&settings, store, false, clock).await.is_err(), "another key under the same ID");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn text_that_was_moved_to_another_row_or_column_does_not_open(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        world.code(&world.chosen(&["r1"])).await;
        let texts = sealed_texts(&world).await;
        assert!(texts.len() >= 6, "{texts:?}");
        let sealer = &world.state.sealer;
        for (place, text) in &texts {
            assert!(sealer.open(place, text).is_ok(), "{place}");
            for (other, _) in texts.iter().filter(|(other, _)| other != place) {
                assert_eq!(sealer.open(other, text), Err(SealingError::Damaged), "{place} at {other}");
            }
        }
        // In the store itself: two people's names change places.
        let id = "f".repeat(32);
        let name = sealer.seal(&*world.state.clock, &format!("persons:{id}:name"), "王芳");
        world
            .run(format!(
                "insert into persons (id, name, id_number, updated_at) values ('{id}', '{name}', '-', 0)"
            ))
            .await;
        world.run(format!("update persons set name = '{name}' where id = '{}'", world.driver.id)).await;
        let moved = world.text(&format!("select name from persons where id = '{}'", world.driver.id)).await;
        let place = format!("persons:{}:name", world.driver.id);
        assert_eq!(sealer.open(&place, &moved.unwrap()), Err(SealingError::Damaged));
    }
}

/// Sealed text in any column of any table that `SEALED` does not list would be lost at a rotation.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_sealed_column_is_known(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        let order = world.placed(&["r1"]).await;
        let page = world.open_payment(&order).await;
        world.press(&page, "pay").await;
        world.until(&order, CaseState::Settled).await;
        let known: Vec<String> =
            SEALED.iter().map(|sealed| format!("{} {}", sealed.table, sealed.column)).collect();
        let mut found = 0;
        for (table, column) in world.text_columns().await {
            let sealed = format!("select count(*) from {table} where {column} like 't.%'");
            if world.number(&sealed).await > 0 {
                found += 1;
                assert!(known.contains(&format!("{table} {column}")), "{table}.{column} is sealed");
            }
        }
        assert_eq!(found, known.len());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn after_resealing_every_text_opens_with_the_new_key_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(world) = world_on(engine).await {
        world.code(&world.chosen(&["r1"])).await;
        let before: Vec<(String, String)> = sealed_texts(&world)
            .await
            .into_iter()
            .map(|(place, text)| (place.clone(), world.state.sealer.open(&place, &text).unwrap()))
            .collect();
        let rotated = opened(&world, &ring(), &look_up()).await.unwrap();
        let go_on = |_| ControlFlow::Continue(());
        let done = reseal(&world.state.store, &rotated, &world.state.clock, go_on).await.unwrap();
        assert_eq!((done.texts, done.unreadable.len()), (before.len() as u64, 0));
        assert_eq!(done.retired, ["t"]);
        let alone = opened(&world, NEW_KEY, &look_up()).await.expect("the oldest key is retired");
        let after: Vec<(String, String)> = sealed_texts(&world)
            .await
            .into_iter()
            .map(|(place, text)| (place.clone(), alone.open(&place, &text).unwrap()))
            .collect();
        assert_eq!(after, before);
        assert_eq!(alone.look_up("person", ID_NUMBER), world.driver.id);
        let phone = world.text("select phone_hash from accounts").await.unwrap();
        assert_eq!(alone.look_up("phone", PHONE), phone);
        let again = reseal(&world.state.store, &alone, &world.state.clock, go_on).await.unwrap();
        assert_eq!((again.texts, again.retired.len()), (0, 0));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn resealing_goes_on_where_it_stopped_and_tells_what_it_cannot_open(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(world) = world_on(engine).await {
        let (state, clock) = (&world.state, &*world.state.clock);
        let rows: Vec<String> = (0..1_100)
            .map(|number| {
                let id = format!("{number:032}");
                let seal = |column: &str| state.sealer.seal(clock, &format!("persons:{id}:{column}"), "王芳");
                format!("('{id}', '{}', '{}', 0)", seal("name"), seal("id_number"))
            })
            .collect();
        let columns = "insert into persons (id, name, id_number, updated_at)";
        world.run(format!("{columns} values {}", rows.join(", "))).await;
        world.run("update persons set id_number = 'z.AAAA' where id like '%7'".into()).await;
        let rotated = Arc::new(Sealer::new(&ring(), &look_up()).unwrap());
        let stop = |_| ControlFlow::Break(());
        let first = reseal(&state.store, &rotated, &state.clock, stop).await.unwrap();
        assert_eq!((first.texts, first.retired.len()), (500, 0));
        let open = world.number("select count(*) from persons where name like 't.%'").await;
        assert_eq!(open, 601, "half is done");
        let go_on = |_| ControlFlow::Continue(());
        let rest = reseal(&state.store, &rotated, &state.clock, go_on).await.unwrap();
        assert!(rest.unreadable[0].contains("unknown key ID z"), "{}", rest.unreadable[0]);
        assert!(rest.retired.is_empty(), "no key is given up while a text is unreadable");
        assert_eq!(world.number("select count(*) from persons where name like 't.%'").await, 0);
        assert_eq!(
            rest.unreadable.len() as i64,
            world.number("select count(*) from persons where id_number like 'z.%'").await
        );
    }
}
