//! Prints what the rule table does at each place: rules that are silent, cases that one rule alone refuses, and cases
//! that two refuse. `cargo run -p rules --example rule_table [PLACE]`
#![expect(clippy::print_stdout, reason = "printing is this program's work")]

#[path = "../tests/support/whole.rs"]
mod whole;

use rules::families::camera::{Camera, Fact, Facts};
use rules::kernel::{Family, analyse};
use rules::rulebook::Rulebook;

fn main() {
    let rulebook = Rulebook::shipped();
    let wanted = std::env::args().nth(1);
    for place in &rulebook.jurisdictions {
        let id = place.id.as_str();
        if wanted.as_deref().is_some_and(|wanted| wanted != id) {
            continue;
        }
        let case = whole::case(id);
        let passing = case.facts(true);
        let parameters = rulebook.parameters(Some(&place.id), rules::calendar::local(case.now).date());
        let analysis = analyse(Camera::RULES, &parameters, &passing);
        println!("{id}");
        for rule in &analysis.silent {
            println!("  {:24} asks nothing here", rule.code());
        }
        for rule in &analysis.never {
            println!("  {:24} CAN NEVER REFUSE", rule.code());
        }
        for (rule, witness) in &analysis.refusing {
            println!("  {:24} refuses {}", rule.code(), changes(&passing, witness));
        }
        for overlap in &analysis.overlaps {
            let what = if overlap.implied { "IS IMPLIED BY" } else { "meets" };
            println!(
                "  {:24} {what} {} at {}",
                overlap.first.code(),
                overlap.second.code(),
                changes(&passing, &overlap.witness)
            );
        }
        for gap in &analysis.gaps {
            println!("  GAP {gap:?}");
        }
    }
}

/// What the witness changes in the passing case.
fn changes(passing: &Facts, witness: &Facts) -> String {
    let changed = Fact::ALL.iter().filter(|fact| passing.get(**fact) != witness.get(**fact));
    let changed = changed.map(|fact| format!("{}={}", fact.code(), witness.get(*fact).unwrap_or_default()));
    changed.collect::<Vec<_>>().join(" ")
}
