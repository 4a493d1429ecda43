//! Analyses a rule table: rules that never refuse, rules that another rule implies, facts that no rule reads. Each
//! finding has a witness case.

use std::collections::BTreeSet;

use super::{Expr, Rule, RuleId, Term, Values};
use crate::camera::Standing;
use crate::facts::{Fact, Facts};
use crate::licence::LicenceState;
use crate::parameters::{Parameter, PaymentChannel};
use crate::person::IdentityLevel;
use crate::vehicle::{Relation, VehicleKind, VehicleState, VehicleUse};
use crate::violation::{Capture, PenaltyKind};

/// What the table does under one place's parameters.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// Rules that refuse some case, each with one that it refuses alone, or else with others.
    pub refusing: Vec<(RuleId, Facts)>,
    /// Rules that the place asks nothing for: what they would refuse elsewhere passes here.
    pub silent: Vec<RuleId>,
    /// Rules that apply and yet refuse nothing: the place's value allows everything. When that is so at every place, the
    /// table is wrong.
    pub never: Vec<RuleId>,
    pub overlaps: Vec<Overlap>,
    pub gaps: Vec<Gap>,
}

/// Two rules that read a common fact and refuse a common case.
#[derive(Clone, Copy, Debug)]
pub struct Overlap {
    pub first: RuleId,
    pub second: RuleId,
    /// A case that both refuse.
    pub witness: Facts,
    /// Whether all that the first refuses the second refuses too, so that the first says nothing new.
    pub implied: bool,
}

/// Something that the table leaves unsaid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// No rule reads the fact.
    Unread(Fact),
    /// The rule's predicate reads a fact that the rule does not list, or lists one that it does not read.
    Unlisted(RuleId, Fact),
    /// Likewise for a parameter.
    UnlistedParameter(RuleId, Parameter),
}

/// Reads the table under the parameters. `passing` is a case that passes all rules, with every fact given; findings are
/// sought at and around every limit that a predicate names.
pub fn analyse(rules: &[Rule], parameters: &impl Values, passing: &Facts) -> Analysis {
    let domains = Domains::of(rules, parameters, passing);
    let mut analysis = Analysis { gaps: gaps(rules), ..Analysis::default() };
    let refused: Vec<Vec<Facts>> = rules
        .iter()
        .map(|rule| {
            let cases = domains.cases(passing, &reads(rule).facts);
            cases.into_iter().filter(|case| refuses(rule, case, parameters)).collect()
        })
        .collect();
    for (rule, cases) in rules.iter().zip(&refused) {
        let alone = cases.iter().find_map(|case| alone(rule, case, rules, parameters, &domains));
        match alone.or(cases.first().copied()) {
            Some(case) => analysis.refusing.push((rule.id, case)),
            None if rule.asks_nothing(parameters) => analysis.silent.push(rule.id),
            None => analysis.never.push(rule.id),
        }
    }
    for (rule, cases) in rules.iter().zip(&refused) {
        for other in rules.iter().filter(|other| other.id != rule.id) {
            analysis.overlaps.extend(overlap(rule, cases, other, parameters, &domains));
        }
    }
    analysis
}

/// A case like this one that no other rule refuses.
fn alone(
    rule: &Rule,
    case: &Facts,
    rules: &[Rule],
    parameters: &impl Values,
    domains: &Domains,
) -> Option<Facts> {
    let others = |case: &Facts| {
        let case = *case;
        rules.iter().filter(move |other| other.id != rule.id && refuses(other, &case, parameters))
    };
    let own = reads(rule).facts;
    let of_others: BTreeSet<Fact> = others(case).flat_map(|other| reads(other).facts).collect();
    let free = of_others.difference(&own).copied().collect();
    domains.cases(case, &free).into_iter().find(|case| others(case).next().is_none())
}

/// How the two meet in the cases that the first refuses.
fn overlap(
    rule: &Rule,
    cases: &[Facts],
    other: &Rule,
    parameters: &impl Values,
    domains: &Domains,
) -> Option<Overlap> {
    let (own, others) = (reads(rule).facts, reads(other).facts);
    if own.is_disjoint(&others) {
        return None;
    }
    let free: BTreeSet<Fact> = others.difference(&own).copied().collect();
    let (mut witness, mut implied) = (None, true);
    for case in cases.iter().flat_map(|case| domains.cases(case, &free)) {
        if refuses(other, &case, parameters) {
            witness.get_or_insert(case);
        } else {
            implied = false;
        }
        if witness.is_some() && !implied {
            break;
        }
    }
    witness.map(|witness| Overlap { first: rule.id, second: other.id, witness, implied })
}

fn refuses(rule: &Rule, case: &Facts, parameters: &impl Values) -> bool {
    let holds = |predicate: &Expr| predicate.holds(case, parameters).expect("every fact is given");
    holds(&rule.applies) && !holds(&rule.passes)
}

fn gaps(rules: &[Rule]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut read = BTreeSet::new();
    for rule in rules {
        let reads = reads(rule);
        let listed: BTreeSet<Fact> = rule.facts.iter().copied().collect();
        gaps.extend(reads.facts.symmetric_difference(&listed).map(|fact| Gap::Unlisted(rule.id, *fact)));
        let listed: BTreeSet<Parameter> = rule.parameters.iter().copied().collect();
        let apart = reads.parameters.symmetric_difference(&listed);
        gaps.extend(apart.map(|parameter| Gap::UnlistedParameter(rule.id, *parameter)));
        read.extend(reads.facts);
    }
    gaps.extend(Fact::ALL.iter().filter(|fact| !read.contains(fact)).map(|fact| Gap::Unread(*fact)));
    gaps
}

#[derive(Default)]
struct Reads {
    facts: BTreeSet<Fact>,
    parameters: BTreeSet<Parameter>,
}

fn reads(rule: &Rule) -> Reads {
    let mut reads = Reads::default();
    for predicate in [&rule.applies, &rule.passes] {
        walk(predicate, &mut |leaf| {
            let (facts, parameters) = of_leaf(leaf);
            reads.facts.extend(facts);
            reads.parameters.extend(parameters);
        });
    }
    reads
}

fn walk(predicate: &Expr, leaf: &mut impl FnMut(&Expr)) {
    match predicate {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| walk(part, leaf)),
        other => leaf(other),
    }
}

/// The facts and parameters that a predicate without parts reads.
fn of_leaf(leaf: &Expr) -> (Vec<Fact>, Vec<Parameter>) {
    let of_term = |term: Term| match term {
        Term::Const(_) => (vec![], vec![]),
        Term::Fact(fact) => (vec![fact], vec![]),
        Term::Parameter(parameter) => (vec![], vec![parameter]),
        Term::Sum(facts) => (facts.to_vec(), vec![]),
    };
    match *leaf {
        Expr::Always | Expr::All(_) | Expr::Any(_) => (vec![], vec![]),
        Expr::Is(fact)
        | Expr::Not(fact)
        | Expr::Equals(fact, _)
        | Expr::Differs(fact, _)
        | Expr::Without(fact, _) => (vec![fact], vec![]),
        Expr::Asked(parameter) | Expr::Unasked(parameter) => (vec![], vec![parameter]),
        Expr::In(fact, parameter)
        | Expr::Listed(fact, parameter)
        | Expr::Apart(fact, parameter)
        | Expr::Meets(fact, parameter) => (vec![fact], vec![parameter]),
        Expr::AtMost(left, right) | Expr::Less(left, right) => {
            let ((mut facts, mut parameters), right) = (of_term(left), of_term(right));
            facts.extend(right.0);
            parameters.extend(right.1);
            (facts, parameters)
        }
    }
}

/// The values of each fact at which some predicate may turn: every limit, one less and one more.
struct Domains(Vec<BTreeSet<i64>>);

impl Domains {
    fn of(rules: &[Rule], parameters: &impl Values, passing: &Facts) -> Self {
        let value = |fact: Fact| passing.get(fact).expect("every fact is given");
        let mut domains: Vec<BTreeSet<i64>> =
            Fact::ALL.iter().map(|fact| BTreeSet::from([value(*fact)])).collect();
        // A parameter that is not set has no limit to look around.
        let read = |term: Term| term.read(passing, parameters).ok();
        for rule in rules {
            for predicate in [&rule.applies, &rule.passes] {
                walk(predicate, &mut |leaf| match *leaf {
                    Expr::Is(fact) | Expr::Not(fact) => domains[fact as usize].extend([0, 1]),
                    Expr::Equals(fact, number) | Expr::Differs(fact, number) => match codes(fact) {
                        Some(count) => domains[fact as usize].extend(0..count),
                        None => domains[fact as usize].extend([number, number + 1]),
                    },
                    Expr::In(fact, _) => domains[fact as usize].extend(0..codes(fact).unwrap_or_default()),
                    Expr::Listed(fact, _) => {
                        domains[fact as usize].insert(-1);
                    }
                    Expr::Apart(fact, _) | Expr::Meets(fact, _) | Expr::Without(fact, _) => {
                        let count = codes(fact).unwrap_or_default();
                        domains[fact as usize].extend((0..count).map(|index| 1 << index));
                    }
                    Expr::AtMost(left, right) | Expr::Less(left, right) => {
                        around(&mut domains, left, read(right));
                        around(&mut domains, right, read(left));
                    }
                    _ => {}
                });
            }
        }
        Self(domains)
    }

    /// The case with every combination of values of the facts.
    fn cases(&self, case: &Facts, free: &BTreeSet<Fact>) -> Vec<Facts> {
        free.iter().fold(vec![*case], |cases, fact| {
            let with = |case: Facts| {
                self.0[*fact as usize].iter().map(move |value| {
                    let mut varied = case;
                    varied.set(*fact, *value);
                    varied
                })
            };
            cases.into_iter().flat_map(with).collect()
        })
    }
}

/// How many codes the fact's list has; none where the fact is a number.
fn codes(fact: Fact) -> Option<i64> {
    let count = match fact {
        Fact::Capture => Capture::ALL.len(),
        Fact::Standing => Standing::ALL.len(),
        Fact::PenaltyKind => PenaltyKind::ALL.len(),
        Fact::IdentityLevel => IdentityLevel::ALL.len(),
        Fact::LicenceStates => LicenceState::ALL.len(),
        Fact::Relation => Relation::ALL.len(),
        Fact::VehicleKind => VehicleKind::ALL.len(),
        Fact::VehicleUse => VehicleUse::ALL.len(),
        Fact::VehicleStates => VehicleState::ALL.len(),
        Fact::Channels => PaymentChannel::ALL.len(),
        _ => return None,
    };
    i64::try_from(count).ok()
}

fn around(domains: &mut [BTreeSet<i64>], term: Term, limit: Option<i64>) {
    let Some(limit) = limit else { return };
    let near = [limit.saturating_sub(1), limit, limit.saturating_add(1)];
    match term {
        Term::Fact(fact) => domains[fact as usize].extend(near),
        // One part alone may reach the limit.
        Term::Sum(parts) => parts.iter().for_each(|fact| domains[*fact as usize].extend(near)),
        Term::Const(_) | Term::Parameter(_) => {}
    }
}

impl Analysis {
    /// The rules that refuse nothing which some other rule does not refuse as well.
    pub fn superfluous(&self) -> Vec<(RuleId, RuleId)> {
        let implied = self.overlaps.iter().filter(|overlap| overlap.implied);
        implied.map(|overlap| (overlap.first, overlap.second)).collect()
    }
}
