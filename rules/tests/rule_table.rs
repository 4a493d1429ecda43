//! The rule table as a whole: every rule can refuse, none is superfluous, nothing is left unsaid, and the check that
//! says so finds planted mistakes.

#[path = "support/whole.rs"]
mod whole;

use std::collections::BTreeSet;

use rules::families::camera::{Camera, CameraParameters, Fact, Facts, Parameter, rule};
use rules::families::late_fee;
use rules::kernel::{self, Family, Gap, RuleId, Term, analyse};
use rules::rulebook::{Jurisdiction, Rulebook};

type Analysis = kernel::Analysis<Camera>;
type Expr = kernel::Expr<Camera>;
type Rule = kernel::Rule<Camera>;

const RULES: &[Rule] = Camera::RULES;

const RULEBOOK_DAYS: [&str; 3] = ["2019-06-01", "2021-06-01", "2026-11-18"];

fn parameters(rulebook: &Rulebook, place: &Jurisdiction, day: &str) -> CameraParameters {
    rulebook.parameters(Some(&place.id), day.parse().expect("a day"))
}

fn analysis(rules: &[Rule]) -> Analysis {
    let rulebook = Rulebook::shipped();
    let place =
        rulebook.jurisdictions.iter().find(|place| place.id.as_str() == "chongqing").expect("the place");
    analyse(rules, &parameters(&rulebook, place, "2026-11-18"), &whole::case("chongqing").facts(true))
}

fn refusing(case: &Facts, parameters: &CameraParameters) -> Vec<RuleId> {
    let refuses = |rule: &&Rule| kernel::refuses(rule, case, parameters).expect("a whole case");
    RULES.iter().filter(refuses).map(|rule| rule.id).collect()
}

fn with(rule: Rule) -> Vec<Rule> {
    let others = RULES.iter().copied().filter(|other| other.id != rule.id);
    others.chain([rule]).collect()
}

#[test]
fn each_rule_refuses_alone_somewhere_and_none_is_superfluous_everywhere() {
    let rulebook = Rulebook::shipped();
    let (mut alone, mut implied) = (BTreeSet::new(), Vec::new());
    for place in &rulebook.jurisdictions {
        for day in RULEBOOK_DAYS {
            let parameters = parameters(&rulebook, place, day);
            let facts = whole::case(place.id.as_str()).facts(true);
            let analysis = analyse(RULES, &parameters, &facts);
            assert_eq!(analysis.gaps, [], "{} {day}", place.id);
            implied.push(analysis.superfluous());
            let told = analysis.refusing.len() + analysis.silent.len() + analysis.never.len();
            assert_eq!(told, RULES.len());
            for (rule, witness) in &analysis.refusing {
                let all = refusing(witness, &parameters);
                assert!(all.contains(rule), "{} {day}", place.id);
                if all == [*rule] {
                    alone.insert(*rule);
                }
            }
        }
    }
    assert_eq!(alone.len(), RULES.len(), "a rule that never refuses alone: only {alone:?} do");
    let everywhere = |pair| implied.iter().all(|pairs| pairs.contains(pair));
    assert!(!implied[0].iter().any(everywhere), "{:?}", implied[0]);
}

#[test]
fn a_rule_that_cannot_refuse_is_found() {
    let fine = RULES.iter().find(|rule| rule.id == rule::FINE_LIMIT).expect("the rule");
    let own = Term::Parameter(Parameter::FineLimit);
    let analysis = analysis(&with(Rule { passes: Expr::AtMost(own, own), ..*fine }));
    assert_eq!(analysis.never, [rule::FINE_LIMIT]);
    assert_eq!(analysis.gaps, [Gap::Unlisted(rule::FINE_LIMIT, Fact::Fine)]);
}

#[test]
fn a_rule_that_another_makes_superfluous_is_found_with_a_case() {
    let fine = RULES.iter().find(|rule| rule.id == rule::FINE_LIMIT).expect("the rule");
    let higher = Expr::AtMost(Term::Fact(Fact::Fine), Term::Const(50_000));
    let later = Rule { id: late_fee::RULE, passes: higher, parameters: &[], ..*fine };
    let rules: Vec<Rule> = RULES.iter().copied().chain([later]).collect();
    let analysis = analysis(&rules);
    assert_eq!(analysis.superfluous(), [(late_fee::RULE, rule::FINE_LIMIT)]);
    let both = analysis.overlaps.iter().find(|overlap| overlap.implied).expect("an overlap");
    assert_eq!(both.witness.get(Fact::Fine), Ok(50_001));
}

#[test]
fn a_fact_that_no_rule_reads_is_found() {
    let without: Vec<Rule> = RULES.iter().copied().filter(|rule| rule.id != rule::PLATE_AREA).collect();
    assert_eq!(analysis(&without).gaps, [Gap::Unread(Fact::PlatePrefix)]);
}

#[test]
fn what_a_rule_reads_without_listing_it_is_found() {
    let fine = RULES.iter().find(|rule| rule.id == rule::FINE_LIMIT).expect("the rule");
    let analysis = analysis(&with(Rule { parameters: &[], ..*fine }));
    assert_eq!(analysis.gaps, [Gap::UnlistedParameter(rule::FINE_LIMIT, Parameter::FineLimit)]);
}
