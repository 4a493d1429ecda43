//! One place's parameters on one day, resolved and flat: what judging reads.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Cites, Facts, Family, Missing, Numbers, Rule, RuleId, Setting, SourceId, Values, Version};
use crate::Moment;
use crate::calendar;
use crate::place::PlaceId;
use crate::rulebook::Rulebook;
use crate::set::Coded;

/// What judging reads of the rulebook. It is small, so that pages carry it to the browser. A family with more than 64
/// parameters does not compile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Parameters<F: Family> {
    pub version: Version,
    /// None where the place is not served; then the national values stand in.
    pub place: Option<PlaceId>,
    #[serde(serialize_with = "write_numbers", deserialize_with = "read_numbers")]
    values: F::ParameterValues,
    /// One bit per parameter that is set.
    set: u64,
    /// The numbers of parameters that are lists, with the index of the parameter.
    lists: Vec<(usize, Vec<i64>)>,
    /// The text that a refusal of each rule names, in catalogue order; none of a rule that the place does not apply.
    sources: Vec<Option<SourceId>>,
    /// The texts of each parameter, for the rules that name one by the case.
    cited: Vec<Option<SourceId>>,
    /// The values after each later change, with the first day on which they hold.
    later: Vec<(NaiveDate, Parameters<F>)>,
}

fn write_numbers<N: Numbers, S: Serializer>(numbers: &N, serializer: S) -> Result<S::Ok, S::Error> {
    numbers.as_ref().serialize(serializer)
}

fn read_numbers<'de, N: Numbers, D: Deserializer<'de>>(deserializer: D) -> Result<N, D::Error> {
    let read = Vec::<i64>::deserialize(deserializer)?;
    let mut numbers = N::ZERO;
    if read.len() != numbers.as_ref().len() {
        return Err(serde::de::Error::invalid_length(read.len(), &"one number for each parameter"));
    }
    numbers.as_mut().copy_from_slice(&read);
    Ok(numbers)
}

impl<F: Family> Values<F> for Parameters<F> {
    #[inline(always)]
    fn number(&self, parameter: F::Parameter) -> Option<i64> {
        let index = parameter.index();
        (self.set & 1 << index != 0).then(|| self.values.as_ref()[index])
    }

    fn listed(&self, parameter: F::Parameter, number: i64) -> bool {
        self.list(parameter).contains(&number)
    }
}

impl<F: Family> Parameters<F> {
    /// The value of a required parameter. Loading refuses a rulebook without it.
    pub(crate) fn proven(&self, parameter: F::Parameter) -> i64 {
        self.required(parameter)
            .expect("loading proves that each place has a value of each required parameter")
    }

    /// The numbers of a parameter that is a list; empty where the place sets none.
    pub fn list(&self, parameter: F::Parameter) -> &[i64] {
        let found = self.lists.iter().find(|(index, _)| *index == parameter.index());
        found.map_or(&[], |(_, numbers)| numbers)
    }

    /// The text that a refusal of the rule at this place in the table names.
    #[inline(always)]
    pub(super) fn source(&self, index: usize, facts: &Facts<F>) -> Result<SourceId, Missing> {
        let rule = &F::RULES[index];
        let by_fact = match rule.cites {
            Cites::ByFact(cited) => cited.iter().find(|(fact, value, _)| facts.get(*fact) == Ok(*value)),
            Cites::Value | Cites::Rule => None,
        };
        let cited = by_fact.and_then(|(_, _, parameter)| self.cited[parameter.index()]);
        cited.or(self.sources[index]).ok_or(Missing::Source(rule.id))
    }

    /// The text that states how the formula at this place in the table computes.
    pub(super) fn source_of_formula(&self, index: usize) -> Result<SourceId, Missing> {
        self.sources[F::RULES.len() + index].ok_or(Missing::Source(F::FORMULAS[index].id))
    }

    /// The values that hold at a later moment.
    pub(super) fn at(&self, moment: Moment) -> &Self {
        if self.later.is_empty() {
            return self;
        }
        let day = calendar::local(moment).date();
        self.later.iter().rev().find(|(since, _)| *since <= day).map_or(self, |(_, later)| later)
    }

    /// The later days on which a parameter of the rule changes.
    pub(super) fn changes_of(&self, rule: &Rule<F>) -> impl Iterator<Item = NaiveDate> {
        let parameters = rule.parameters;
        let differs = move |later: &Self| {
            let has_lists = !self.lists.is_empty() || !later.lists.is_empty();
            parameters.iter().any(|parameter| {
                self.number(*parameter) != later.number(*parameter)
                    || has_lists && self.list(*parameter) != later.list(*parameter)
            })
        };
        self.later.iter().filter(move |(_, later)| differs(later)).map(|(since, _)| *since)
    }

    /// The first rule that may refuse or compute and that no text states.
    pub(super) fn rule_without_source(&self) -> Option<RuleId> {
        let (refusing, computing) = self.sources.split_at(F::RULES.len());
        let mut rules = F::RULES.iter().zip(refusing);
        let refuses = rules.find(|(rule, source)| source.is_none() && !rule.asks_nothing(self));
        let mut formulas = F::FORMULAS.iter().zip(computing);
        let computes = || formulas.find(|(_, source)| source.is_none()).map(|(formula, _)| formula.id);
        refuses.map(|(rule, _)| rule.id).or_else(computes)
    }
}

impl Rulebook {
    /// The parameters in force for the place on the day, national ones where it states nothing, with what is already
    /// known of later days.
    pub fn parameters<F: Family>(&self, place: Option<&PlaceId>, day: NaiveDate) -> Parameters<F> {
        let later = self.change_days(place).into_iter().filter(|change| *change > day);
        let later = later.map(|change| (change, self.parameters_on(place, change))).collect();
        Parameters { later, ..self.parameters_on(place, day) }
    }

    pub(super) fn parameters_on<F: Family>(&self, place: Option<&PlaceId>, day: NaiveDate) -> Parameters<F> {
        const { assert!(<F::Parameter as Coded>::ALL.len() <= u64::BITS as usize, "one bit for each parameter") };
        let in_force = |parameter: F::Parameter| self.in_force(place, parameter.code(), day);
        let (mut values, mut set, mut lists) = (F::ParameterValues::ZERO, 0, Vec::new());
        for parameter in F::Parameter::ALL {
            let index = parameter.index();
            values.as_mut()[index] = match in_force(*parameter).map(|dated| &dated.value) {
                Some(Setting::Number(number) | Setting::Set(number)) => *number,
                Some(Setting::List(list)) => {
                    lists.push((index, list.clone()));
                    0
                }
                Some(Setting::None) | None => continue,
            };
            set |= 1 << index;
        }
        let value = |parameter: Option<&F::Parameter>| {
            let dated = parameter.and_then(|parameter| in_force(*parameter));
            dated.filter(|dated| dated.value != Setting::None).and_then(|dated| dated.source)
        };
        let stated = |rule| self.rule_sources(place, rule).first().copied();
        let refusing = F::RULES.iter().map(|rule| {
            let first = rule.parameters.first().filter(|_| rule.cites != Cites::Rule);
            value(first).or_else(|| stated(rule.id))
        });
        let computing = F::FORMULAS.iter().map(|formula| stated(formula.id));
        Parameters {
            version: self.version.clone(),
            place: place.cloned(),
            values,
            set,
            lists,
            sources: refusing.chain(computing).collect(),
            cited: F::Parameter::ALL.iter().map(|parameter| in_force(*parameter)?.source).collect(),
            later: Vec::new(),
        }
    }
}
