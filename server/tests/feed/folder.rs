//! A watched folder is read as files come and grow.

use std::io::Write;
use std::time::Duration;

use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::feed::{folder::feed_files, watch};
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, person, record, stage_on};

const AT: &str = "2026-11-01T08:00:00Z";

async fn waits_for(stage: &Stage, sql: &str, rows: usize) {
    for _ in 0..100 {
        if stage.rows(sql).await.len() == rows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{sql} never gave {rows} rows");
}

#[rstest]
#[tokio::test]
async fn new_and_grown_files_are_read(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let folder = stage.folder.path().join("feed");
        std::fs::create_dir(&folder).unwrap();
        let stop = CancellationToken::new();
        let watching = tokio::spawn(watch(stage.importer.clone(), folder.clone(), stop.clone()));
        std::fs::write(folder.join("a.ndjson"), person(AT, "李明") + "{}\n").unwrap();
        waits_for(&stage, "select id from persons", 1).await;
        let mut file = std::fs::OpenOptions::new().append(true).open(folder.join("a.ndjson")).unwrap();
        file.write_all(record(AT, "R1", "").as_bytes()).unwrap();
        std::fs::write(folder.join("b.ndjson"), record(AT, "R2", "")).unwrap();
        waits_for(&stage, "select id from camera_records", 2).await;
        let files = feed_files(&folder).unwrap();
        assert_eq!(files, [folder.join("a.ndjson"), folder.join("b.ndjson")]);
        assert_eq!(stage.side("a").lines().count(), 1, "told in a folder of its own");
        stop.cancel();
        watching.await.unwrap();
    }
}
