//! What the feed does to records that this program holds, has processed, or has marked.

use crate::stage::{Stage, record, stage_on};
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

const OLD: &str = "2026-11-01T08:00:00Z";
const NEW: &str = "2026-11-02T08:00:00Z";
const NEWEST: &str = "2026-11-03T08:00:00Z";
const ELSEWHERE: &str = r#","state":"processed-elsewhere""#;

async fn state(stage: &Stage, id: &str) -> (String, String) {
    let rows =
        stage.rows(&format!("select state, registry_state from camera_records where id = '{id}'")).await;
    (rows[0][0].clone().unwrap(), rows[0][1].clone().unwrap())
}

fn pair(state: &str, registry: &str) -> (String, String) {
    (state.to_owned(), registry.to_owned())
}

#[rstest]
#[tokio::test]
async fn a_free_record_follows_the_registry(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        stage.import_text("a.ndjson", &record(OLD, "R1", "")).await;
        assert_eq!(state(&stage, "R1").await, pair("unprocessed", "unprocessed"));
        stage.import_text("b.ndjson", &record(NEW, "R1", ELSEWHERE)).await;
        assert_eq!(state(&stage, "R1").await, pair("processed-elsewhere", "processed-elsewhere"));
        stage.import_text("c.ndjson", &record(NEWEST, "R1", "")).await;
        assert_eq!(state(&stage, "R1").await, pair("unprocessed", "unprocessed"));
        assert_eq!(stage.rows("select id from outbox").await.len(), 0, "no order holds it");
    }
}

#[rstest]
#[tokio::test]
async fn an_order_that_holds_a_record_processed_elsewhere_hears_of_it_once(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = stage_on(engine).await {
        stage.import_text("a.ndjson", &record(OLD, "R1", "")).await;
        stage.run("update camera_records set state = 'held', held_person = 'P', held_order = 'O' where id = 'R1'").await;
        stage.import_text("b.ndjson", &record(NEW, "R1", "")).await;
        assert_eq!(stage.rows("select id from outbox").await.len(), 0, "nothing happened to it");
        let told = record(NEW, "R1", ELSEWHERE).replace(NEW, "2026-11-02T09:00:00Z");
        stage.import_text("c.ndjson", &told).await;
        stage.import_text("d.ndjson", &record(NEWEST, "R1", ELSEWHERE)).await;
        assert_eq!(state(&stage, "R1").await, pair("held", "processed-elsewhere"));
        let told = stage.rows("select kind, body from outbox").await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0][0].as_deref(), Some("record-processed-elsewhere"));
        let body: serde_json::Value = serde_json::from_str(told[0][1].as_deref().unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({ "person": "P", "order": "O", "vehicle": "V1", "record": "R1" }));
    }
}

#[rstest]
#[tokio::test]
async fn a_record_processed_here_stays_processed(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        stage.import_text("a.ndjson", &record(OLD, "R1", "")).await;
        stage.run("update camera_records set state = 'processed', held_person = 'P', held_order = 'O'").await;
        stage.import_text("b.ndjson", &record(NEW, "R1", ELSEWHERE)).await;
        assert_eq!(state(&stage, "R1").await, pair("processed", "processed-elsewhere"));
        assert_eq!(stage.rows("select id from outbox").await.len(), 0);
    }
}

#[rstest]
#[tokio::test]
async fn a_dispute_of_ours_stays_until_the_registry_has_known_of_one(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = stage_on(engine).await {
        let disputed = async || {
            stage.rows("select cast(disputed as text) from camera_records").await[0][0].clone().unwrap()
        };
        stage.import_text("a.ndjson", &record(OLD, "R1", "")).await;
        assert_eq!(disputed().await, "0");
        stage.run("update camera_records set disputed = 1").await;
        stage.import_text("b.ndjson", &record(NEW, "R1", "")).await;
        assert_eq!(disputed().await, "1", "the registry has not heard of it");
        stage.import_text("c.ndjson", &record("2026-11-02T10:00:00Z", "R1", r#","disputed":true"#)).await;
        assert_eq!(disputed().await, "1");
        stage.import_text("d.ndjson", &record(NEWEST, "R1", "")).await;
        assert_eq!(disputed().await, "0", "the registry settled it");
    }
}
