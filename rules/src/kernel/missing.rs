//! The error of a rule that reads a value that is not there.

use super::RuleId;

/// Something that a rule reads is missing. Judging then fails; the rule neither passes nor refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("fact '{0}' is not given")]
    Fact(&'static str),
    #[error("parameter '{0}' is not set")]
    Parameter(&'static str),
    #[error("rule '{}' has no source", .0.code())]
    Source(RuleId),
}
