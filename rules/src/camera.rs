//! Decides if a person may handle a camera record online. A verdict lists all rules that refuse.

mod judge;
mod selection;

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::calendar;
use crate::facts::{Fact, Facts};
use crate::licence::{LicenceStates, Points};
use crate::money::Fen;
use crate::parameters::PaymentChannels;
use crate::person::IdentityLevel;
use crate::place::RegionCode;
use crate::plate::PlateNumber;
use crate::rulebook::{CameraParameters, Rulebook};
use crate::set::coded;
use crate::vehicle::{Relation, VehicleKind, VehicleStates, VehicleUse};
use crate::verdict::Verdict;
use crate::violation::{Capture, PenaltyKind};

pub use judge::{judge, refuses};
pub use selection::{
    LARGEST_SELECTION, Selection, assess_selection, assess_selection_by, assess_selection_with,
};

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

coded! {
    /// Where a record stands, as far as the rules tell it apart.
    Standing {
        Unprocessed = "unprocessed",
        HeldByThisOrder = "held-by-this-order",
        HeldByOther = "held-by-other",
        Processed = "processed",
        ProcessedElsewhere = "processed-elsewhere",
    }
}

/// Where the record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordStanding {
    Unprocessed,
    /// The order that asks holds it.
    HeldByThisOrder,
    /// Another order holds it, until then unless it is paid.
    HeldByOther {
        until: Option<Moment>,
    },
    Processed,
    ProcessedElsewhere,
}

impl RecordStanding {
    pub fn standing(self) -> Standing {
        match self {
            Self::Unprocessed => Standing::Unprocessed,
            Self::HeldByThisOrder => Standing::HeldByThisOrder,
            Self::HeldByOther { .. } => Standing::HeldByOther,
            Self::Processed => Standing::Processed,
            Self::ProcessedElsewhere => Standing::ProcessedElsewhere,
        }
    }
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
        facts(&self.view(), served)
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

fn facts(case: &View<'_>, served: bool) -> Facts {
    let (vehicle, record) = (case.vehicle, case.record);
    let mut facts = Facts::default();
    let covered = match vehicle.relation {
        Relation::None => false,
        Relation::Own => true,
        Relation::Other | Relation::Organisation => vehicle.bound_since.is_some(),
        Relation::Leased => vehicle.lease.is_some(),
    };
    for (fact, value) in [
        (Fact::PlaceServed, i64::from(served)),
        (Fact::MinuteOfDay, calendar::minute_of_day(case.request.now)),
        (Fact::Capture, record.capture as i64),
        (Fact::Standing, record.state.standing() as i64),
        (Fact::Disputed, i64::from(record.disputed)),
        (Fact::DisputeDeclared, i64::from(case.dispute_declared)),
        (Fact::PenaltyKind, record.penalty as i64),
        (Fact::Fine, record.fine.fen()),
        (Fact::RecordPoints, record.points.0.into()),
        (Fact::PointsKnown, i64::from(record.points_known)),
        (Fact::HeldPoints, case.applicant.held_points.0.into()),
        (Fact::SelectedPoints, case.selected_points.0.into()),
        (Fact::IdentityLevel, case.applicant.identity as i64),
        (Fact::LicenceBound, i64::from(case.applicant.licence.is_some())),
        (Fact::VehicleCovered, i64::from(covered)),
        (Fact::Relation, vehicle.relation as i64),
        (Fact::ViolatedAt, record.violated_at.timestamp()),
        (Fact::VehicleKind, vehicle.kind as i64),
        (Fact::VehicleUse, vehicle.usage as i64),
        (Fact::VehicleStates, vehicle.states.bits()),
        (Fact::PlatePrefix, vehicle.plate.prefix().number()),
        (Fact::Channels, case.request.channels.bits()),
    ] {
        facts.set(fact, value);
    }
    // Without a licence there are no points; that there is none is a refusal of its own.
    let licence = case.applicant.licence.as_ref();
    facts.set(Fact::CyclePoints, licence.map_or(0, |licence| licence.cycle_points.0.into()));
    if let Some(licence) = licence {
        facts.set(Fact::LicenceStates, licence.states.bits());
        facts.set(Fact::FullMarks, licence.full_marks.into());
    }
    if let Some(since) = vehicle.bound_since {
        facts.set(Fact::BoundSince, since.timestamp());
    }
    let driver = vehicle.lease.as_ref().is_some_and(|lease| lease.role != LeaseRole::None);
    facts.set(Fact::LeaseDriver, i64::from(driver));
    if let Some(lease) = &vehicle.lease {
        facts.set(Fact::LeaseRegisteredAt, lease.registered_at.timestamp());
        facts.set(Fact::LeaseFrom, lease.from.timestamp());
        facts.set(Fact::LeaseUntil, lease.until.timestamp());
    }
    facts
}

/// Judges the case by the rules of the place of the violation, as of the day of asking.
pub fn assess(case: &CameraCase, rulebook: &Rulebook) -> Verdict {
    let place = rulebook.place_of(&case.record.region).map(|place| &place.id);
    assess_with(case, &rulebook.camera_parameters(place, calendar::local(case.now).date()))
}

/// Judges the case by parameters resolved before, for the same place and day.
pub fn assess_with(case: &CameraCase, parameters: &CameraParameters) -> Verdict {
    judge::assess_view(&case.view(), parameters)
}
