//! Order, repetition and interruption leave no trace.

use std::io::Write;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};

use crate::stage::{person, record, registry_of, stage_on};

#[rstest]
#[tokio::test]
async fn reading_a_file_again_or_a_copy_of_it_changes_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let text = registry_of(60);
        let path = stage.write("a.ndjson", &text);
        let first = stage.import(&path).await;
        let lines = text.lines().count() as u64;
        assert_eq!(first.total().accepted, lines);
        let registry = stage.registry().await;
        assert_eq!(stage.import(&path).await.lines(), 0, "the file is read already");
        let copy = stage.import_text("copy.ndjson", &text).await;
        assert_eq!((copy.total().accepted, copy.total().outdated), (0, lines));
        assert_eq!(stage.registry().await, registry);
    }
}

/// Three versions of each fact, told at different times.
fn versions() -> Vec<String> {
    let mut lines = Vec::new();
    for (at, name, disputed, state, points, role) in [
        (
            "2026-11-01T08:00:00+08:00",
            "李明",
            true,
            "processed-elsewhere",
            r#"{"id":"P1","on":"2026-09-01","points":3,"fine_paid":false},{"id":"P2","on":"2026-09-02","points":1,"fine_paid":true}"#,
            "lessee",
        ),
        (
            "2026-11-02T08:00:00+08:00",
            "李明明",
            false,
            "unprocessed",
            r#"{"id":"P1","on":"2026-09-01","points":3,"fine_paid":true}"#,
            "filed-driver",
        ),
        (
            "2026-11-02T08:00:00.001+08:00",
            "李大明",
            true,
            "unprocessed",
            r#"{"id":"P3","on":"2026-10-01","points":6,"fine_paid":true}"#,
            "lessee",
        ),
    ] {
        lines.push(person(at, name));
        for id in ["R1", "R2", "R3"] {
            lines.push(record(at, id, &format!(r#","state":"{state}","disputed":{disputed}"#)));
        }
        lines.push(format!(
            "{{\"kind\":\"licence\",\"at\":\"{at}\",\"id_number\":\"53010219880412901X\",\"file_number\":\"530199000002\",\
             \"classes\":[\"C1\"],\"states\":[\"normal\"],\"first_issued\":\"2017-07-24\",\"full_marks\":[],\"points\":[{points}]}}\n"
        ));
        lines.push(format!(
            "{{\"kind\":\"lease\",\"at\":\"{at}\",\"id\":\"L1\",\"vehicle\":\"V1\",\"registered_at\":\"{at}\",\"from\":\"{at}\",\
             \"until\":\"2027-01-01T00:00:00Z\",\"drivers\":[{{\"id_number\":\"53010219880412901X\",\"role\":\"{role}\"}}]}}\n"
        ));
    }
    lines
}

#[rstest]
#[tokio::test]
async fn any_order_of_the_lines_gives_the_newest_facts(#[values(Sqlite, Postgres)] engine: Engine) {
    let in_order = versions();
    let mut expected = None;
    for seed in 0..12 {
        let mut lines = in_order.clone();
        if seed > 0 {
            lines.shuffle(&mut rand::rngs::StdRng::seed_from_u64(seed));
        }
        if let Some(stage) = stage_on(engine).await {
            let counts = stage.import_text("a.ndjson", &lines.concat()).await;
            assert_eq!(counts.lines(), 18);
            assert_eq!(counts.total().rejected, 0, "{}", stage.side("a"));
            if seed == 0 {
                assert_eq!(counts.total().accepted, 18, "each is newer than the one before");
            }
            let registry = stage.registry().await;
            assert_eq!(*expected.get_or_insert_with(|| registry.clone()), registry, "seed {seed}");
        }
    }
    let expected = expected.unwrap().join("\n");
    assert!(expected.contains("李大明") && expected.contains("P3") && !expected.contains("P1"), "{expected}");
}

#[rstest]
#[tokio::test]
async fn an_import_that_stops_after_any_batch_goes_on_where_it_stopped(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut text = registry_of(500);
    // Rejected lines in every batch, so that the side file is continued too.
    text = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at % 300 == 7 { "{}\n".into() } else { format!("{line}\n") })
        .collect();
    let batches = text.lines().count().div_ceil(1000);
    assert!(batches >= 3);
    if let Some(whole) = stage_on(engine).await {
        let counts = whole.import_text("a.ndjson", &text).await;
        let registry = whole.registry().await;
        let position = "select cast(bytes_read as text), cast(lines_read as text), cast(accepted as text), cast(rejected as text), \
            cast(side_bytes as text), fingerprint from feed_files";
        let expected = whole.rows(position).await;
        assert_eq!(expected[0][0], Some(text.len().to_string()));
        for stop in 1..batches {
            if let Some(stage) = stage_on(engine).await {
                let path = stage.write("a.ndjson", &text);
                let mut sum = stage.import_batches(&path, stop).await.unwrap();
                assert_eq!(sum.lines(), stop as u64 * 1000);
                sum.add(&stage.import(&path).await);
                assert_eq!(sum, counts);
                assert_eq!(stage.registry().await, registry, "stopped after {stop}");
                assert_eq!(stage.rows(position).await, expected);
                assert_eq!(stage.side("a"), whole.side("a"));
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_file_cut_at_any_byte_is_read_on_when_it_grows(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut lines = versions();
    lines.insert(3, "{\"kind\":\"person\"}\n".into());
    let text = lines.concat();
    if let Some(whole) = stage_on(engine).await {
        whole.import_text("a.ndjson", &text).await;
        if let Some(stage) = stage_on(engine).await {
            let path = stage.write("a.ndjson", "");
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            for piece in text.as_bytes().chunks(61) {
                file.write_all(piece).unwrap();
                stage.import(&path).await;
            }
            assert_eq!(stage.registry().await, whole.registry().await);
            assert_eq!(stage.side("a"), whole.side("a"));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_line_without_its_newline_waits(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let line = person("2026-11-01T08:00:00Z", "李明");
        let cut = &line[..line.len() - 1];
        let path = stage.write("a.ndjson", cut);
        let counts = stage.import(&path).await;
        assert_eq!((counts.lines(), counts.unfinished), (0, cut.len() as u64));
        stage.write("a.ndjson", &line);
        assert_eq!(stage.import(&path).await.total().accepted, 1);
    }
}

#[rstest]
#[tokio::test]
async fn another_file_under_an_old_name_is_read_from_its_beginning(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = stage_on(engine).await {
        stage.import_text("a.ndjson", &(person("2026-11-01T08:00:00Z", "李明") + "{}\n")).await;
        assert!(!stage.side("a").is_empty());
        let counts = stage
            .import_text(
                "a.ndjson",
                &(person("2026-11-03T08:00:00Z", "王芳") + &record("2026-11-03T08:00:00Z", "R1", "")),
            )
            .await;
        assert_eq!(counts.total().accepted, 2);
        assert!(stage.side("a").is_empty(), "the side file is the new file's");
        let shorter = stage.import_text("a.ndjson", &person("2026-11-04T08:00:00Z", "王芳芳")).await;
        assert_eq!(shorter.total().accepted, 1);
    }
}

#[rstest]
#[tokio::test]
async fn the_time_of_synchronisation_is_the_newest_facts_own(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let text = person("2026-11-02T00:00:00Z", "李明") + &record("2026-11-01T00:00:00Z", "R1", "");
        stage.import_text("a.ndjson", &text).await;
        stage.import_text("b.ndjson", &record("2026-10-01T00:00:00Z", "R2", "")).await;
        let synced = stage.rows("select cast(synced_at as text) from synchronisation").await;
        assert_eq!(synced, [[Some("1793577600000".to_owned())]]);
    }
}
