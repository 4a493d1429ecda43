//! Predicates as data: small trees over facts, parameters and constants, judged here and printed for the oracles.

use super::{Facts, Family, Missing};
use crate::set::Coded;

/// A number in a predicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Term<F: Family> {
    Const(i64),
    Fact(F::Fact),
    Parameter(F::Parameter),
    Sum(&'static [F::Fact]),
}

/// A predicate. `All` and `Any` read from left to right and stop at the first that decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expr<F: Family> {
    Always,
    /// The fact is yes.
    Is(F::Fact),
    Not(F::Fact),
    Equals(F::Fact, i64),
    NotEqual(F::Fact, i64),
    AtMost(Term<F>, Term<F>),
    Less(Term<F>, Term<F>),
    /// The place sets the parameter.
    IsSet(F::Parameter),
    IsUnset(F::Parameter),
    /// The choice is in the place's set.
    In(F::Fact, F::Parameter),
    /// The number is in the place's list.
    Listed(F::Fact, F::Parameter),
    /// Nothing stands in both.
    Disjoint(F::Fact, F::Parameter),
    /// Something stands in both.
    Intersects(F::Fact, F::Parameter),
    /// None of these bits.
    Without(F::Fact, i64),
    All(&'static [Expr<F>]),
    Any(&'static [Expr<F>]),
}

/// The values of a place's parameters on a day, as predicates read them.
pub trait Values<F: Family> {
    /// The number or the set's bits; none where the place sets nothing.
    fn number(&self, parameter: F::Parameter) -> Option<i64>;
    fn listed(&self, parameter: F::Parameter, number: i64) -> bool;

    /// The number or the set's bits of a parameter that the place must set.
    fn required(&self, parameter: F::Parameter) -> Result<i64, Missing> {
        self.number(parameter).ok_or(Missing::Parameter(parameter.code()))
    }
}

impl<F: Family> Term<F> {
    #[inline]
    pub fn read(self, facts: &Facts<F>, values: &impl Values<F>) -> Result<i64, Missing> {
        Ok(match self {
            Self::Const(number) => number,
            Self::Fact(fact) => facts.get(fact)?,
            // A rule reads an optional parameter only where `applies` asks for it.
            Self::Parameter(parameter) => values.required(parameter)?,
            Self::Sum(parts) => {
                let mut sum: i64 = 0;
                for fact in parts {
                    sum = sum.saturating_add(facts.get(*fact)?);
                }
                sum
            }
        })
    }
}

impl<F: Family> Expr<F> {
    #[inline(always)]
    pub fn holds(&self, facts: &Facts<F>, values: &impl Values<F>) -> Result<bool, Missing> {
        Ok(match *self {
            Self::All(parts) => decided(parts, false, facts, values)?,
            Self::Any(parts) => decided(parts, true, facts, values)?,
            Self::Always => true,
            Self::Is(fact) => facts.get(fact)? != 0,
            Self::Not(fact) => facts.get(fact)? == 0,
            Self::Equals(fact, number) => facts.get(fact)? == number,
            Self::NotEqual(fact, number) => facts.get(fact)? != number,
            Self::AtMost(left, right) => left.read(facts, values)? <= right.read(facts, values)?,
            Self::Less(left, right) => left.read(facts, values)? < right.read(facts, values)?,
            Self::IsSet(parameter) => values.number(parameter).is_some(),
            Self::IsUnset(parameter) => values.number(parameter).is_none(),
            Self::In(fact, parameter) => {
                let choice = facts.get(fact)?;
                values.number(parameter).is_some_and(|set| set >> choice & 1 == 1)
            }
            Self::Listed(fact, parameter) => values.listed(parameter, facts.get(fact)?),
            Self::Disjoint(fact, parameter) => {
                let set = facts.get(fact)?;
                values.number(parameter).is_none_or(|refused| set & refused == 0)
            }
            Self::Intersects(fact, parameter) => {
                let set = facts.get(fact)?;
                values.number(parameter).is_some_and(|allowed| set & allowed != 0)
            }
            Self::Without(fact, bits) => facts.get(fact)? & bits == 0,
        })
    }
}

/// Reads the parts up to the first that comes out as `decider`, which is then the answer.
fn decided<F: Family>(
    parts: &[Expr<F>],
    decider: bool,
    facts: &Facts<F>,
    values: &impl Values<F>,
) -> Result<bool, Missing> {
    for part in parts {
        if part.holds(facts, values)? == decider {
            return Ok(decider);
        }
    }
    Ok(!decider)
}
