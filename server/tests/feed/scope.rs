//! A source tells of its own regions and vehicles alone.

use ed25519_dalek::SigningKey;
use rstest::rstest;
use server::db::Engine::{self, Postgres, Sqlite};
use server::feed::Desk;
use server::feed::fact::Kind;
use server::feed::scope::Scope;
use server::feed::sign::sign;
use server::feed::sources::Source;

use crate::stage::{Stage, stage_on};

const FIRST: &str = "2026-11-01T08:00:00Z";
const LATER: &str = "2026-11-02T08:00:00Z";

fn key(source: &str) -> SigningKey {
    SigningKey::from_bytes(&[source.as_bytes()[0]; 32])
}

/// Yunnan and Guangxi, each for its own; a third that tells records alone.
fn sources() -> Vec<Source> {
    let source = |id: &str, region: &str, plate: &str, kinds: Vec<Kind>| {
        let scope = Scope::new(vec![region.into()], vec![plate.into()], kinds).unwrap();
        Source { id: id.into(), key: key(id).verifying_key(), scope }
    };
    vec![
        source("yunnan", "53", "云", Kind::ALL.to_vec()),
        source("guangxi", "45", "桂", Kind::ALL.to_vec()),
        source("records", "53", "云", vec![Kind::CameraRecord]),
    ]
}

async fn scoped(engine: Engine) -> Option<Stage> {
    let mut stage = stage_on(engine).await?;
    stage.importer.desk = Desk::open(stage.folder.path(), sources(), false).unwrap();
    Some(stage)
}

/// The codes and fields of the lines that were refused.
async fn tell(stage: &Stage, source: &str, sequence: i64, lines: &[String]) -> Vec<String> {
    let name = format!("{source}{sequence}");
    let path = stage.write(&format!("{name}.ndjson"), lines.concat());
    sign(&path, source, sequence, &key(source)).unwrap();
    let counts = stage.import(&path).await;
    let refused: Vec<String> = stage
        .side(&name)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| format!("{} {} {}", line["line"], line["code"], line["field"]).replace('"', ""))
        .collect();
    assert_eq!(counts.total().rejected, refused.len() as u64);
    assert_eq!(counts.lines(), lines.len() as u64);
    refused
}

fn vehicle(at: &str, id: &str, plate: &str, state: &str) -> String {
    format!(
        "{{\"kind\":\"vehicle\",\"at\":\"{at}\",\"id\":\"{id}\",\"plate\":\"{plate}\",\"vehicle_kind\":\"small\",\
         \"use\":\"non-operating\",\"states\":[\"{state}\"],\"owner\":{{\"id_number\":\"53010219880412901X\"}}}}\n"
    )
}

fn record(at: &str, id: &str, region: &str) -> String {
    crate::stage::record(at, id, "").replace("530102", region)
}

fn binding(at: &str, id: &str, vehicle: &str) -> String {
    format!(
        "{{\"kind\":\"binding\",\"at\":\"{at}\",\"id\":\"{id}\",\"id_number\":\"53010219880412901X\",\
         \"vehicle\":\"{vehicle}\",\"since\":\"{at}\"}}\n"
    )
}

fn lease(at: &str, vehicle: &str) -> String {
    format!(
        "{{\"kind\":\"lease\",\"at\":\"{at}\",\"id\":\"L1\",\"vehicle\":\"{vehicle}\",\"registered_at\":\"{at}\",\
         \"from\":\"{at}\",\"until\":\"2027-01-01T00:00:00Z\",\"drivers\":[]}}\n"
    )
}

fn licence(at: &str, file_number: &str, state: &str) -> String {
    format!(
        "{{\"kind\":\"licence\",\"at\":\"{at}\",\"id_number\":\"53010219880412901X\",\"file_number\":\"{file_number}\",\
         \"classes\":[\"C1\"],\"states\":[\"{state}\"],\"first_issued\":\"2017-07-24\",\"full_marks\":[],\"points\":[]}}\n"
    )
}

#[rstest]
#[tokio::test]
async fn a_source_tells_of_its_own_regions_and_plates_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = scoped(engine).await {
        let lines = [
            record(FIRST, "R1", "530102"),
            record(FIRST, "R2", "450102"),
            vehicle(FIRST, "Y1", "云A12345", "normal"),
            vehicle(FIRST, "G1", "桂A12345", "normal"),
            licence(FIRST, "530199000002", "normal"),
            licence(LATER, "450199000002", "normal"),
        ];
        let refused = tell(&stage, "yunnan", 1, &lines).await;
        assert_eq!(refused, ["2 scope region", "4 scope plate", "6 scope file_number"]);
        assert_eq!(stage.rows("select id from vehicles").await, [[Some("Y1".to_owned())]]);
        let lines = [record(FIRST, "R3", "530102"), vehicle(LATER, "Y1", "云A12345", "scrapped")];
        assert_eq!(tell(&stage, "records", 1, &lines).await, ["2 scope kind"]);
    }
}

#[rstest]
#[tokio::test]
async fn nobody_binds_or_leases_the_vehicle_of_another_source(#[values(Sqlite, Postgres)] engine: Engine) {
    if let Some(stage) = scoped(engine).await {
        let lines = [vehicle(FIRST, "G1", "桂A12345", "normal"), binding(FIRST, "B1", "G1")];
        assert!(tell(&stage, "guangxi", 1, &lines).await.is_empty());
        let lines = [
            binding(LATER, "B2", "G1"),
            lease(LATER, "G1"),
            binding(LATER, "B3", "nowhere"),
            binding(LATER, "B4", "Y1"),
            lease(LATER, "Y1"),
            vehicle(LATER, "Y1", "云A12345", "normal"),
            binding(LATER, "B1", "Y1"),
        ];
        let refused = tell(&stage, "yunnan", 1, &lines).await;
        let expected = ["1 scope vehicle", "2 scope vehicle", "3 scope vehicle", "7 scope id"];
        assert_eq!(refused, expected);
        let bindings = stage.rows("select id, vehicle_id from bindings order by id").await;
        assert_eq!(bindings, [["B1", "G1"], ["B4", "Y1"]].map(|row| row.map(|cell| Some(cell.to_owned()))));
        assert_eq!(stage.rows("select vehicle_id from lease_drivers").await.len(), 0);
        assert_eq!(stage.rows("select vehicle_id from leases").await, [[Some("Y1".to_owned())]]);
    }
}

#[rstest]
#[tokio::test]
async fn another_source_changes_a_fact_only_after_it_was_transferred(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    if let Some(stage) = scoped(engine).await {
        let lines = [
            vehicle(FIRST, "V1", "桂A12345", "normal"),
            licence(FIRST, "450199000002", "normal"),
            record(FIRST, "R1", "450102"),
        ];
        assert!(tell(&stage, "guangxi", 1, &lines).await.is_empty());
        let taken = [
            vehicle(LATER, "V1", "云A12345", "normal"),
            licence(LATER, "530199000002", "normal"),
            record(LATER, "R1", "530102"),
        ];
        let refused = tell(&stage, "yunnan", 1, &taken).await;
        assert_eq!(refused, ["1 scope id", "2 scope id_number", "3 scope id"]);
        let let_go = [
            vehicle(LATER, "V1", "桂A12345", "transferred-out"),
            licence(LATER, "450199000002", "transferred-out"),
        ];
        assert!(tell(&stage, "guangxi", 2, &let_go).await.is_empty());
        let after = "2026-11-03T08:00:00Z";
        let taken = [vehicle(after, "V1", "云A12345", "normal"), licence(after, "530199000002", "normal")];
        assert!(tell(&stage, "yunnan", 2, &taken).await.is_empty());
        assert_eq!(stage.rows("select plate from vehicles").await, [[Some("云A12345".to_owned())]]);
    }
}
