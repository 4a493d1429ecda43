//! Decides if a person may handle a camera record online. A verdict lists all rules that refuse.

mod facts;
mod machine;
mod outlook;
mod parameters;
mod selection;
mod table;

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::calendar;
use crate::kernel::{self, Family, Parameters, Verdict};
use crate::licence::{LicenceStates, Points};
use crate::money::Fen;
use crate::payment::PaymentChannels;
use crate::person::IdentityLevel;
use crate::place::RegionCode;
use crate::plate::PlateNumber;
use crate::rulebook::Rulebook;
use crate::set::coded;
use crate::vehicle::{Relation, VehicleKind, VehicleStates, VehicleUse};
use crate::violation::{Capture, PenaltyKind, RecordStanding};

pub use facts::{Fact, Timer, Times};
pub use machine::MACHINE;
pub use outlook::{Group, Outlook};
pub use parameters::Parameter;
pub use selection::{
    LARGEST_SELECTION, Selection, assess_selection, assess_selection_by, assess_selection_with,
};
pub use table::rule;

/// Rules for camera records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Camera;

pub type CameraParameters = Parameters<Camera>;

impl Family for Camera {
    type Fact = Fact;
    type Parameter = Parameter;
    type FactValues = [i64; Fact::ALL.len()];
    type ParameterValues = [i64; Parameter::ALL.len()];
    type Timer = Timer;
    type Times = Times;
    const RULES: &'static [kernel::Rule<Self>] = table::RULES;
    const FORMULAS: &'static [kernel::Formula<Self>] = &[];
    const SETTINGS: &'static [Parameter] =
        &[Parameter::PaymentWindow, Parameter::PaymentChannels, Parameter::Confirmation];
    const TOGETHER: &'static [(Parameter, Parameter)] = &[(Parameter::ClosedFrom, Parameter::ClosedUntil)];

    fn now(times: &Times) -> Moment {
        times.now
    }

    fn ends(times: &Times, timer: Timer, parameters: &CameraParameters) -> Option<Moment> {
        times.ends(timer, parameters)
    }

    fn facts_at(facts: &Facts, moment: Moment, times: &Times) -> Facts {
        times.facts_at(facts, moment)
    }
}

pub type Facts = kernel::Facts<Camera>;

/// The person who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applicant {
    pub identity: IdentityLevel,
    /// None while no driving licence is on the account.
    pub licence: Option<LicenceFacts>,
    /// Points of the person's other open orders.
    pub held_points: Points,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceFacts {
    pub states: LicenceStates,
    /// Points that count in the running cycle.
    pub cycle_points: Points,
    /// Those of them that the next cycle takes over, because their fine is unpaid (points 15).
    #[serde(default)]
    pub carried_points: Points,
    /// How often twelve points were reached in it.
    pub full_marks: u32,
    /// The first day of the next cycle.
    pub next_cycle: chrono::NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VehicleFacts {
    pub plate: PlateNumber,
    pub kind: VehicleKind,
    pub usage: VehicleUse,
    pub states: VehicleStates,
    pub relation: Relation,
    /// When the binding was approved; none for own and leased vehicles.
    pub bound_since: Option<Moment>,
    pub lease: Option<LeaseFacts>,
}

coded! {
    LeaseRole {
        /// 承租人
        Lessee = "lessee",
        /// 备案的临时驾驶人
        FiledDriver = "filed-driver",
        None = "none",
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeaseFacts {
    pub registered_at: Moment,
    pub from: Moment,
    pub until: Moment,
    pub role: LeaseRole,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordFacts {
    pub region: RegionCode,
    pub violated_at: Moment,
    pub capture: Capture,
    pub penalty: PenaltyKind,
    pub fine: Fen,
    /// Under the milder law already; see `violation::PointsUnderLaw`.
    pub points: Points,
    /// False where the milder law depends on what only the registry can tell.
    #[serde(default = "known")]
    pub points_known: bool,
    pub state: RecordStanding,
    /// Marked as disputed.
    pub disputed: bool,
}

fn known() -> bool {
    true
}

/// The request: when it is made, and the payment channels that have a configured gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub now: Moment,
    pub channels: PaymentChannels,
}

/// Everything that a verdict is made of, beside the rulebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraCase {
    pub now: Moment,
    pub applicant: Applicant,
    pub vehicle: VehicleFacts,
    pub record: RecordFacts,
    /// Points of the whole selection, this record's included.
    pub selected_points: Points,
    /// The person disputes it now.
    pub dispute_declared: bool,
    /// Payment channels that have a configured gateway.
    #[serde(default = "PaymentChannels::all")]
    pub channels: PaymentChannels,
}

impl CameraCase {
    /// The case in the flat form that the rule table reads.
    pub fn facts(&self, served: bool) -> Facts {
        self.view().facts(served)
    }

    fn view(&self) -> View<'_> {
        View {
            request: Request { now: self.now, channels: self.channels },
            applicant: &self.applicant,
            vehicle: &self.vehicle,
            record: &self.record,
            selected_points: self.selected_points,
            dispute_declared: self.dispute_declared,
        }
    }
}

/// A case without owning its parts.
#[derive(Clone, Copy)]
struct View<'a> {
    request: Request,
    applicant: &'a Applicant,
    vehicle: &'a VehicleFacts,
    record: &'a RecordFacts,
    selected_points: Points,
    dispute_declared: bool,
}

/// Judges the case by the rules of the place of the violation, as of the day of asking.
pub fn assess(case: &CameraCase, rulebook: &Rulebook) -> Verdict {
    let place = rulebook.place_of(&case.record.region).map(|place| &place.id);
    assess_with(case, &rulebook.parameters(place, calendar::local(case.now).date()))
}

/// Judges the case by parameters resolved before, for the same place and day.
pub fn assess_with(case: &CameraCase, parameters: &CameraParameters) -> Verdict {
    case.view().assess(parameters)
}

impl View<'_> {
    fn assess(&self, parameters: &CameraParameters) -> Verdict {
        kernel::judge(&self.facts(parameters.place.is_some()), &self.times(), parameters)
            .expect("a typed case gives every fact, and loading proves every parameter and source")
    }
}
