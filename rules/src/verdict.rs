//! The answer: every rule that refuses, with what was found, what is required, and when it would pass.

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::camera::Standing;
use crate::licence::{LicenceStates, Points};
use crate::money::Fen;
use crate::parameters::PaymentChannels;
use crate::person::IdentityLevel;
use crate::place::PlaceId;
use crate::plate::PlatePrefix;
use crate::rule::RuleId;
use crate::rulebook::{SourceId, Version};
use crate::set::{CodeSet, coded};
use crate::vehicle::{Relation, VehicleKind, VehicleStates, VehicleUse};
use crate::violation::{Capture, PenaltyKind};

/// A value that a rule read or asks for, for people to see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Value {
    /// The rule's own sentence says it all.
    Nothing,
    Money(Fen),
    Points(Points),
    Count(i64),
    At(Moment),
    /// Minutes since local midnight: closed from, open from.
    Hours(i64, i64),
    Capture(Capture),
    Standing(Standing),
    Identity(IdentityLevel),
    LicenceStates(LicenceStates),
    VehicleStates(VehicleStates),
    Kinds(CodeSet<VehicleKind>),
    Uses(CodeSet<VehicleUse>),
    Relations(CodeSet<Relation>),
    /// Relations allowed for every record, and those allowed for records without points only.
    Allowed(CodeSet<Relation>, CodeSet<Relation>),
    Penalties(CodeSet<PenaltyKind>),
    Channels(PaymentChannels),
    Plates(Vec<PlatePrefix>),
    /// From and until.
    Term(Moment, Moment),
}

coded! {
    /// What the person can do.
    Remedy {
        /// Go to the office of the place where it happened.
        Office = "office",
        /// Wait until `passes_at`.
        Wait = "wait",
        /// Bind the licence to the account.
        BindLicence = "bind-licence",
        /// Bind the vehicle first.
        BindVehicle = "bind-vehicle",
        /// Pass the real-person check.
        Identify = "identify",
        /// Put the licence in order at the office that issued it.
        MendLicence = "mend-licence",
        /// Choose fewer records.
        ChooseFewer = "choose-fewer",
        /// The owner or driver handles it.
        AnotherPerson = "another-person",
        /// Nothing is to be done: it is settled.
        Nothing = "nothing",
        /// Continue the order that holds it, or let it lapse.
        FinishOrder = "finish-order",
    }
}

/// One rule that refuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub rule: RuleId,
    pub found: Value,
    pub required: Value,
    /// Which text of the rulebook it comes from.
    pub source: SourceId,
    pub remedy: Remedy,
    /// The first moment at which it would pass if nothing else changes; none where only an act can change it.
    pub passes_at: Option<Moment>,
}

/// All that refuses, in catalogue order, under one version of the rulebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub rulebook: Version,
    /// Whose rules were asked; none where the place is not served.
    pub place: Option<PlaceId>,
    pub refusals: Vec<Refusal>,
}

impl Verdict {
    pub fn passes(&self) -> bool {
        self.refusals.is_empty()
    }

    /// The refusal of the rule, if it refuses.
    pub fn refusal(&self, rule: RuleId) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.rule == rule)
    }
}
