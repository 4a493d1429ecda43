//! What judging costs, beside the other engines that judge the same cases by the same table in the same run.
//! `cargo bench -p rules`
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "measuring and printing is this program's work"
)]

#[path = "../tests/support/generator.rs"]
mod generator;
#[path = "../tests/support/policies.rs"]
mod policies;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use rules::calendar;
use rules::families::camera::{
    Camera, CameraCase, CameraParameters, RecordFacts, Request, assess_selection_with, assess_with,
};
use rules::kernel::{Family, refuses};
use rules::rulebook::Rulebook;

const CASES: usize = 100_000;
/// The other engines judge fewer, so that the run stays short.
const OTHERS: usize = 20_000;
const ROUNDS: usize = 7;

/// Nanoseconds for one of the cases in the quickest of some rounds: what disturbs only ever adds.
fn nanoseconds(cases: usize, mut judge: impl FnMut(usize)) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for index in 0..cases {
            judge(index);
        }
        best = best.min(begun.elapsed().as_secs_f64());
    }
    best * 1e9 / cases as f64
}

struct Prepared {
    case: CameraCase,
    parameters: Arc<CameraParameters>,
}

/// Cases of the same place and span of days share their parameters, as they do where a day's cases are judged.
fn prepared(rulebook: &Rulebook) -> Vec<Prepared> {
    let mut resolved: Vec<Arc<CameraParameters>> = Vec::new();
    let with_parameters = |case: CameraCase| {
        let place = rulebook.place_of(&case.record.region).map(|place| place.id.clone());
        let found = rulebook.parameters(place.as_ref(), calendar::local(case.now).date());
        let known = resolved.iter().find(|known| ***known == found).cloned();
        let parameters = known.unwrap_or_else(|| {
            resolved.push(Arc::new(found));
            Arc::clone(&resolved[resolved.len() - 1])
        });
        Prepared { parameters, case }
    };
    generator::cases(CASES).map(with_parameters).collect()
}

fn main() {
    let cases = prepared(&Rulebook::shipped());
    let whole = nanoseconds(CASES, |index| {
        let Prepared { case, parameters } = &cases[index];
        black_box(assess_with(black_box(case), parameters));
    });
    let bare = nanoseconds(CASES, |index| {
        let Prepared { case, parameters } = &cases[index];
        let facts = black_box(case).facts(parameters.place.is_some());
        let refusing =
            Camera::RULES.iter().filter(|rule| refuses(rule, &facts, parameters).expect("a whole case"));
        black_box(refusing.count());
    });
    println!("{:58} {:>12} {:>8}", "one camera case, all rules judged", "ns", "ratio");
    row("with value, limit, source and time of every refusal", whole, whole);
    row("without explanations", bare, whole);
    row("datalogic-rs, prepared", json_logic(&cases), whole);
    row("regorus, bytecode, prepared", rego(&cases), whole);
    let selection = selection(&cases);
    println!(
        "\n{:58} {:>12.1} µs",
        "selection of 100 records with its largest passing subset",
        selection / 1e3
    );
}

fn row(name: &str, nanoseconds: f64, whole: f64) {
    println!("{name:58} {nanoseconds:>12.0} {:>8.2}", nanoseconds / whole);
}

fn documents(cases: &[Prepared]) -> impl Iterator<Item = serde_json::Value> {
    let document = |prepared: &Prepared| {
        let facts = prepared.case.facts(prepared.parameters.place.is_some());
        policies::document(&facts, &prepared.parameters)
    };
    cases.iter().take(OTHERS).map(document)
}

fn json_logic(cases: &[Prepared]) -> f64 {
    use datalogic_rs::bumpalo::Bump;
    use datalogic_rs::datavalue::OwnedDataValue;
    let engine = datalogic_rs::Engine::new();
    let policy = engine.compile(&policies::json_logic::<Camera>()).expect("JSONLogic");
    let inputs: Vec<OwnedDataValue> =
        documents(cases).map(|document| document.to_string().parse().expect("JSON")).collect();
    let mut arena = Bump::new();
    nanoseconds(OTHERS, |index| {
        black_box(engine.evaluate(&policy, &inputs[index], &arena).expect("an answer"));
        arena.reset();
    })
}

fn rego(cases: &[Prepared]) -> f64 {
    let mut machine = policies::rego_machine::<Camera>();
    let inputs: Vec<regorus::Value> = documents(cases).map(Into::into).collect();
    nanoseconds(OTHERS, |index| {
        machine.set_input(inputs[index].clone());
        black_box(machine.execute().expect("an answer"));
    })
}

fn selection(cases: &[Prepared]) -> f64 {
    let Prepared { case, parameters } = &cases[0];
    let records: Vec<RecordFacts> = cases.iter().take(100).map(|other| other.case.record.clone()).collect();
    let chosen: Vec<usize> = (0..records.len()).collect();
    let request = Request { now: case.now, channels: case.channels };
    nanoseconds(200, |_| {
        let (applicant, vehicle) = (black_box(&case.applicant), |_| &case.vehicle);
        black_box(assess_selection_with(request, applicant, vehicle, &records, &chosen, |_| parameters));
    })
}
