//! The error of a rule that reads a value that is not there.

use crate::facts::Fact;
use crate::parameters::Parameter;
use crate::rule::RuleId;

/// Something that a rule reads is missing. Judging then fails; the rule neither passes nor refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("fact '{}' is not given", .0.code())]
    Fact(Fact),
    #[error("parameter '{}' is not set", .0.code())]
    Parameter(Parameter),
    #[error("rule '{}' has no source", .0.code())]
    Source(RuleId),
}
