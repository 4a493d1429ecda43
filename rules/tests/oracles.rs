//! Two other engines, given the same table as policies of their own languages, refuse the same cases.
#![cfg(not(target_arch = "wasm32"))]

#[path = "support/generator.rs"]
mod generator;
#[path = "support/policies.rs"]
mod policies;

use rules::calendar;
use rules::families::camera::{Camera, CameraCase, CameraParameters, Facts};
use rules::kernel::{Family, refuses};
use rules::rulebook::Rulebook;

const CASES: usize = 100_000;

fn prepared(case: &CameraCase, rulebook: &Rulebook) -> (Facts, CameraParameters) {
    let place = rulebook.place_of(&case.record.region).map(|place| &place.id);
    let parameters = rulebook.parameters(place, calendar::local(case.now).date());
    (case.facts(place.is_some()), parameters)
}

/// The rules that refuse, by their place in the table.
fn refusing(facts: &Facts, parameters: &CameraParameters) -> Vec<bool> {
    let refuses = |rule| refuses(rule, facts, parameters).expect("a whole case");
    Camera::RULES.iter().map(refuses).collect()
}

#[test]
fn json_logic_refuses_the_same_hundred_thousand_cases() {
    let rulebook = Rulebook::shipped();
    let engine = datalogic_rs::Engine::new();
    let policy = engine.compile(&policies::json_logic::<Camera>()).expect("JSONLogic");
    let mut session = engine.session();
    for (index, case) in generator::cases(CASES).enumerate() {
        let (facts, parameters) = prepared(&case, &rulebook);
        let document = policies::document(&facts, &parameters);
        let answer: Vec<bool> = session.eval_into(&policy, &document).expect("an answer");
        session.reset();
        assert_eq!(answer, refusing(&facts, &parameters), "case {index}: {document}");
    }
}

#[test]
fn rego_refuses_the_same_hundred_thousand_cases() {
    let rulebook = Rulebook::shipped();
    let mut machine = policies::rego_machine::<Camera>();
    for (index, case) in generator::cases(CASES).enumerate() {
        let (facts, parameters) = prepared(&case, &rulebook);
        let document = policies::document(&facts, &parameters);
        machine.set_input(document.clone().into());
        let answer = machine.execute().expect("an answer");
        let refused = answer.as_set().expect("a set");
        let answer: Vec<bool> =
            Camera::RULES.iter().map(|rule| refused.contains(&rule.id.code().into())).collect();
        assert_eq!(answer, refusing(&facts, &parameters), "case {index}: {document}");
    }
}
