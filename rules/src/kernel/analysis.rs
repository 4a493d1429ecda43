//! Analyses a rule table: rules that never refuse, rules that another rule implies, facts that no rule reads. Each
//! finding has a witness case.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use super::{Described, Expr, Facts, Family, Rule, RuleId, Term, Values};
use crate::set::Coded;

/// What the table does under one place's parameters.
#[derive(Clone, Debug)]
pub struct Analysis<F: Family> {
    /// Rules that refuse some case, each with one that it refuses alone, or else with others.
    pub refusing: Vec<(RuleId, Facts<F>)>,
    /// Rules that the place asks nothing for: what they would refuse elsewhere passes here.
    pub silent: Vec<RuleId>,
    /// Rules that apply and yet refuse nothing: the place's value allows everything. When that is so at every place, the
    /// table is wrong.
    pub never: Vec<RuleId>,
    pub overlaps: Vec<Overlap<F>>,
    pub gaps: Vec<Gap<F>>,
}

/// Two rules that read a common fact and refuse a common case.
#[derive(Clone, Copy, Debug)]
pub struct Overlap<F: Family> {
    pub first: RuleId,
    pub second: RuleId,
    /// A case that both refuse.
    pub witness: Facts<F>,
    /// Whether all that the first refuses the second refuses too, so that the first says nothing new.
    pub implied: bool,
}

/// Something that the table leaves unsaid.
#[derive(Clone, Debug, PartialEq)]
pub enum Gap<F: Family> {
    /// No rule reads the fact.
    Unread(F::Fact),
    /// The rule's predicate reads a fact that the rule does not list, or lists one that it does not read.
    Unlisted(RuleId, F::Fact),
    /// Likewise for a parameter.
    UnlistedParameter(RuleId, F::Parameter),
}

/// Reads the table under the parameters. `passing` is a case that passes all rules, with every fact given; findings are
/// sought at and around every limit that a predicate names.
pub fn analyse<F: Family>(rules: &[Rule<F>], parameters: &impl Values<F>, passing: &Facts<F>) -> Analysis<F> {
    let domains = Domains::of(rules, parameters, passing);
    let (refusing, silent, never, overlaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut analysis = Analysis { refusing, silent, never, overlaps, gaps: gaps(rules) };
    let refused: Vec<Vec<Facts<F>>> = rules
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
fn alone<F: Family>(
    rule: &Rule<F>,
    case: &Facts<F>,
    rules: &[Rule<F>],
    parameters: &impl Values<F>,
    domains: &Domains<F>,
) -> Option<Facts<F>> {
    let others = |case: &Facts<F>| {
        let case = *case;
        rules.iter().filter(move |other| other.id != rule.id && refuses(other, &case, parameters))
    };
    let own = reads(rule).facts;
    let of_others: BTreeSet<F::Fact> = others(case).flat_map(|other| reads(other).facts).collect();
    let free = of_others.difference(&own).copied().collect();
    domains.cases(case, &free).into_iter().find(|case| others(case).next().is_none())
}

/// How the two meet in the cases that the first refuses.
fn overlap<F: Family>(
    rule: &Rule<F>,
    cases: &[Facts<F>],
    other: &Rule<F>,
    parameters: &impl Values<F>,
    domains: &Domains<F>,
) -> Option<Overlap<F>> {
    let (own, others) = (reads(rule).facts, reads(other).facts);
    if own.is_disjoint(&others) {
        return None;
    }
    let free: BTreeSet<F::Fact> = others.difference(&own).copied().collect();
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

fn refuses<F: Family>(rule: &Rule<F>, case: &Facts<F>, parameters: &impl Values<F>) -> bool {
    let holds = |predicate: &Expr<F>| predicate.holds(case, parameters).expect("every fact is given");
    holds(&rule.applies) && !holds(&rule.passes)
}

fn gaps<F: Family>(rules: &[Rule<F>]) -> Vec<Gap<F>> {
    let mut gaps = Vec::new();
    let mut read = BTreeSet::new();
    for rule in rules {
        let reads = reads(rule);
        let listed: BTreeSet<F::Fact> = rule.facts.iter().copied().collect();
        gaps.extend(reads.facts.symmetric_difference(&listed).map(|fact| Gap::Unlisted(rule.id, *fact)));
        let listed: BTreeSet<F::Parameter> = rule.parameters.iter().copied().collect();
        let apart = reads.parameters.symmetric_difference(&listed);
        gaps.extend(apart.map(|parameter| Gap::UnlistedParameter(rule.id, *parameter)));
        read.extend(reads.facts);
    }
    gaps.extend(F::Fact::ALL.iter().filter(|fact| !read.contains(fact)).map(|fact| Gap::Unread(*fact)));
    gaps
}

struct Reads<F: Family> {
    facts: BTreeSet<F::Fact>,
    parameters: BTreeSet<F::Parameter>,
}

fn reads<F: Family>(rule: &Rule<F>) -> Reads<F> {
    let mut reads = Reads { facts: BTreeSet::new(), parameters: BTreeSet::new() };
    for predicate in [&rule.applies, &rule.passes] {
        walk(predicate, &mut |leaf| {
            let (facts, parameters) = of_leaf(leaf);
            reads.facts.extend(facts);
            reads.parameters.extend(parameters);
        });
    }
    reads
}

fn walk<F: Family>(predicate: &Expr<F>, leaf: &mut impl FnMut(&Expr<F>)) {
    match predicate {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| walk(part, leaf)),
        other => leaf(other),
    }
}

/// The facts and parameters that a predicate without parts reads.
fn of_leaf<F: Family>(leaf: &Expr<F>) -> (Vec<F::Fact>, Vec<F::Parameter>) {
    let of_term = |term: Term<F>| match term {
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
        | Expr::NotEqual(fact, _)
        | Expr::Without(fact, _) => (vec![fact], vec![]),
        Expr::IsSet(parameter) | Expr::IsUnset(parameter) => (vec![], vec![parameter]),
        Expr::In(fact, parameter)
        | Expr::Listed(fact, parameter)
        | Expr::Disjoint(fact, parameter)
        | Expr::Intersects(fact, parameter) => (vec![fact], vec![parameter]),
        Expr::AtMost(left, right) | Expr::Less(left, right) => {
            let ((mut facts, mut parameters), right) = (of_term(left), of_term(right));
            facts.extend(right.0);
            parameters.extend(right.1);
            (facts, parameters)
        }
    }
}

/// The values of each fact at which some predicate may turn: every limit, one less and one more.
struct Domains<F: Family>(Vec<BTreeSet<i64>>, PhantomData<F>);

impl<F: Family> Domains<F> {
    fn of(rules: &[Rule<F>], parameters: &impl Values<F>, passing: &Facts<F>) -> Self {
        let value = |fact: F::Fact| passing.get(fact).expect("every fact is given");
        let mut domains: Vec<BTreeSet<i64>> =
            F::Fact::ALL.iter().map(|fact| BTreeSet::from([value(*fact)])).collect();
        // A parameter that is not set has no limit to look around.
        let read = |term: Term<F>| term.read(passing, parameters).ok();
        for rule in rules {
            for predicate in [&rule.applies, &rule.passes] {
                walk(predicate, &mut |leaf| match *leaf {
                    Expr::Is(fact) | Expr::Not(fact) => domains[fact.index()].extend([0, 1]),
                    Expr::Equals(fact, number) | Expr::NotEqual(fact, number) => match codes(fact) {
                        Some(count) => domains[fact.index()].extend(0..count),
                        None => domains[fact.index()].extend([number, number + 1]),
                    },
                    Expr::In(fact, _) => domains[fact.index()].extend(0..codes(fact).unwrap_or_default()),
                    Expr::Listed(fact, _) => {
                        domains[fact.index()].insert(-1);
                    }
                    Expr::Disjoint(fact, _) | Expr::Intersects(fact, _) | Expr::Without(fact, _) => {
                        let count = codes(fact).unwrap_or_default();
                        domains[fact.index()].extend((0..count).map(|index| 1 << index));
                    }
                    Expr::AtMost(left, right) | Expr::Less(left, right) => {
                        around(&mut domains, left, read(right));
                        around(&mut domains, right, read(left));
                    }
                    _ => {}
                });
            }
        }
        Self(domains, PhantomData)
    }

    /// The case with every combination of values of the facts.
    fn cases(&self, case: &Facts<F>, free: &BTreeSet<F::Fact>) -> Vec<Facts<F>> {
        free.iter().fold(vec![*case], |cases, fact| {
            let with = |case: Facts<F>| {
                self.0[fact.index()].iter().map(move |value| {
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
fn codes(fact: impl Described) -> Option<i64> {
    fact.kind().list().and_then(|list| i64::try_from(list.len()).ok())
}

fn around<F: Family>(domains: &mut [BTreeSet<i64>], term: Term<F>, limit: Option<i64>) {
    let Some(limit) = limit else { return };
    let near = [limit.saturating_sub(1), limit, limit.saturating_add(1)];
    match term {
        Term::Fact(fact) => domains[fact.index()].extend(near),
        // One part alone may reach the limit.
        Term::Sum(parts) => parts.iter().for_each(|fact| domains[fact.index()].extend(near)),
        Term::Const(_) | Term::Parameter(_) => {}
    }
}

impl<F: Family> Analysis<F> {
    /// The rules that refuse nothing which some other rule does not refuse as well.
    pub fn superfluous(&self) -> Vec<(RuleId, RuleId)> {
        let implied = self.overlaps.iter().filter(|overlap| overlap.implied);
        implied.map(|overlap| (overlap.first, overlap.second)).collect()
    }
}
