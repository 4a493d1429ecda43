//! The import is killed as `kill -9` does, again and again, and ends with the same registry.

use std::process::{Command, ExitStatus};

use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::sealing::derived_look_up;

use crate::stage::{KEYS, Stage, registry_of, stage_on};

fn import(stage: &Stage, path: &std::path::Path, crash_at: Option<&str>) -> ExitStatus {
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    command
        .args(["import", "--now", "2026-11-18T02:00:00Z"])
        .arg(path)
        .env("DATABASE_URL", &stage.url)
        .env("LUTONG_DATA", stage.folder.path())
        .env("LUTONG_SEAL_KEYS", KEYS)
        .env("LUTONG_LOOK_UP_KEY", derived_look_up(KEYS).unwrap())
        .env("LUTONG_DEVELOPMENT", "true")
        .env("RUST_LOG", "off");
    if let Some(point) = crash_at {
        command.env("LUTONG_CRASH_AT", point);
    }
    command.output().unwrap().status
}

#[rstest]
#[tokio::test]
async fn an_import_killed_at_each_point_ends_with_the_same_registry(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let text: String = registry_of(1_000)
        .lines()
        .enumerate()
        .fold(String::new(), |text, (at, line)| text + if at % 400 == 5 { "{}" } else { line } + "\n");
    if let Some(whole) = stage_on(engine).await {
        let path = whole.write("a.ndjson", &text);
        assert_eq!(import(&whole, &path, None).code(), Some(2), "some lines are rejected");
        if let Some(stage) = stage_on(engine).await {
            let path = stage.write("a.ndjson", &text);
            let mut points = vec![
                "feed.before-batch:1",
                "feed.after-batch:1",
                "feed.before-batch:2",
                "feed.after-batch:1",
            ];
            if engine == Sqlite {
                // The first commit of a later run is that of a batch.
                points.insert(2, "writer.before-commit:1");
            }
            for point in points {
                let status = import(&stage, &path, Some(point));
                assert_eq!(status.code(), None, "killed at {point}: {status}");
            }
            assert_eq!(import(&stage, &path, None).code(), Some(2));
            assert_eq!(stage.registry().await, whole.registry().await);
            assert_eq!(stage.side("a"), whole.side("a"));
        }
    }
}
