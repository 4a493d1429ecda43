//! Golden cases, judged natively and in wasm alike, and 100,000 generated ones whose verdicts must be the same on both.

#[path = "support/generator.rs"]
mod generator;
#[path = "support/passing.rs"]
mod passing;

use rules::families::camera::{Camera, CameraCase, assess};
use rules::kernel::{Family, Show, Value, Verdict};
use rules::rulebook::Rulebook;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const GOLDEN: [(&str, &str); 5] = [
    ("national", include_str!("golden/national.toml")),
    ("kunming", include_str!("golden/kunming.toml")),
    ("nanning", include_str!("golden/nanning.toml")),
    ("shandong", include_str!("golden/shandong.toml")),
    ("chongqing", include_str!("golden/chongqing.toml")),
];

/// Rules that only ever refuse what another refuses as well, because the place takes no such vehicle from the person.
const BEHIND_VEHICLE_OWNER: [(&str, &str); 7] = [
    ("national", "camera.binding-before"),
    ("national", "camera.lease"),
    ("kunming", "camera.binding-before"),
    ("kunming", "camera.lease"),
    ("nanning", "camera.lease"),
    ("shandong", "camera.binding-before"),
    ("shandong", "camera.lease"),
];

#[derive(Deserialize)]
struct Golden {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(skip)]
    place: &'static str,
    name: String,
    /// The rule that the case is about.
    rule: Option<String>,
    #[serde(default)]
    set: toml::Table,
    refuses: Vec<String>,
    found: Option<toml::Value>,
    required: Option<toml::Value>,
    remedy: Option<String>,
    passes_at: Option<String>,
}

impl Case {
    fn named(&self) -> String {
        format!("{}: {}", self.place, self.name)
    }

    /// The rules that refuse beside the one that the case is about.
    fn others(&self) -> Vec<&str> {
        self.refuses.iter().map(String::as_str).filter(|code| Some(*code) != self.rule.as_deref()).collect()
    }

    fn refuses_by_its_rule(&self) -> bool {
        self.others().len() < self.refuses.len()
    }
}

fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) if text == "null" => serde_json::Value::Null,
        other => serde_json::to_value(other).unwrap(),
    }
}

/// The ordinary case of the place with the facts of this one.
fn facts_at(place: &str, case: &Case) -> CameraCase {
    let mut base = passing::base(place);
    for (path, value) in &case.set {
        let pointer = format!("/{}", path.replace('.', "/"));
        *base.pointer_mut(&pointer).unwrap_or_else(|| panic!("{}: no {path}", case.named())) = json(value);
    }
    serde_json::from_value(base).unwrap_or_else(|error| panic!("{}: {error}", case.named()))
}

fn golden() -> Vec<Case> {
    let of_place = |(place, text): (&'static str, &str)| {
        let cases = toml::from_str::<Golden>(text).unwrap_or_else(|error| panic!("{place}: {error}")).case;
        cases.into_iter().map(move |case| Case { place, ..case })
    };
    GOLDEN.into_iter().flat_map(of_place).collect()
}

fn shown(value: &Value) -> Option<serde_json::Value> {
    Some(serde_json::to_value(value).unwrap())
}

#[test]
fn every_golden_case_gets_its_verdict() {
    let rulebook = Rulebook::shipped();
    for case in golden() {
        let verdict = assess(&facts_at(case.place, &case), &rulebook);
        let refusing: Vec<_> = verdict.refusals.iter().map(|refusal| refusal.rule.code()).collect();
        assert_eq!(refusing, case.refuses, "{}", case.named());
        for refusal in &verdict.refusals {
            let source = rulebook.source(refusal.source);
            assert!(source.is_some_and(|source| !source.words.is_empty()), "{}", case.named());
            if case.rule.as_deref() == Some(refusal.rule.code()) {
                assert_eq!(shown(&refusal.found), case.found.as_ref().map(json), "{}: found", case.named());
                let required = case.required.as_ref().map(json);
                assert_eq!(shown(&refusal.required), required, "{}: required", case.named());
                assert_eq!(Some(refusal.remedy.code()), case.remedy.as_deref(), "{}", case.named());
                let at = refusal.passes_at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
                assert_eq!(at, case.passes_at, "{}: when it would pass", case.named());
            }
        }
    }
}

/// Whether the rule refuses the same facts somewhere else.
fn refuses_elsewhere(case: &Case, rulebook: &Rulebook) -> bool {
    GOLDEN.iter().any(|(place, _)| {
        let verdict = assess(&facts_at(place, case), rulebook);
        verdict.refusals.iter().any(|refusal| Some(refusal.rule.code()) == case.rule.as_deref())
    })
}

#[test]
fn every_rule_refuses_alone_at_every_place_beside_a_case_that_passes_or_asks_nothing_there() {
    let (rulebook, cases) = (Rulebook::shipped(), golden());
    for place in &rulebook.jurisdictions {
        for rule in Camera::RULES.iter().map(|rule| rule.id.code()) {
            let place = place.id.as_str();
            let behind = BEHIND_VEHICLE_OWNER.contains(&(place, rule));
            let others: &[&str] = if behind { &["camera.vehicle-owner"] } else { &[] };
            let of_rule = |case: &&Case| case.place == place && case.rule.as_deref() == Some(rule);
            let told = cases.iter().filter(of_rule).filter(|case| case.others() == others);
            let (refusing, passing): (Vec<_>, Vec<_>) = told.partition(|case| case.refuses_by_its_rule());
            let asks_nothing = || passing.iter().any(|case| refuses_elsewhere(case, &rulebook));
            assert!(!passing.is_empty(), "{place} has no case that {rule} lets pass");
            assert!(!refusing.is_empty() || asks_nothing(), "{place} has no case that {rule} refuses alone");
        }
    }
}

#[test]
fn every_rule_that_shows_a_value_has_a_golden_case_that_names_it() {
    let cases = golden();
    for rule in Camera::RULES {
        let told = |value: fn(&Case) -> &Option<toml::Value>| {
            let named = |case: &&Case| case.rule.as_deref() == Some(rule.id.code());
            let kind = |case: &Case| value(case).as_ref()?.get("kind")?.as_str().map(str::to_owned);
            cases.iter().filter(named).filter_map(kind).any(|kind| kind != "nothing")
        };
        assert_eq!(told(|case| &case.found), rule.found != Show::Nothing, "{}", rule.id.code());
        assert_eq!(told(|case| &case.required), rule.required != Show::Nothing, "{}", rule.id.code());
    }
}

/// SHA-256 over the verdicts of the generated cases; the same natively and in wasm.
const DIGEST: &str = "8e254378f83a836766ac4c033cd90073bfa5ca7c8d293e2bec406ab461af7daf";

#[test]
fn a_hundred_thousand_generated_cases_get_the_same_verdicts_on_both_targets() {
    let rulebook = Rulebook::shipped();
    let mut hash = Sha256::new();
    for case in generator::cases(100_000) {
        // The version names the parameter files, not what they mean.
        let Verdict { rulebook: _, place, refusals } = assess(&case, &rulebook);
        hash.update(serde_json::to_vec(&(place, refusals)).unwrap());
        hash.update([0]);
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, DIGEST);
}
