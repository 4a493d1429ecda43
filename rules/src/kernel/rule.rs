//! One row of a family's table: identifier, facts read, parameters, predicate, remedy. The verdict, its explanation, the
//! rulebook page and the oracles all come from it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Expr, Family, Remedy, Term, Values};

/// A rule by its identifier in the catalogue: `camera.fine-limit`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    pub const fn new(code: &'static str) -> Self {
        Self(code)
    }

    pub const fn code(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// What a refusal shows of what it found or asks for. The form of the value follows from the kind of the fact or
/// parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Show<F: Family> {
    Nothing,
    Number(Term<F>),
    /// This number, as the fact would be shown.
    Like(F::Fact, i64),
    /// These codes of the fact's list.
    Codes(F::Fact, i64),
    /// The numbers of the parameter's list.
    Listed(F::Parameter),
    /// Codes that stand both in the fact and in the parameter.
    Common(F::Fact, F::Parameter),
    /// One where the fact has this value, the other where it has not.
    When(F::Fact, i64, &'static Show<F>, &'static Show<F>),
    /// Codes that stand in both parameters; one that is not set allows everything.
    Both(F::Parameter, F::Parameter),
    /// Relations allowed for every record, and those for records without points only.
    Allowed(F::Parameter, F::Parameter),
    /// Two minutes of the day between which something is closed.
    Hours(F::Parameter, F::Parameter),
    /// Two moments between which something holds.
    Term(F::Fact, F::Fact),
}

/// The text that a refusal names as its source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cites<F: Family> {
    /// The one that sets the value of the rule's first parameter, or else the one that states the rule.
    Value,
    /// The one that states the rule.
    Rule,
    /// The one that sets the parameter beside the first fact that has this value; otherwise as `Value`.
    ByFact(&'static [(F::Fact, i64, F::Parameter)]),
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule<F: Family> {
    pub id: RuleId,
    /// What it reads of the case.
    pub facts: &'static [F::Fact],
    /// What places set for it.
    pub parameters: &'static [F::Parameter],
    pub cites: Cites<F>,
    /// Whether the rule has anything to say about the case.
    pub applies: Expr<F>,
    pub passes: Expr<F>,
    pub found: Show<F>,
    pub required: Show<F>,
    pub remedy: Remedy,
    /// The change that time alone may bring; none where only another value of a parameter does, on its day.
    pub timer: Option<F::Timer>,
}

impl<F: Family> Rule<F> {
    /// Defaults of a row: the rule always applies, reads nothing, and its remedy is the office.
    pub const fn new(id: RuleId) -> Self {
        Self {
            id,
            facts: &[],
            parameters: &[],
            cites: Cites::Value,
            applies: Expr::Always,
            passes: Expr::Always,
            found: Show::Nothing,
            required: Show::Nothing,
            remedy: Remedy::Office,
            timer: None,
        }
    }

    /// True where the rule never applies, because the place does not set what it asks for.
    pub fn asks_nothing(&self, parameters: &impl Values<F>) -> bool {
        is_unasked(&self.applies, parameters)
    }
}

/// True where the predicate never holds, because the place does not set a parameter that it asks for.
fn is_unasked<F: Family>(predicate: &Expr<F>, parameters: &impl Values<F>) -> bool {
    match predicate {
        Expr::IsSet(asked) => parameters.number(*asked).is_none(),
        Expr::All(parts) => parts.iter().any(|part| is_unasked(part, parameters)),
        Expr::Any(parts) => parts.iter().all(|part| is_unasked(part, parameters)),
        _ => false,
    }
}
