//! Amounts that a family computes, as data: steps over facts, parameters and earlier steps, each in whole fen.

use serde::Serialize;

use super::{Facts, Family, Missing, Parameters, RuleId, SourceId, Values, Version};
use crate::money::Fen;
use crate::place::PlaceId;

/// A number of a step. Fractions are rounded down, and what is too large stays at the largest number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount<F: Family> {
    Fact(F::Fact),
    Parameter(F::Parameter),
    /// The result of an earlier step, by its place.
    Step(usize),
    /// The product, divided.
    Product(&'static [Amount<F>], i64),
    Sum(&'static [Amount<F>]),
    Least(&'static [Amount<F>]),
}

/// One line of a computation.
#[derive(Clone, Copy, Debug)]
pub struct Step<F: Family> {
    pub code: &'static str,
    pub amount: Amount<F>,
}

/// A computed amount: the last step is the result.
#[derive(Clone, Copy, Debug)]
pub struct Formula<F: Family> {
    pub id: RuleId,
    pub parameters: &'static [F::Parameter],
    pub steps: &'static [Step<F>],
}

/// The verdict of a formula: its result, how it came about, and the text that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Computed {
    pub rulebook: Version,
    pub place: Option<PlaceId>,
    pub rule: RuleId,
    pub source: SourceId,
    /// Each step with its result, in whole fen.
    pub steps: Vec<(&'static str, Fen)>,
}

impl Computed {
    /// The result of the step; none where the formula has no such step.
    pub fn step(&self, code: &str) -> Option<Fen> {
        self.steps.iter().find(|(known, _)| *known == code).map(|(_, amount)| *amount)
    }
}

impl<F: Family> Amount<F> {
    fn read(&self, facts: &Facts<F>, parameters: &Parameters<F>, before: &[i64]) -> Result<i64, Missing> {
        let all = |parts: &[Self]| -> Result<Vec<i128>, Missing> {
            parts.iter().map(|part| part.read(facts, parameters, before).map(i128::from)).collect()
        };
        Ok(match *self {
            Self::Fact(fact) => facts.get(fact)?,
            Self::Parameter(parameter) => parameters.required(parameter)?,
            Self::Step(index) => *before.get(index).expect("a step reads those before it"),
            Self::Product(parts, divisor) => {
                let product = all(parts)?.into_iter().fold(1, i128::saturating_mul);
                narrow(product.div_euclid(divisor.into()))
            }
            Self::Sum(parts) => narrow(all(parts)?.into_iter().fold(0, i128::saturating_add)),
            Self::Least(parts) => narrow(all(parts)?.into_iter().min().unwrap_or_default()),
        })
    }
}

fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

/// Computes the formula at this place in the family's table. The error names what a step reads and the case or the
/// place does not have.
pub(crate) fn compute<F: Family>(
    index: usize,
    facts: &Facts<F>,
    parameters: &Parameters<F>,
) -> Result<Computed, Missing> {
    let formula = &F::FORMULAS[index];
    let mut results: Vec<i64> = Vec::new();
    for step in formula.steps {
        let result = step.amount.read(facts, parameters, &results)?;
        results.push(result);
    }
    let steps = formula.steps.iter().zip(results).map(|(step, result)| (step.code, Fen::new(result)));
    Ok(Computed {
        rulebook: parameters.version.clone(),
        place: parameters.place.clone(),
        rule: formula.id,
        source: parameters.source_of_formula(index)?,
        steps: steps.collect(),
    })
}
