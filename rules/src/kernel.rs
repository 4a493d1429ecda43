//! The parts that all rule families share: kinds of values, facts, parameters, rules, formulas, judging, and the machines of
//! cases. The kernel knows no family.

mod analysis;
mod expression;
mod facts;
mod family;
mod formula;
mod judge;
mod kind;
mod list;
mod machine;
mod missing;
mod parameters;
mod resolved;
mod rule;
mod verdict;

pub use analysis::{Analysis, Gap, Overlap, analyse};
pub use expression::{Expr, Term, Values};
pub use facts::Facts;
pub(crate) use family::described;
pub use family::{AnyFamily, Described, Description, Family, Numbers, Of};
pub(crate) use formula::compute;
pub use formula::{Amount, Computed, Formula, Step};
pub use judge::{judge, refuses};
pub use kind::Kind;
pub use list::List;
pub use machine::{CaseEvent, CaseState, Edge, Machine, NoEdge};
pub use missing::Missing;
pub use parameters::{Dated, Setting, Source, SourceId, Version};
pub use resolved::Parameters;
pub use rule::{Cites, Rule, RuleId, Show};
pub use verdict::{Codes, Refusal, Remedy, Value, Verdict};
