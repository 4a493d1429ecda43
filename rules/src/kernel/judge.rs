//! Evaluates a family's table over the facts of a case and builds the refusals.

use super::kind::moment;
use super::{
    Described, Facts, Family, Kind, Missing, Parameters, Refusal, Rule, Show, Term, Value, Values, Verdict,
};
use crate::Moment;
use crate::calendar;
use crate::set::CodeSet;

/// Room for so many refusals is made at once.
const USUAL_REFUSALS: usize = 8;

/// Judges flat facts. The error names what a rule reads and the case or the place does not have.
pub fn judge<F: Family>(
    facts: &Facts<F>,
    times: &F::Times,
    parameters: &Parameters<F>,
) -> Result<Verdict, Missing> {
    let mut refusals: Vec<Refusal> = Vec::new();
    // Compiled for each rule, so that the compiler can fold the constants of its row (twice as fast).
    macro_rules! each {
        ($($index:literal)*) => {
            const { assert!(F::RULES.len() <= [$($index),*].len(), "one line for each rule") };
            $(if const { $index < F::RULES.len() } {
                judge_by::<F, $index>(facts, times, parameters, &mut refusals)?;
            })*
        };
    }
    each!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
    Ok(Verdict { rulebook: parameters.version.clone(), place: parameters.place.clone(), refusals })
}

/// Adds what the rule of that place in the table has to say.
#[inline(always)]
fn judge_by<F: Family, const INDEX: usize>(
    facts: &Facts<F>,
    times: &F::Times,
    parameters: &Parameters<F>,
    refusals: &mut Vec<Refusal>,
) -> Result<(), Missing> {
    // The compiler looks at this function also where the table is shorter.
    let rule = const { &F::RULES[if INDEX < F::RULES.len() { INDEX } else { 0 }] };
    if refuses(rule, facts, parameters)? {
        if refusals.is_empty() {
            *refusals = Vec::with_capacity(USUAL_REFUSALS);
        }
        refusals.push(Refusal {
            rule: rule.id,
            found: show(rule.found, facts, parameters)?,
            required: show(rule.required, facts, parameters)?,
            source: parameters.source(INDEX, facts)?,
            remedy: rule.remedy,
            passes_at: passes_at(rule, facts, times, parameters)?,
        });
    }
    Ok(())
}

/// Checks if the rule refuses the case.
#[inline(always)]
pub fn refuses<F: Family>(
    rule: &Rule<F>,
    facts: &Facts<F>,
    parameters: &Parameters<F>,
) -> Result<bool, Missing> {
    Ok(rule.applies.holds(facts, parameters)? && !rule.passes.holds(facts, parameters)?)
}

/// The first moment at which the rule would pass if nothing else changes.
fn passes_at<F: Family>(
    rule: &Rule<F>,
    facts: &Facts<F>,
    times: &F::Times,
    parameters: &Parameters<F>,
) -> Result<Option<Moment>, Missing> {
    let by_time = rule.timer.and_then(|timer| F::ends(times, timer, parameters));
    let mut by_time = by_time.filter(|moment| *moment > F::now(times));
    let passes = |moment: Moment| {
        refuses(rule, &F::facts_at(facts, moment, times), parameters.at(moment)).map(|refuses| !refuses)
    };
    for change in parameters.changes_of(rule).map(calendar::day_begins) {
        if let Some(sooner) = by_time.take_if(|moment| *moment <= change)
            && passes(sooner)?
        {
            return Ok(Some(sooner));
        }
        if passes(change)? {
            return Ok(Some(change));
        }
    }
    match by_time {
        Some(moment) if passes(moment)? => Ok(Some(moment)),
        _ => Ok(None),
    }
}

#[inline(always)]
fn show<F: Family>(
    mut what: Show<F>,
    facts: &Facts<F>,
    parameters: &Parameters<F>,
) -> Result<Value, Missing> {
    while let Show::When(fact, wanted, then, otherwise) = what {
        what = if facts.get(fact)? == wanted { *then } else { *otherwise };
    }
    Ok(match what {
        // The loop above has resolved each `When`.
        Show::Nothing | Show::When(..) => Value::Nothing,
        Show::Number(term) => kind_of(term).value(term.read(facts, parameters)?),
        Show::Like(fact, number) => fact.kind().value(number),
        Show::Codes(fact, bits) => set_like(fact.kind()).value(bits),
        Show::Listed(parameter) => Value::plates(parameters.list(parameter)),
        Show::Common(fact, parameter) => {
            set_like(fact.kind()).value(facts.get(fact)? & parameters.required(parameter)?)
        }
        Show::Both(one, other) => match parameters.number(other) {
            Some(allowed) => one.kind().value(parameters.number(one).map_or(allowed, |also| allowed & also)),
            None => one.kind().value(parameters.required(one)?),
        },
        Show::Allowed(always, without_points) => {
            let always_bits = parameters.required(always)?;
            let without_points = CodeSet::from_bits(parameters.required(without_points)?);
            if without_points.is_empty() {
                always.kind().value(always_bits)
            } else {
                Value::Allowed(CodeSet::from_bits(always_bits), without_points)
            }
        }
        Show::Hours(from, until) => Value::Hours(parameters.required(from)?, parameters.required(until)?),
        Show::Term(from, until) => match (facts.get(from), facts.get(until)) {
            (Ok(from), Ok(until)) => Value::Term(moment(from), moment(until)),
            // A leased vehicle without a lease: there is no term to show.
            _ => Value::Nothing,
        },
    })
}

/// The kind of the term's value.
#[inline(always)]
fn kind_of<F: Family>(term: Term<F>) -> Kind {
    match term {
        Term::Fact(fact) => fact.kind(),
        Term::Parameter(parameter) => parameter.kind(),
        Term::Sum(parts) => parts.first().map_or(COUNT, |fact| fact.kind()),
        Term::Const(_) => COUNT,
    }
}

const COUNT: Kind = Kind::Count { least: i64::MIN, most: i64::MAX };

/// The kind of a set of such values.
#[inline(always)]
fn set_like(kind: Kind) -> Kind {
    kind.list().map_or(kind, Kind::Set)
}
