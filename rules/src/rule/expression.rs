//! Predicates as data: small trees over facts, parameters and constants, judged here and printed for the oracles.

use crate::facts::{Fact, Facts};
use crate::missing::Missing;
use crate::parameters::Parameter;

/// A number in a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    Const(i64),
    Fact(Fact),
    Parameter(Parameter),
    Sum(&'static [Fact]),
}

/// A predicate. `All` and `Any` read from left to right and stop at the first that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expr {
    Always,
    /// The fact is yes.
    Is(Fact),
    Not(Fact),
    Equals(Fact, i64),
    Differs(Fact, i64),
    AtMost(Term, Term),
    Less(Term, Term),
    /// The place sets the parameter.
    Asked(Parameter),
    Unasked(Parameter),
    /// The choice is in the place's set.
    In(Fact, Parameter),
    /// The number is in the place's list.
    Listed(Fact, Parameter),
    /// Nothing stands in both.
    Apart(Fact, Parameter),
    /// Something stands in both.
    Meets(Fact, Parameter),
    /// None of these bits.
    Without(Fact, i64),
    All(&'static [Expr]),
    Any(&'static [Expr]),
}

/// The values of a place's parameters on a day, as predicates read them.
pub trait Values {
    /// The number or the set's bits; none where the place sets nothing.
    fn number(&self, parameter: Parameter) -> Option<i64>;
    fn listed(&self, parameter: Parameter, number: i64) -> bool;

    /// The number or the set's bits of a parameter that the place must set.
    fn required(&self, parameter: Parameter) -> Result<i64, Missing> {
        self.number(parameter).ok_or(Missing::Parameter(parameter))
    }
}

impl Term {
    #[inline]
    pub fn read(self, facts: &Facts, values: &impl Values) -> Result<i64, Missing> {
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

impl Expr {
    #[inline(always)]
    pub fn holds(&self, facts: &Facts, values: &impl Values) -> Result<bool, Missing> {
        Ok(match *self {
            Self::All(parts) => decided(parts, false, facts, values)?,
            Self::Any(parts) => decided(parts, true, facts, values)?,
            Self::Always => true,
            Self::Is(fact) => facts.get(fact)? != 0,
            Self::Not(fact) => facts.get(fact)? == 0,
            Self::Equals(fact, number) => facts.get(fact)? == number,
            Self::Differs(fact, number) => facts.get(fact)? != number,
            Self::AtMost(left, right) => left.read(facts, values)? <= right.read(facts, values)?,
            Self::Less(left, right) => left.read(facts, values)? < right.read(facts, values)?,
            Self::Asked(parameter) => values.number(parameter).is_some(),
            Self::Unasked(parameter) => values.number(parameter).is_none(),
            Self::In(fact, parameter) => {
                let choice = facts.get(fact)?;
                values.number(parameter).is_some_and(|set| set >> choice & 1 == 1)
            }
            Self::Listed(fact, parameter) => values.listed(parameter, facts.get(fact)?),
            Self::Apart(fact, parameter) => {
                let set = facts.get(fact)?;
                values.number(parameter).is_none_or(|refused| set & refused == 0)
            }
            Self::Meets(fact, parameter) => {
                let set = facts.get(fact)?;
                values.number(parameter).is_some_and(|allowed| set & allowed != 0)
            }
            Self::Without(fact, bits) => facts.get(fact)? & bits == 0,
        })
    }
}

/// Reads the parts up to the first that comes out as `decider`, which is then the answer.
fn decided(parts: &[Expr], decider: bool, facts: &Facts, values: &impl Values) -> Result<bool, Missing> {
    for part in parts {
        if part.holds(facts, values)? == decider {
            return Ok(decider);
        }
    }
    Ok(!decider)
}
