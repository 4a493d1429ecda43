//! Lines that are not taken: each with its place, its code and its field, and without its values.

use proptest::prelude::*;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::feed::line;
use server::feed::reader::LONGEST;

use crate::stage::{now, person, record, stage_on};

const AT: &str = "2026-11-01T08:00:00Z";

/// A line, the code and the field of its rejection.
fn wrong_lines() -> Vec<(String, &'static str, &'static str)> {
    let person = |rest: &str| format!("{{\"kind\":\"person\",\"at\":\"{AT}\",{rest}}}\n");
    let record = |rest: &str| record(AT, "R9", &format!(",{rest}"));
    let replaced = |from: &str, to: &str| record("\"disputed\":false").replace(from, to);
    vec![
        ("{\n".into(), "json", ""),
        ("[1]\n".into(), "type", ""),
        ("{}\n".into(), "missing", "kind"),
        ("{\"kind\":\"decision\",\"at\":\"2026-11-01T08:00:00Z\"}\n".into(), "unknown-kind", "kind"),
        ("{\"kind\":\"person\"}\n".into(), "missing", "at"),
        ("{\"kind\":\"person\",\"at\":\"2026-11-01\"}\n".into(), "moment", "at"),
        ("{\"kind\":\"person\",\"at\":\"2026-11-19T02:00:01Z\"}\n".into(), "future", "at"),
        (person(r#""id_number":"530102198804129011","name":"李明""#), "check-digit", "id_number"),
        (person(r#""id_number":"53010219881312901X","name":"李明""#), "date", "id_number"),
        (person(r#""id_number":53010219880412901,"name":"李明""#), "type", "id_number"),
        (person(r#""id_number":"53010219880412901X","name":"""#), "length", "name"),
        (person(r#""id_number":"53010219880412901X","name":"李\n明""#), "character", "name"),
        (
            person(r#""id_number":"53010219880412901X","name":"李明","email":"li@example.com""#),
            "unknown-field",
            "email",
        ),
        (person(r#""id_number":"53010219880412901X","name":"李明","phone":"1380000000""#), "length", "phone"),
        (
            person(r#""id_number":"53010219880412901X","name":"李明","53010219880412901X":1"#),
            "unknown-field",
            "?",
        ),
        (
            person(r#""id_number":"53010219880412901X","name":"李明","name":"王芳""#),
            "duplicate-field",
            "name",
        ),
        (replaced("\"fine\":10000", "\"fine\":200.5"), "type", "fine"),
        (replaced("\"fine\":10000", "\"fine\":-1"), "range", "fine"),
        (replaced("\"points\":1", "\"points\":13"), "range", "points"),
        (replaced("\"530102\"", "\"930102\""), "region", "region"),
        (replaced("\"1345\"", "\"13\""), "violation-code", "code"),
        (replaced("\"device\"", "\"camera\""), "code", "capture"),
        (record(r#""state":"processed""#), "code", "state"),
        (record(r#""evidence":"../seal.key.png""#), "number", "evidence"),
        (record(r#""evidence":"picture.svg""#), "picture", "evidence"),
        (
            format!(
                "{{\"kind\":\"licence\",\"at\":\"{AT}\",\"id_number\":\"53010219880412901X\",\"file_number\":\"530199000002\",\
                \"classes\":[\"C1\",\"C1\"],\"states\":[\"normal\"],\"first_issued\":\"2017-07-24\",\"full_marks\":[],\"points\":[]}}\n"
            ),
            "duplicate-entry",
            "classes",
        ),
        (
            format!(
                "{{\"kind\":\"licence\",\"at\":\"{AT}\",\"id_number\":\"53010219880412901X\",\"file_number\":\"530199000002\",\
                \"classes\":[\"C1\"],\"states\":[\"normal\"],\"first_issued\":\"2017-07-24\",\"full_marks\":[],\
                \"points\":[{{\"id\":\"P1\",\"on\":\"2026-02-30\",\"points\":3,\"fine_paid\":true}}]}}\n"
            ),
            "day",
            "points[0].on",
        ),
        (
            format!(
                "{{\"kind\":\"binding\",\"at\":\"{AT}\",\"id\":\"B1\",\"id_number\":\"53010219880412901X\",\"vehicle\":\"V1\",\
                \"since\":\"2026-11-01T08:00:00Z\",\"until\":\"2026-10-31T08:00:00Z\"}}\n"
            ),
            "order",
            "until",
        ),
        (
            format!(
                "{{\"kind\":\"vehicle\",\"at\":\"{AT}\",\"id\":\"V1\",\"plate\":\"云AIO123\",\"vehicle_kind\":\"small\",\
                \"use\":\"non-operating\",\"states\":[\"normal\"],\"owner\":{{}}}}\n"
            ),
            "plate-character",
            "plate",
        ),
        (
            format!(
                "{{\"kind\":\"vehicle\",\"at\":\"{AT}\",\"id\":\"V1\",\"plate\":\"云A12345\",\"vehicle_kind\":\"small\",\
                \"use\":\"non-operating\",\"states\":[\"normal\"],\"owner\":{{}}}}\n"
            ),
            "owner",
            "owner",
        ),
    ]
}

#[rstest]
#[tokio::test]
async fn rejected_lines_stand_in_the_side_file_with_place_code_and_field(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let wrong = wrong_lines();
    // A good line before each wrong one: rejections touch nothing else.
    let good = |at: usize| record(AT, &format!("R{at}"), "").replace("V1", "V2");
    let text: String = wrong.iter().enumerate().map(|(at, (line, ..))| good(at) + line).collect();
    if let Some(stage) = stage_on(engine).await {
        let counts = stage.import_text("a.ndjson", &text).await;
        assert_eq!(counts.total().accepted, wrong.len() as u64);
        assert_eq!(counts.total().rejected, wrong.len() as u64);
        let side = stage.side("a");
        assert_eq!(side.lines().count(), wrong.len());
        for (at, (told, (line, code, field))) in side.lines().zip(&wrong).enumerate() {
            let told: serde_json::Value = serde_json::from_str(told).unwrap();
            assert_eq!(
                (told["code"].as_str(), told["field"].as_str()),
                (Some(*code), Some(*field)),
                "{line}"
            );
            assert_eq!(told["line"], 2 * at + 2);
            let offset = usize::try_from(told["offset"].as_u64().unwrap()).unwrap();
            assert!(text[offset..].starts_with(line.as_str()), "the offset of {line}");
        }
        for value in ["53010219880412901", "李明", "13800000001", "seal.key"] {
            assert!(!side.contains(value), "{value} is repeated");
        }
    }
}

#[rstest]
#[tokio::test]
async fn bytes_that_are_no_text_and_lines_without_end_are_passed_over(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let long = format!("{{\"kind\":\"person\",\"name\":\"{}\"}}\n", "x".repeat(LONGEST));
    let text =
        [b"\xff\xfe\n\n\r\n", long.as_bytes(), long.repeat(40).as_bytes(), person(AT, "李明").as_bytes()]
            .concat();
    if let Some(stage) = stage_on(engine).await {
        let path = stage.write("a.ndjson", &text);
        let counts = stage.import(&path).await;
        assert_eq!((counts.total().accepted, counts.total().rejected), (1, 42));
        assert_eq!(counts.of(None).rejected, 42, "their kind is not known");
        assert_eq!(stage.side("a").matches("too-long").count(), 41);
    }
}

#[rstest]
#[tokio::test]
async fn a_file_that_is_not_there_is_an_error(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = stage_on(engine).await {
        let path = stage.folder.path().join("nowhere.ndjson");
        let error = stage.import_batches(&path, 1).await.unwrap_err();
        assert!(error.to_string().contains("nowhere.ndjson"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_a_fact_or_a_rejection(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(line::parse(&bytes, now()));
    }

    #[test]
    fn a_damaged_line_is_a_fact_or_a_rejection(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let mut line = record(AT, "R1", ",\"state\":\"unprocessed\"").into_bytes();
        let place = at % line.len();
        line[place] = byte;
        let short = cut % line.len();
        drop(line::parse(&line, now()));
        drop(line::parse(&line[..short], now()));
    }
}
