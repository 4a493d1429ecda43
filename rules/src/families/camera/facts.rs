//! The facts that camera rules read, and what time changes about them.

use chrono::NaiveDate;

use super::{CameraParameters, Facts, LeaseRole, View};
use crate::Moment;
use crate::calendar;
use crate::kernel::described;
use crate::licence::Points;
use crate::lists;
use crate::vehicle::Relation;
use crate::violation::{RecordStanding, Standing};

described! {
    /// Every fact that a camera rule reads.
    Fact {
        PlaceServed = "place-served", YesNo;
        MinuteOfDay = "minute-of-day", MinuteOfDay;
        Capture = "capture", Choice(&lists::CAPTURE);
        Standing = "standing", Choice(&lists::STANDING);
        Disputed = "disputed", YesNo;
        DisputeDeclared = "dispute-declared", YesNo;
        PenaltyKind = "penalty-kind", Choice(&lists::PENALTY_KIND);
        Fine = "fine", Money;
        RecordPoints = "record-points", Points;
        PointsKnown = "points-known", YesNo;
        CyclePoints = "cycle-points", Points;
        HeldPoints = "held-points", Points;
        SelectedPoints = "selected-points", Points;
        IdentityLevel = "identity-level", Choice(&lists::IDENTITY);
        LicenceBound = "licence-bound", YesNo;
        LicenceStates = "licence-states", Set(&lists::LICENCE_STATE);
        FullMarks = "full-marks", Count { least: 0, most: 100 };
        VehicleCovered = "vehicle-covered", YesNo;
        Relation = "relation", Choice(&lists::RELATION);
        ViolatedAt = "violated-at", Moment;
        BoundSince = "bound-since", Moment;
        VehicleKind = "vehicle-kind", Choice(&lists::VEHICLE_KIND);
        VehicleUse = "vehicle-use", Choice(&lists::VEHICLE_USE);
        VehicleStates = "vehicle-states", Set(&lists::VEHICLE_STATE);
        PlatePrefix = "plate-prefix", PlatePrefix;
        LeaseRegisteredAt = "lease-registered-at", Moment;
        LeaseFrom = "lease-from", Moment;
        LeaseUntil = "lease-until", Moment;
        LeaseDriver = "lease-driver", YesNo;
        Channels = "channels", Set(&lists::PAYMENT_CHANNEL);
    }
}

/// The changes that time alone may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The closed hours end.
    Hours,
    /// The next scoring cycle begins.
    Cycle,
    /// Another order's hold ends.
    Hold,
}

/// When the timers of a case end.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub now: Moment,
    /// The first day of the next cycle, and the points that it takes over.
    pub next_cycle: Option<(NaiveDate, Points)>,
    pub hold_ends: Option<Moment>,
}

impl Times {
    pub(super) fn ends(&self, timer: Timer, parameters: &CameraParameters) -> Option<Moment> {
        match timer {
            Timer::Hours => parameters.closed_hours().map(|closed| closed.ends_after(self.now)),
            Timer::Cycle => self.next_cycle.map(|(day, _)| calendar::day_begins(day)),
            Timer::Hold => self.hold_ends,
        }
    }

    pub(super) fn facts_at(&self, facts: &Facts, moment: Moment) -> Facts {
        let mut later = *facts;
        later.set(Fact::MinuteOfDay, calendar::minute_of_day(moment));
        if let Some((day, carried)) = self.next_cycle
            && calendar::day_begins(day) <= moment
        {
            later.set(Fact::CyclePoints, carried.0.into());
            later.set(Fact::FullMarks, 0);
        }
        if self.hold_ends.is_some_and(|ends| ends <= moment) {
            later.set(Fact::Standing, Standing::Unprocessed as i64);
        }
        later
    }
}

impl View<'_> {
    pub(super) fn times(&self) -> Times {
        let licence = self.applicant.licence.as_ref();
        Times {
            now: self.request.now,
            next_cycle: licence.map(|licence| (licence.next_cycle, licence.carried_points)),
            hold_ends: match self.record.state {
                RecordStanding::HeldByOther { until } => until,
                _ => None,
            },
        }
    }

    /// The case in the flat form. `served`: the place of the violation is one of the rulebook's.
    pub(super) fn facts(&self, served: bool) -> Facts {
        let (vehicle, record) = (self.vehicle, self.record);
        let mut facts = Facts::default();
        let covered = match vehicle.relation {
            Relation::None => false,
            Relation::Own => true,
            Relation::Other | Relation::Organisation => vehicle.bound_since.is_some(),
            Relation::Leased => vehicle.lease.is_some(),
        };
        for (fact, value) in [
            (Fact::PlaceServed, i64::from(served)),
            (Fact::MinuteOfDay, calendar::minute_of_day(self.request.now)),
            (Fact::Capture, record.capture as i64),
            (Fact::Standing, record.state.standing() as i64),
            (Fact::Disputed, i64::from(record.disputed)),
            (Fact::DisputeDeclared, i64::from(self.dispute_declared)),
            (Fact::PenaltyKind, record.penalty as i64),
            (Fact::Fine, record.fine.fen()),
            (Fact::RecordPoints, record.points.0.into()),
            (Fact::PointsKnown, i64::from(record.points_known)),
            (Fact::HeldPoints, self.applicant.held_points.0.into()),
            (Fact::SelectedPoints, self.selected_points.0.into()),
            (Fact::IdentityLevel, self.applicant.identity as i64),
            (Fact::LicenceBound, i64::from(self.applicant.licence.is_some())),
            (Fact::VehicleCovered, i64::from(covered)),
            (Fact::Relation, vehicle.relation as i64),
            (Fact::ViolatedAt, record.violated_at.timestamp()),
            (Fact::VehicleKind, vehicle.kind as i64),
            (Fact::VehicleUse, vehicle.usage as i64),
            (Fact::VehicleStates, vehicle.states.bits()),
            (Fact::PlatePrefix, vehicle.plate.prefix().number()),
            (Fact::Channels, self.request.channels.bits()),
        ] {
            facts.set(fact, value);
        }
        // Without a licence there are no points; that there is none is a refusal of its own.
        let licence = self.applicant.licence.as_ref();
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
}
