//! Evaluates the rule table over the facts and builds the refusals.

use chrono::NaiveDate;

use super::{RecordStanding, Standing, View, facts};
use crate::Moment;
use crate::calendar;
use crate::facts::{Fact, Facts};
use crate::licence::Points;
use crate::missing::Missing;
use crate::money::Fen;
use crate::person::IdentityLevel;
use crate::plate::PlatePrefix;
use crate::rule::{As, CAMERA_RULES, Changes, Rule, RuleId, Show, Values};
use crate::rulebook::CameraParameters;
use crate::set::{CodeSet, Coded};
use crate::verdict::{Refusal, Value, Verdict};
use crate::violation::Capture;

/// What time may change: the moments at which it does.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub now: Moment,
    /// The first day of the next cycle, and the points that it takes over.
    pub next_cycle: Option<(NaiveDate, Points)>,
    pub hold_ends: Option<Moment>,
}

pub(super) fn assess_view(case: &View<'_>, parameters: &CameraParameters) -> Verdict {
    let facts = facts(case, parameters.place.is_some());
    let times = Times {
        now: case.request.now,
        next_cycle: case
            .applicant
            .licence
            .as_ref()
            .map(|licence| (licence.next_cycle, licence.carried_points)),
        hold_ends: match case.record.state {
            RecordStanding::HeldByOther { until } => until,
            _ => None,
        },
    };
    judge(&facts, &times, parameters)
        .expect("a typed case gives every fact, and loading proves every parameter and source")
}

/// Room for so many refusals is made at once.
const USUAL_REFUSALS: usize = 8;

/// Judges flat facts. The error names what a rule reads and the case or the place does not have.
pub fn judge(facts: &Facts, times: &Times, parameters: &CameraParameters) -> Result<Verdict, Missing> {
    let mut refusals: Vec<Refusal> = Vec::new();
    // Compiled for each rule, so that the compiler can fold the constants of its row (twice as fast).
    macro_rules! each {
        ($($index:literal)*) => {
            $(judge_by::<$index>(facts, times, parameters, &mut refusals)?;)*
            const { assert!([$($index),*].len() == CAMERA_RULES.len()) };
        };
    }
    each!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22);
    Ok(Verdict { rulebook: parameters.version.clone(), place: parameters.place.clone(), refusals })
}

/// Adds what the rule of that place in the table has to say.
#[inline(always)]
fn judge_by<const INDEX: usize>(
    facts: &Facts,
    times: &Times,
    parameters: &CameraParameters,
    refusals: &mut Vec<Refusal>,
) -> Result<(), Missing> {
    let rule = const { &CAMERA_RULES[INDEX] };
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

/// Whether the rule refuses, without saying why.
#[inline(always)]
pub fn refuses(rule: &Rule, facts: &Facts, parameters: &CameraParameters) -> Result<bool, Missing> {
    Ok(rule.applies.holds(facts, parameters)? && !rule.passes.holds(facts, parameters)?)
}

/// The first moment at which the rule would pass if nothing else changes.
fn passes_at(
    rule: &Rule,
    facts: &Facts,
    times: &Times,
    parameters: &CameraParameters,
) -> Result<Option<Moment>, Missing> {
    let by_time = match rule.changes {
        Changes::WithParameters => None,
        Changes::WithHours => parameters.closed_hours().map(|closed| closed.ends_after(times.now)),
        Changes::WithCycle => times.next_cycle.map(|(day, _)| calendar::day_begins(day)),
        Changes::WithHold => times.hold_ends,
    };
    let mut by_time = by_time.filter(|moment| *moment > times.now);
    let passes = |moment: Moment| {
        refuses(rule, &facts_at(facts, moment, times), parameters.at(moment)).map(|refuses| !refuses)
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

/// The same facts at a later moment.
fn facts_at(facts: &Facts, moment: Moment, times: &Times) -> Facts {
    let mut later = *facts;
    later.set(Fact::MinuteOfDay, calendar::minute_of_day(moment));
    if let Some((day, carried)) = times.next_cycle
        && calendar::day_begins(day) <= moment
    {
        later.set(Fact::CyclePoints, carried.0.into());
        later.set(Fact::FullMarks, 0);
    }
    if times.hold_ends.is_some_and(|ends| ends <= moment) {
        later.set(Fact::Standing, Standing::Unprocessed as i64);
    }
    later
}

fn show(what: Show, facts: &Facts, parameters: &CameraParameters) -> Result<Value, Missing> {
    Ok(match what {
        Show::Nothing => Value::Nothing,
        Show::Number(As::Plates, _) => {
            let prefixes = parameters.plate_prefixes().iter();
            Value::Plates(prefixes.filter_map(|number| PlatePrefix::from_number(*number)).collect())
        }
        Show::Number(shown, term) => number(shown, term.read(facts, parameters)?),
        Show::Common(shown, fact, parameter) => {
            number(shown, facts.get(fact)? & parameters.required(parameter)?)
        }
        Show::When(fact, wanted, then, otherwise) => {
            show(if facts.get(fact)? == wanted { *then } else { *otherwise }, facts, parameters)?
        }
        Show::Both(shown, one, other) => match parameters.number(other) {
            Some(allowed) => number(shown, parameters.number(one).map_or(allowed, |also| allowed & also)),
            None => number(shown, parameters.required(one)?),
        },
        Show::Allowed(always, without_points) => {
            let always = CodeSet::from_bits(parameters.required(always)?);
            let without_points = CodeSet::from_bits(parameters.required(without_points)?);
            if without_points.is_empty() {
                Value::Relations(always)
            } else {
                Value::Allowed(always, without_points)
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

#[inline(always)]
fn moment(seconds: i64) -> Moment {
    Moment::from_timestamp(seconds, 0).unwrap_or_default()
}

fn choice<T: Coded>(index: i64) -> Option<T> {
    T::ALL.get(usize::try_from(index).ok()?).copied()
}

fn one<T: Coded>(index: i64) -> CodeSet<T> {
    CodeSet::from_bits(1 << index)
}

#[inline(always)]
fn number(shown: As, number: i64) -> Value {
    match shown {
        As::Money => Value::Money(Fen::new(number)),
        As::Points => Value::Points(Points(u32::try_from(number).unwrap_or(u32::MAX))),
        As::Count => Value::Count(number),
        As::Moment => Value::At(moment(number)),
        As::Capture => Value::Capture(choice(number).unwrap_or(Capture::Officer)),
        As::Standing => Value::Standing(choice(number).unwrap_or(Standing::Processed)),
        As::Identity => Value::Identity(choice(number).unwrap_or(IdentityLevel::None)),
        As::LicenceStates => Value::LicenceStates(CodeSet::from_bits(number)),
        As::VehicleStates => Value::VehicleStates(CodeSet::from_bits(number)),
        As::Kind => Value::Kinds(one(number)),
        As::Kinds => Value::Kinds(CodeSet::from_bits(number)),
        As::Use => Value::Uses(one(number)),
        As::Uses => Value::Uses(CodeSet::from_bits(number)),
        As::Relation => Value::Relations(one(number)),
        As::Penalty => Value::Penalties(one(number)),
        As::Penalties => Value::Penalties(CodeSet::from_bits(number)),
        As::Channels => Value::Channels(CodeSet::from_bits(number)),
        As::Plate | As::Plates => Value::Plates(PlatePrefix::from_number(number).into_iter().collect()),
    }
}

const _: () = assert!(CAMERA_RULES.len() == RuleId::LateFee as usize);
