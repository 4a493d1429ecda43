//! The demo registry: its lines keep to the schema and read back unchanged, and each named person shows what is said
//! of them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use jsonschema::Validator;
use rules::families::camera::{self, Camera, Request};
use rules::kernel::Family;
use rules::payment::PaymentChannel;
use rules::rulebook::Rulebook;
use rules::{Moment, calendar};
use server::clock::{Clock, FixedClock};
use server::db::{Store, registry};
use server::demo::people::{DemoPerson, people};
use server::demo::population::Population;
use server::demo::write_files;
use server::feed::fact::Kind;
use server::feed::write::to_line;
use server::feed::{Desk, Importer, line, person_id};
use server::sealing::Sealer;
use server::services::violations::facts::{self, Asking};
use server::services::violations::{Judged, shown_records};

const KEYS: &str = "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const SCHEMA: &str = include_str!("../../docs/feed.schema.json");
const MANUAL: &str = include_str!("../../docs/feed.md");

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 18).unwrap()
}

fn schema() -> Validator {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::options().build(&schema).unwrap()
}

fn keeps_to(schema: &Validator, line: &str) -> Result<(), String> {
    let line: serde_json::Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    schema.validate(&line).map_err(|error| error.to_string())
}

#[test]
fn every_line_of_the_demo_keeps_to_the_schema_and_reads_back_unchanged() {
    let (schema, mut kinds) = (schema(), BTreeSet::new());
    for (seed, day) in [(1, today()), (2, NaiveDate::from_ymd_opt(2028, 2, 29).unwrap())] {
        let at = calendar::day_begins(day);
        let population = Population { seed, today: day };
        let many = (0..250).flat_map(|number| population.facts(number));
        for fact in many.chain(people(day).1) {
            let text = to_line(&fact, at);
            keeps_to(&schema, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let (kind, read) = line::parse(text.trim_end().as_bytes(), at).unwrap();
            assert_eq!((read.at, &read.fact), (at, &fact));
            kinds.insert(kind);
        }
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "every kind occurs");
}

#[test]
fn every_example_of_the_manual_is_a_line() {
    let (schema, now) = (schema(), calendar::day_begins(today()));
    let examples: Vec<_> = MANUAL.lines().filter(|line| line.starts_with("{\"kind\":")).collect();
    let kinds = examples.iter().map(|example| {
        keeps_to(&schema, example).unwrap_or_else(|error| panic!("{example}: {error}"));
        line::parse(example.as_bytes(), now).unwrap_or_else(|refused| panic!("{example}: {refused:?}")).0
    });
    assert_eq!(kinds.collect::<Vec<_>>().len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert!(MANUAL.contains(&format!("\n### {}\n", kind.code())), "{} has a chapter", kind.code());
    }
}

#[test]
fn the_schema_refuses_what_the_import_refuses() {
    let schema = schema();
    let good = MANUAL.lines().filter(|line| line.starts_with("{\"kind\":"));
    for example in good {
        let mut line: serde_json::Value = serde_json::from_str(example).unwrap();
        line["more"] = 1.into();
        let more = line.to_string();
        assert!(keeps_to(&schema, &more).is_err(), "{more}");
        let fields: Vec<String> = line.as_object().unwrap().keys().cloned().collect();
        for field in fields {
            let mut wrong: serde_json::Value = serde_json::from_str(example).unwrap();
            wrong[&field] = serde_json::json!({ "unknown": [1.5] });
            let wrong = wrong.to_string();
            assert!(keeps_to(&schema, &wrong).is_err(), "{wrong}");
            assert!(line::parse(wrong.as_bytes(), calendar::day_begins(today())).is_err(), "{wrong}");
        }
    }
}

#[test]
fn the_same_day_and_seed_give_the_same_bytes() {
    let folder = tempfile::TempDir::new().unwrap();
    let bytes = |name: &str, seed| {
        let (paths, _) = write_files(&folder.path().join(name), 40, seed, today()).unwrap();
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(bytes("a", 1), bytes("b", 1));
    assert_ne!(bytes("a", 1), bytes("c", 2));
}

#[test]
fn no_two_people_share_a_number_and_no_two_vehicles_a_plate() {
    let population = Population { seed: 3, today: today() };
    let facts = (0..20_000).flat_map(|number| population.facts(number)).chain(people(today()).1);
    let (mut numbers, mut plates, mut records) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for fact in facts {
        use server::feed::fact::Fact;
        let fresh = match fact {
            Fact::Person(person) => numbers.insert(person.id_number),
            Fact::Vehicle(vehicle) => plates.insert(vehicle.plate),
            Fact::CameraRecord(record) => records.insert((record.vehicle, record.id)),
            _ => true,
        };
        assert!(fresh);
    }
}

struct Demo {
    _folder: tempfile::TempDir,
    importer: Importer,
    people: Vec<DemoPerson>,
    rulebook: Rulebook,
}

async fn demo() -> Demo {
    let folder = tempfile::TempDir::new().unwrap();
    let (paths, people) = write_files(&folder.path().join("demo"), 20, 1, today()).unwrap();
    let url = format!("sqlite://{}/demo.db", folder.path().display());
    let importer = Importer {
        store: Store::open(&url).await.unwrap(),
        sealer: Arc::new(Sealer::from_keys(KEYS).unwrap()),
        clock: FixedClock::at(calendar::day_begins(today()), 1) as Arc<dyn Clock>,
        desk: Desk::open(folder.path(), Vec::new(), true).unwrap(),
    };
    for path in paths {
        let counts = importer.import_file(&path, |_| ControlFlow::Continue(())).await.unwrap();
        assert_eq!((counts.total().rejected, counts.total().outdated), (0, 0), "{counts}");
    }
    Demo { _folder: folder, importer, people, rulebook: Rulebook::shipped() }
}

impl Demo {
    /// For each record that the person sees: the rules that refuse it at the hour of the day.
    async fn refusals(&self, person: &DemoPerson, hour: i64) -> Vec<Vec<&'static str>> {
        let now: Moment = calendar::day_begins(today()) + TimeDelta::hours(hour);
        let request = Request { now, channels: [PaymentChannel::WeChat].into_iter().collect() };
        let mut connection = self.importer.store.read().await.unwrap();
        let id = person_id(&self.importer.sealer, &person.id_number);
        let asking = Asking::default();
        let applicant = facts::applicant(&mut connection, &id, person.identity, now, asking).await.unwrap();
        let mut refusals = Vec::new();
        for row in registry::vehicles_of(&mut connection, &id, now).await.unwrap() {
            let standing = facts::standing(&mut connection, &row, &id, now).await.unwrap();
            let judged = Judged { vehicle: row, standing, applicant: applicant.clone(), request };
            for record in shown_records(&mut connection, &judged, &id).await.unwrap() {
                assert!(judged.shows(&record));
                let record = facts::record(&record, now, asking, None);
                let verdict = camera::assess(&judged.case(&record, &self.rulebook), &self.rulebook);
                refusals.push(verdict.refusals.iter().map(|refusal| refusal.rule.code()).collect());
            }
        }
        refusals
    }
}

#[tokio::test]
async fn each_named_person_shows_the_rules_that_are_said_of_them() {
    let demo = demo().await;
    let mut shown = BTreeSet::new();
    for person in &demo.people {
        let refusals = demo.refusals(person, 10).await;
        let refused_by: BTreeSet<_> = refusals.iter().flatten().copied().collect();
        let said: BTreeSet<_> = person.refused_by.iter().copied().collect();
        assert_eq!(refused_by, said, "{}: {refusals:?}", person.key);
        shown.extend(refused_by);
    }
    let chen = demo.people.iter().find(|person| person.key == "chen-jing").unwrap();
    assert!(demo.refusals(chen, 10).await.iter().all(Vec::is_empty), "open by day");
    let at_night = demo.refusals(chen, 23).await;
    assert!(at_night.iter().all(|refusals| *refusals == ["camera.service-hours"]), "{at_night:?}");
    shown.insert("camera.service-hours");
    let all: BTreeSet<_> = Camera::RULES.iter().map(|rule| rule.id.code()).collect();
    // A vehicle that is nothing to a person does not appear among theirs.
    let missing: Vec<_> = all.difference(&shown).collect();
    assert_eq!(missing, [&"camera.vehicle-bound"]);
}

#[tokio::test]
async fn the_first_person_can_handle_all_records_of_the_first_car() {
    let demo = demo().await;
    let refusals = demo.refusals(&demo.people[0], 10).await;
    assert_eq!(refusals.iter().filter(|refusals| refusals.is_empty()).count(), 3, "{refusals:?}");
    assert_eq!(demo.people[0].phone.as_str(), "13800000001");
}
