//! The facts of a case in the flat form that the rule table reads. A fact that was not given is missing, never false.

use crate::missing::Missing;
use crate::set::coded;

coded! {
    /// Every fact that a camera rule reads. Amounts are fen, moments are seconds since 1970 UTC, choices are the index
    /// of their code, sets are one bit per code, yes is 1.
    Fact {
        PlaceServed = "place-served",
        MinuteOfDay = "minute-of-day",
        Capture = "capture",
        Standing = "standing",
        Disputed = "disputed",
        DisputeDeclared = "dispute-declared",
        PenaltyKind = "penalty-kind",
        Fine = "fine",
        RecordPoints = "record-points",
        PointsKnown = "points-known",
        CyclePoints = "cycle-points",
        HeldPoints = "held-points",
        SelectedPoints = "selected-points",
        IdentityLevel = "identity-level",
        LicenceBound = "licence-bound",
        LicenceStates = "licence-states",
        FullMarks = "full-marks",
        VehicleCovered = "vehicle-covered",
        Relation = "relation",
        ViolatedAt = "violated-at",
        BoundSince = "bound-since",
        VehicleKind = "vehicle-kind",
        VehicleUse = "vehicle-use",
        VehicleStates = "vehicle-states",
        PlatePrefix = "plate-prefix",
        LeaseRegisteredAt = "lease-registered-at",
        LeaseFrom = "lease-from",
        LeaseUntil = "lease-until",
        LeaseDriver = "lease-driver",
        Channels = "channels",
    }
}

const COUNT: usize = Fact::ALL.len();

const _: () = assert!(COUNT <= u32::BITS as usize, "one presence bit for each fact");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    values: [i64; COUNT],
    present: u32,
}

impl Default for Facts {
    fn default() -> Self {
        Self { values: [0; COUNT], present: 0 }
    }
}

impl Facts {
    pub fn set(&mut self, fact: Fact, value: i64) {
        self.values[fact as usize] = value;
        self.present |= 1 << (fact as u32);
    }

    pub fn get(&self, fact: Fact) -> Result<i64, Missing> {
        if self.present & (1 << (fact as u32)) == 0 {
            Err(Missing::Fact(fact))
        } else {
            Ok(self.values[fact as usize])
        }
    }
}
