//! What a verdict means for the person: the record can be handled now, later, at an office only, or is settled.

use super::rule;
use crate::Moment;
use crate::kernel::{Refusal, Remedy, Verdict};
use crate::set::coded;
use crate::violation::RecordStanding;

coded! {
    /// The groups of a list of records, in the order in which lists show them.
    Group {
        Online = "online",
        Later = "later",
        Office = "office",
        Settled = "settled",
    }
}

/// What can be done about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing refuses it.
    Online,
    /// Time, another order or an act of the person stands against it. `at` is the first moment at which it passes
    /// when nothing but time passes; none where an act is needed.
    Later { at: Option<Moment> },
    /// Only an office, or another person, can handle it.
    Office,
    /// It has been handled, here or elsewhere.
    Settled,
}

impl Outlook {
    /// The outlook of a record from where it stands and from all that refuses it.
    pub fn of(standing: RecordStanding, verdict: &Verdict) -> Self {
        if matches!(standing, RecordStanding::Processed | RecordStanding::ProcessedElsewhere) {
            return Self::Settled;
        }
        if verdict.passes() {
            return Self::Online;
        }
        if verdict.refusals.iter().any(needs_office) {
            return Self::Office;
        }
        let mut at = None;
        for refusal in &verdict.refusals {
            let Some(passes) = refusal.passes_at else { return Self::Later { at: None } };
            at = at.max(Some(passes));
        }
        Self::Later { at }
    }

    pub const fn group(self) -> Group {
        match self {
            Self::Online => Group::Online,
            Self::Later { .. } => Group::Later,
            Self::Office => Group::Office,
            Self::Settled => Group::Settled,
        }
    }
}

/// True where neither waiting nor an act of the person makes the rule pass.
fn needs_office(refusal: &Refusal) -> bool {
    // A dispute is the person's own act: the office answers it, and until then the record waits.
    if refusal.rule == rule::NOT_DISPUTED {
        return false;
    }
    match refusal.remedy {
        Remedy::Office | Remedy::AnotherPerson => true,
        Remedy::Wait
        | Remedy::BindLicence
        | Remedy::BindVehicle
        | Remedy::Identify
        | Remedy::MendLicence
        | Remedy::ChooseFewer
        | Remedy::Nothing
        | Remedy::FinishOrder => false,
    }
}
