//! A case that a visitor makes up, as the form has it: read, filled in where it is silent. The server and the browser
//! read it alike.

use rules::Moment;
use rules::calendar;
use rules::camera::{
    Applicant, CameraCase, LeaseFacts, LeaseRole, LicenceFacts, RecordFacts, RecordStanding, VehicleFacts,
};
use rules::licence::{LicenceState, LicenceStates, Points};
use rules::money::Fen;
use rules::person::IdentityLevel;
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::set::Coded;
use rules::vehicle::{Relation, VehicleKind, VehicleState, VehicleStates, VehicleUse};
use rules::violation::{Capture, PenaltyKind};

/// Regions that stand for the places: one each, and one that is not served.
pub const PLACES: [(&str, &str); 6] = [
    ("530102", "kunming"),
    ("450103", "nanning"),
    ("370102", "shandong"),
    ("500103", "chongqing"),
    ("450203", "national"),
    ("440103", "elsewhere"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub place: String,
    pub fine: String,
    pub points: String,
    pub capture: String,
    pub penalty: String,
    pub identity: String,
    pub licence: String,
    pub cycle_points: String,
    pub plate: String,
    pub kind: String,
    pub usage: String,
    pub relation: String,
    pub bound: String,
}

/// A field that must be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    /// Whether it is none of the choices that the form offers.
    pub choice: bool,
}

fn wrong(field: &'static str) -> Wrong {
    Wrong { field, choice: false }
}

fn code<T: Coded>(field: &'static str, text: &str) -> Result<T, Wrong> {
    T::from_code(text).ok_or(Wrong { field, choice: true })
}

fn points(field: &'static str, text: &str) -> Result<Points, Wrong> {
    text.parse().ok().filter(|points| *points <= 100).map(Points).ok_or_else(|| wrong(field))
}

impl Input {
    /// `given` tells what stands in a field; nothing where there is none.
    pub fn read(given: impl Fn(&str) -> String) -> Self {
        let or = |name: &str, first: &str| {
            let given = given(name);
            if given.trim().is_empty() { first.to_owned() } else { given.trim().to_owned() }
        };
        Self {
            place: or("place", "530102"),
            fine: or("fine", "200"),
            points: or("points", "3"),
            capture: or("capture", "device"),
            penalty: or("penalty", "fine"),
            identity: or("identity", "real-person"),
            licence: or("licence", "normal"),
            cycle_points: or("cycle_points", "0"),
            plate: or("plate", "云A12345"),
            kind: or("kind", "small"),
            usage: or("usage", "non-operating"),
            relation: or("relation", "own"),
            bound: or("bound", "before"),
        }
    }

    /// The case, or everything that must be mended.
    pub fn case(&self, now: Moment) -> Result<CameraCase, Vec<Wrong>> {
        let mut errors = Vec::new();
        let record = self.record(now, &mut errors);
        let applicant = self.applicant(now, &mut errors);
        let vehicle = self.vehicle(now, &mut errors);
        match (record, applicant, vehicle) {
            (Some(record), Some(applicant), Some(vehicle)) if errors.is_empty() => Ok(CameraCase {
                now,
                applicant,
                vehicle,
                selected_points: record.points,
                record,
                dispute_declared: false,
            }),
            _ => Err(errors),
        }
    }

    fn record(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<RecordFacts> {
        let region = keep(RegionCode::parse(&self.place).map_err(|_| wrong("place")), errors);
        let capture = keep(code::<Capture>("capture", &self.capture), errors);
        let penalty = keep(code::<PenaltyKind>("penalty", &self.penalty), errors);
        let fine = keep(Fen::parse(&self.fine).map_err(|_| wrong("fine")), errors);
        let points = keep(points("points", &self.points), errors);
        Some(RecordFacts {
            region: region?,
            violated_at: now - chrono::TimeDelta::days(5),
            capture: capture?,
            penalty: penalty?,
            fine: fine?,
            points: points?,
            state: RecordStanding::Unprocessed,
            disputed: false,
        })
    }

    fn applicant(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<Applicant> {
        let identity = keep(code::<IdentityLevel>("identity", &self.identity), errors);
        let cycle_points = keep(points("cycle_points", &self.cycle_points), errors)?;
        let licence = if self.licence == "none" {
            None
        } else {
            let state = keep(code::<LicenceState>("licence", &self.licence), errors)?;
            let next_cycle = calendar::local(now).date() + chrono::Days::new(100);
            let states = LicenceStates::EMPTY.with(state);
            Some(LicenceFacts { states, cycle_points, full_marks: 0, next_cycle })
        };
        Some(Applicant { identity: identity?, licence, held_points: Points(0) })
    }

    fn vehicle(&self, now: Moment, errors: &mut Vec<Wrong>) -> Option<VehicleFacts> {
        let plate = keep(PlateNumber::parse(&self.plate).map_err(|_| wrong("plate")), errors);
        let kind = keep(code::<VehicleKind>("kind", &self.kind), errors);
        let usage = keep(code::<VehicleUse>("usage", &self.usage), errors);
        let relation = keep(code::<Relation>("relation", &self.relation), errors)?;
        let days = if self.bound == "after" { 1 } else { 30 };
        let since = now - chrono::TimeDelta::days(days);
        let bound = matches!(relation, Relation::Other | Relation::Organisation);
        let lease = LeaseFacts { registered_at: since, from: since, until: now, role: LeaseRole::Lessee };
        Some(VehicleFacts {
            plate: plate?,
            kind: kind?,
            usage: usage?,
            states: VehicleStates::EMPTY.with(VehicleState::Normal),
            relation,
            bound_since: bound.then_some(since),
            lease: (relation == Relation::Leased).then_some(lease),
        })
    }
}

fn keep<T>(read: Result<T, Wrong>, errors: &mut Vec<Wrong>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}
