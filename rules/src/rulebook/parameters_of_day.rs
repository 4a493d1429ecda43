//! One place's parameters on one day, resolved and flat: what judging reads.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Rulebook, SourceId, Version};
use crate::Moment;
use crate::calendar;
use crate::facts::Facts;
use crate::missing::Missing;
use crate::order::ClosedHours;
use crate::parameters::{Parameter, PaymentChannel, PaymentChannels, Value};
use crate::place::PlaceId;
use crate::rule::{CAMERA_RULES, Cites, Rule, Values};
use crate::set::CodeSet;

const COUNT: usize = Parameter::ALL.len();
const _: () = assert!(COUNT <= u32::BITS as usize, "one bit for each parameter that is set");

/// Loading refuses a rulebook without these values.
const PROVEN: &str = "loading proves that each place has a value of each required parameter";

/// Parameters whose texts some refusals name instead of the rule's own.
const CITED_BY_FACT: [Parameter; 2] = [Parameter::OrganisationVehicleKinds, Parameter::LeasedVehicleKinds];

/// What judging a camera record reads of the rulebook. It is small, so that pages carry it to the browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraParameters {
    pub version: Version,
    /// None where the place is not served; then the national values stand in.
    pub place: Option<PlaceId>,
    values: [i64; COUNT],
    /// One bit per parameter that is set.
    set: u32,
    prefixes: Vec<i64>,
    /// The text that a refusal of each rule names, in catalogue order; none of a rule that the place does not apply.
    sources: [Option<SourceId>; CAMERA_RULES.len()],
    /// The texts of parameters that a refusal names by the case, in the order of `CITED_BY_FACT`.
    cited: [Option<SourceId>; CITED_BY_FACT.len()],
    /// The values after each later change, with the first day on which they hold.
    later: Vec<(NaiveDate, CameraParameters)>,
}

impl Values for CameraParameters {
    fn number(&self, parameter: Parameter) -> Option<i64> {
        (self.set & 1 << parameter as u32 != 0).then(|| self.values[parameter as usize])
    }

    fn listed(&self, _: Parameter, number: i64) -> bool {
        self.prefixes.contains(&number)
    }
}

impl CameraParameters {
    pub fn payment_window_minutes(&self) -> i64 {
        self.required(Parameter::PaymentWindow).expect(PROVEN)
    }

    /// A cycle stays below so many points.
    pub(crate) fn points_limit(&self) -> i64 {
        self.required(Parameter::PointsLimit).expect(PROVEN)
    }

    pub fn closed_hours(&self) -> Option<ClosedHours> {
        let from_minute = self.number(Parameter::ClosedFrom)?;
        let until_minute = self.number(Parameter::ClosedUntil)?;
        Some(ClosedHours { from_minute, until_minute })
    }

    pub fn plate_prefixes(&self) -> &[i64] {
        &self.prefixes
    }

    /// The channel through which the place is paid: the first of its own that has a configured gateway.
    pub fn channel(&self, configured: PaymentChannels) -> Option<PaymentChannel> {
        let taken =
            self.number(Parameter::PaymentChannels).map_or(PaymentChannels::all(), CodeSet::from_bits);
        taken.iter().find(|channel| configured.contains(*channel))
    }

    /// The text that a refusal of the rule at this place in the table names.
    pub(crate) fn source(&self, rule: usize, facts: &Facts) -> Result<SourceId, Missing> {
        let by_fact = match CAMERA_RULES[rule].cites {
            Cites::ByFact(cited) => cited.iter().find(|(fact, value, _)| facts.get(*fact) == Ok(*value)),
            Cites::Value | Cites::Rule => None,
        };
        let cited = by_fact.and_then(|(_, _, parameter)| {
            let position = CITED_BY_FACT.iter().position(|cited| cited == parameter)?;
            self.cited[position]
        });
        cited.or(self.sources[rule]).ok_or(Missing::Source(CAMERA_RULES[rule].id))
    }

    /// Whether no later change is known.
    pub(crate) fn is_settled(&self) -> bool {
        self.later.is_empty()
    }

    /// The values that hold at a later moment.
    pub(crate) fn at(&self, moment: Moment) -> &Self {
        if self.is_settled() {
            return self;
        }
        let day = calendar::local(moment).date();
        self.later.iter().rev().find(|(since, _)| *since <= day).map_or(self, |(_, later)| later)
    }

    /// The later days on which a parameter of the rule changes.
    pub(crate) fn changes_of(&self, rule: &Rule) -> impl Iterator<Item = NaiveDate> {
        let parameters = rule.parameters;
        let differs = move |later: &Self| {
            parameters.iter().any(|parameter| self.number(*parameter) != later.number(*parameter))
                || parameters.contains(&Parameter::PlatePrefixes) && self.prefixes != later.prefixes
        };
        self.later.iter().filter(move |(_, later)| differs(later)).map(|(since, _)| *since)
    }
}

impl Rulebook {
    /// The parameters in force for the place on the day, national ones where it states nothing, with what is already
    /// known of later days.
    pub fn camera_parameters(&self, place: Option<&PlaceId>, day: NaiveDate) -> CameraParameters {
        let later = self.change_days(place).into_iter().filter(|change| *change > day);
        let later = later.map(|change| (change, self.parameters_on(place, change))).collect();
        CameraParameters { later, ..self.parameters_on(place, day) }
    }

    fn parameters_on(&self, place: Option<&PlaceId>, day: NaiveDate) -> CameraParameters {
        let mut resolved = CameraParameters {
            version: self.version.clone(),
            place: place.cloned(),
            values: [0; COUNT],
            set: 0,
            prefixes: Vec::new(),
            sources: [None; CAMERA_RULES.len()],
            cited: CITED_BY_FACT.map(|parameter| self.in_force(place, parameter, day)?.source),
            later: Vec::new(),
        };
        for parameter in Parameter::ALL {
            let number = match self.in_force(place, *parameter, day).map(|dated| &dated.value) {
                Some(Value::Number(number) | Value::Set(number)) => *number,
                Some(Value::List(list)) => {
                    resolved.prefixes.clone_from(list);
                    0
                }
                Some(Value::None) | None => continue,
            };
            resolved.values[*parameter as usize] = number;
            resolved.set |= 1 << *parameter as u32;
        }
        for (rule, source) in CAMERA_RULES.iter().zip(&mut resolved.sources) {
            let value = rule.parameters.first().filter(|_| rule.cites != Cites::Rule);
            let value = value.and_then(|parameter| self.in_force(place, *parameter, day));
            let value = value.filter(|dated| dated.value != Value::None).and_then(|dated| dated.source);
            let stated = || self.rule_sources(place, rule.id).first().copied();
            *source = value.or_else(stated);
        }
        resolved
    }

    /// The first rule that may refuse at the place on the day and that no text states.
    #[cfg(feature = "load")]
    pub(super) fn rule_without_source(&self, place: &PlaceId, day: NaiveDate) -> Option<crate::rule::RuleId> {
        let resolved = self.parameters_on(Some(place), day);
        let mut rules = CAMERA_RULES.iter().zip(&resolved.sources);
        let unstated = rules.find(|(rule, source)| source.is_none() && !rule.asks_nothing(&resolved));
        unstated.map(|(rule, _)| rule.id)
    }
}
