//! Which files are read, and what a hostile one may do: nothing beyond its own facts.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ed25519_dalek::SigningKey;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::feed::counts::Counts;
use server::feed::folder::feed_files;
use server::feed::manifest::Manifest;
use server::feed::reader::LONGEST;
use server::feed::scope::Scope;
use server::feed::sign::sign;
use server::feed::sources::Source;
use server::feed::{Desk, line};

use crate::stage::{Stage, now, person, record, registry_of, stage_on};

const AT: &str = "2026-11-01T08:00:00Z";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

/// Stages outside of development, with one source of every fact.
async fn strict_stage(engine: Engine) -> Option<Stage> {
    let mut stage = stage_on(engine).await?;
    let source = Source { id: "yunnan".into(), key: key().verifying_key(), scope: Scope::everything() };
    stage.importer.desk = Desk::open(stage.folder.path(), vec![source], false).unwrap();
    Some(stage)
}

/// The code of the side file's only line.
fn refused(stage: &Stage, counts: &Counts, name: &str) -> String {
    assert_eq!((counts.lines(), counts.total().rejected), (1, 1), "{}", stage.side(name));
    let side = stage.side(name);
    let line: serde_json::Value = serde_json::from_str(side.trim_end()).unwrap();
    assert_eq!(line["line"], 0);
    line["code"].as_str().unwrap().to_owned()
}

async fn nobody_is_known(stage: &Stage) {
    assert!(stage.rows("select id from persons").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn an_unsigned_file_is_refused_outside_of_development(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = strict_stage(engine).await {
        let path = stage.write("a.ndjson", person(AT, "李明"));
        let counts = stage.import(&path).await;
        assert_eq!(refused(&stage, &counts, "a"), "unsigned");
        nobody_is_known(&stage).await;
        sign(&path, "yunnan", 1, &key()).unwrap();
        assert_eq!(stage.import(&path).await.total().accepted, 1, "read once its manifest has come");
        assert_eq!(stage.side("a"), "", "the refusal is history");
        assert_eq!(stage.import(&path).await.lines(), 0, "read already");
    }
}

#[rstest]
#[tokio::test]
async fn a_manifest_that_does_not_fit_refuses_the_file(#[values(Sqlite, Postgres)] engine: Engine) {
    let change = |path: &Path, change: &dyn Fn(&mut Manifest)| {
        let path = Manifest::path_of(path);
        let mut manifest: Manifest = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut manifest);
        std::fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    };
    if let Some(stage) = strict_stage(engine).await {
        let text = person(AT, "李明");
        let fresh = |name: &str, sequence: i64, key: &SigningKey| -> PathBuf {
            let path = stage.write(&format!("{name}.ndjson"), &text);
            sign(&path, "yunnan", sequence, key).unwrap();
            path
        };
        let other = fresh("key", 1, &SigningKey::from_bytes(&[4; 32]));
        assert_eq!(refused(&stage, &stage.import(&other).await, "key"), "signature");
        let source = fresh("source", 1, &key());
        change(&source, &|manifest| manifest.source = "guangxi".into());
        assert_eq!(refused(&stage, &stage.import(&source).await, "source"), "source");
        let sequence = fresh("sequence", 1, &key());
        change(&sequence, &|manifest| manifest.sequence = 2);
        assert_eq!(refused(&stage, &stage.import(&sequence).await, "sequence"), "signature");
        let changed = fresh("changed", 1, &key());
        stage.write("changed.ndjson", text.replace("李明", "王芳"));
        assert_eq!(refused(&stage, &stage.import(&changed).await, "changed"), "sha256");
        let cut = fresh("cut", 1, &key());
        stage.write("cut.ndjson", &text[..20]);
        assert_eq!(refused(&stage, &stage.import(&cut).await, "cut"), "length");
        let nonsense = fresh("nonsense", 1, &key());
        std::fs::write(Manifest::path_of(&nonsense), "{}").unwrap();
        assert_eq!(refused(&stage, &stage.import(&nonsense).await, "nonsense"), "manifest");
        nobody_is_known(&stage).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_sequence_number_stands_for_one_content_for_good(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = strict_stage(engine).await {
        let first = stage.write("a.ndjson", person(AT, "李明"));
        sign(&first, "yunnan", 7, &key()).unwrap();
        assert_eq!(stage.import(&first).await.total().accepted, 1);
        let copy = stage.write("copy.ndjson", person(AT, "李明"));
        sign(&copy, "yunnan", 7, &key()).unwrap();
        assert_eq!(stage.import(&copy).await.lines(), 0, "the same content under another name");
        let other = stage.write("other.ndjson", person("2026-11-02T08:00:00Z", "王芳"));
        sign(&other, "yunnan", 7, &key()).unwrap();
        assert_eq!(refused(&stage, &stage.import(&other).await, "other"), "sequence");
        sign(&other, "yunnan", 6, &key()).unwrap();
        assert_eq!(stage.import(&other).await.total().accepted, 1, "a number that was late is not lost");
    }
}

#[rstest]
#[tokio::test]
async fn no_more_of_a_file_is_read_than_was_signed_and_an_interrupted_one_goes_on(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = strict_stage(engine).await {
        let text = registry_of(300);
        let lines = text.lines().count() as u64;
        assert!(lines > 1_000, "several batches");
        let path = stage.write("a.ndjson", &text);
        sign(&path, "yunnan", 1, &key()).unwrap();
        let stopped = stage.import_batches(&path, 1).await.unwrap();
        assert_eq!(stopped.lines(), 1_000);
        stage.write("a.ndjson", text + &person(AT, "附加"));
        let rest = stage.import(&path).await;
        assert_eq!((rest.lines(), rest.unfinished), (lines - 1_000, 0));
        let copies = std::fs::read_dir(stage.importer.desk.reports()).unwrap();
        assert_eq!(copies.count(), 0, "no copy is left");
    }
}

#[rstest]
#[tokio::test]
async fn a_new_dump_under_the_old_name_is_read_wholly_even_where_it_begins_alike(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = stage_on(engine).await {
        let lines = |at: &str, name: &str| -> String {
            let same: String = (0..10).map(|id| record(AT, &format!("R{id}"), "")).collect();
            let changed: String = (10..30).map(|id| record(at, &format!("R{id}"), "")).collect();
            same + &changed + &person(at, name)
        };
        let old = lines(AT, "李明");
        assert!(old.find("R10").unwrap() > 1024, "more than the first 1,024 bytes are alike");
        stage.import_text("a.ndjson", &old).await;
        let counts = stage.import_text("a.ndjson", &lines("2026-11-02T08:00:00Z", "王芳")).await;
        assert_eq!(counts.total().accepted, 21, "{counts}");
        assert_eq!(counts.total().rejected, 0, "{}", stage.side("a"));
    }
}

#[rstest]
#[tokio::test]
async fn a_link_is_never_followed(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let secret = stage.write("seal.key", "the secret");
        // Where earlier versions wrote rejected lines.
        symlink(&secret, stage.folder.path().join("a.rejected.ndjson")).unwrap();
        stage.import_text("a.ndjson", "{}\n").await;
        let side = std::fs::read_dir(stage.importer.desk.reports()).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(&side).unwrap();
        symlink(&secret, &side).unwrap();
        let path = stage.write("a.ndjson", "{}\n{\"a\":1}\n");
        assert!(stage.import_batches(&path, 9).await.is_err(), "a side file that is a link");
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), "the secret");
        let target = stage.write("outside.txt", person(AT, "李明"));
        symlink(target, stage.folder.path().join("link.ndjson")).unwrap();
        assert!(!feed_files(stage.folder.path()).unwrap().iter().any(|path| path.ends_with("link.ndjson")));
        assert!(stage.import_batches(&stage.folder.path().join("link.ndjson"), 9).await.is_err());
        nobody_is_known(&stage).await;
    }
}

#[test]
fn a_line_of_many_small_fields_costs_no_more_than_its_bytes() {
    let fields: Vec<String> = (0..7_000).map(|number| format!("\"{number}\":1")).collect();
    let text = format!("{{{}}}", fields.join(","));
    assert!((LONGEST - 10_000..LONGEST).contains(&text.len()));
    let began = Instant::now();
    let refused = line::parse(text.as_bytes(), now()).unwrap_err();
    assert_eq!(refused.why.code, "too-many-fields");
    assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    let inner = format!("{{\"kind\":\"vehicle\",\"at\":\"{AT}\",\"owner\":{text}}}");
    assert_eq!(line::parse(inner.as_bytes(), now()).unwrap_err().why.code, "missing");
}

#[test]
fn a_line_nested_deeper_than_any_fact_is_refused() {
    for (depth, code) in [(7, "missing"), (8, "json"), (9_000, "json")] {
        let text = format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(line::parse(text.as_bytes(), now()).unwrap_err().why.code, code, "{depth}");
    }
}
