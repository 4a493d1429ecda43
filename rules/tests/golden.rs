//! Golden cases, judged natively and in wasm alike, and 100,000 generated ones whose verdicts must be the same on both.

#[path = "support/generator.rs"]
mod generator;
#[path = "support/passing.rs"]
mod passing;

use rules::camera::{CameraCase, assess};
use rules::rule::CAMERA_RULES;
use rules::rulebook::Rulebook;
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[derive(Deserialize)]
struct Golden {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    place: String,
    #[serde(default)]
    set: toml::Table,
    refuses: Vec<String>,
    passes_at: Option<String>,
}

fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) if text == "null" => serde_json::Value::Null,
        other => serde_json::to_value(other).unwrap(),
    }
}

fn case_of(case: &Case) -> CameraCase {
    let mut base = passing::base(&case.place);
    for (path, value) in &case.set {
        let pointer = format!("/{}", path.replace('.', "/"));
        *base.pointer_mut(&pointer).unwrap_or_else(|| panic!("{}: no {path}", case.name)) = json(value);
    }
    serde_json::from_value(base).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

fn golden() -> Vec<Case> {
    toml::from_str::<Golden>(include_str!("golden/camera.toml")).unwrap().case
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn every_golden_case_gets_its_verdict() {
    let rulebook = Rulebook::shipped();
    for case in golden() {
        let verdict = assess(&case_of(&case), &rulebook);
        let refusing: Vec<_> = verdict.refusals.iter().map(|refusal| refusal.rule.code()).collect();
        assert_eq!(refusing, case.refuses, "{}", case.name);
        if case.refuses.len() == 1 {
            let found = verdict.refusals[0].passes_at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            assert_eq!(found, case.passes_at, "{}: when it would pass", case.name);
        }
        for refusal in &verdict.refusals {
            assert!(
                rulebook.source(refusal.source).is_some_and(|source| !source.words.is_empty()),
                "{}",
                case.name
            );
        }
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn every_rule_has_a_golden_case_that_it_alone_refuses_and_every_place_one_that_passes() {
    let cases = golden();
    for rule in &CAMERA_RULES {
        let alone = cases.iter().any(|case| case.refuses == [rule.id.code()]);
        let with_twin = rule.id.code() == "camera.fine-limit";
        assert!(alone || with_twin, "{} never refuses alone", rule.id.code());
    }
    for place in Rulebook::shipped().jurisdictions {
        assert!(
            cases.iter().any(|case| case.place == place.id.as_str() && case.refuses.is_empty()),
            "{}",
            place.id
        );
    }
}

/// SHA-256 over the verdicts of the generated cases; the same natively and in wasm.
const DIGEST: &str = "096abfeced96d01d52f44beb5707646317dd1debf9d8e2663f55d98894fc4611";

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_hundred_thousand_generated_cases_get_the_same_verdicts_on_both_targets() {
    let rulebook = Rulebook::shipped();
    let mut hash = Sha256::new();
    for case in generator::cases(100_000) {
        for refusal in assess(&case, &rulebook).refusals {
            hash.update(refusal.rule.code());
            hash.update(refusal.passes_at.map_or(0, |at| at.timestamp()).to_be_bytes());
        }
        hash.update([0]);
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, DIGEST);
}
