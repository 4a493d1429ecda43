//! The made-up case as the address has it: read, filled in where it is silent, and drawn again.

use leptos::prelude::*;
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

use crate::components::say;
use crate::pages::query;
use crate::visit::FieldError;

/// Regions that stand for the places: one each, and one that is not served.
const PLACES: [(&str, &str); 6] = [
    ("530102", "kunming"),
    ("450103", "nanning"),
    ("370102", "shandong"),
    ("500103", "chongqing"),
    ("450203", "national"),
    ("440103", "elsewhere"),
];

pub struct Input {
    place: String,
    fine: String,
    points: String,
    capture: String,
    penalty: String,
    identity: String,
    licence: String,
    cycle_points: String,
    plate: String,
    kind: String,
    usage: String,
    relation: String,
    bound: String,
}

fn or(name: &str, first: &str) -> String {
    let given = query(name);
    if given.trim().is_empty() { first.to_owned() } else { given.trim().to_owned() }
}

fn wrong(field: &str) -> FieldError {
    FieldError::new(field, &format!("page.what-if.wrong-{field}"))
}

fn code<T: Coded>(field: &str, text: &str) -> Result<T, FieldError> {
    T::from_code(text).ok_or_else(|| FieldError::new(field, "page.what-if.wrong-choice"))
}

fn points(field: &str, text: &str) -> Result<Points, FieldError> {
    text.parse().ok().filter(|points| *points <= 100).map(Points).ok_or_else(|| wrong(field))
}

impl Input {
    pub fn read() -> Self {
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
    pub fn case(&self, now: Moment) -> Result<CameraCase, Vec<FieldError>> {
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

    fn record(&self, now: Moment, errors: &mut Vec<FieldError>) -> Option<RecordFacts> {
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

    fn applicant(&self, now: Moment, errors: &mut Vec<FieldError>) -> Option<Applicant> {
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

    fn vehicle(&self, now: Moment, errors: &mut Vec<FieldError>) -> Option<VehicleFacts> {
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

fn keep<T>(read: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

fn options<T: Coded>(key: impl Fn(&str) -> String) -> Vec<(String, String)> {
    T::ALL.iter().map(|value| (value.code().to_owned(), say(&key(value.code())))).collect()
}

/// All fields of the case, with what stands in them now.
#[component]
pub fn Choices(input: Input) -> impl IntoView {
    let places =
        PLACES.map(|(region, place)| (region.to_owned(), say(&format!("page.what-if.place-{place}"))));
    let mut licences = options::<LicenceState>(|code| format!("licence-state.{code}"));
    licences.push(("none".into(), say("page.what-if.no-licence")));
    let bound = ["before", "after"].map(|when| (when.to_owned(), say(&format!("page.what-if.bound-{when}"))));
    view! {
        <Select name="place" options=places.to_vec() value=input.place/>
        <Line name="fine" value=input.fine mode="decimal"/>
        <Line name="points" value=input.points mode="numeric"/>
        <Select name="capture" options={options::<Capture>(|code| format!("capture.{code}"))} value=input.capture/>
        <Select name="penalty" options={options::<PenaltyKind>(|code| format!("penalty-kind.{code}"))} value=input.penalty/>
        <Select name="licence" options=licences value=input.licence/>
        <Line name="cycle_points" value=input.cycle_points mode="numeric"/>
        <Select name="identity" options={options::<IdentityLevel>(|code| format!("identity.{code}"))} value=input.identity/>
        <Line name="plate" value=input.plate mode="text"/>
        <Select name="kind" options={options::<VehicleKind>(|code| format!("vehicle-kind.{code}"))} value=input.kind/>
        <Select name="usage" options={options::<VehicleUse>(|code| format!("vehicle-use.{code}"))} value=input.usage/>
        <Select name="relation" options={options::<Relation>(|code| format!("relation.{code}"))} value=input.relation/>
        <Select name="bound" options=bound.to_vec() value=input.bound/>
    }
}

#[component]
fn Select(name: &'static str, options: Vec<(String, String)>, value: String) -> impl IntoView {
    let options = options.into_iter().map(|(code, words)| {
        let selected = code == value;
        view! { <option value=code selected=selected>{words}</option> }
    });
    view! {
        <div class="govuk-form-group">
            <label class="govuk-label" for=name>{say(&format!("page.what-if.field-{name}"))}</label>
            <select class="govuk-select" id=name name=name>{options.collect_view()}</select>
        </div>
    }
}

#[component]
fn Line(name: &'static str, value: String, mode: &'static str) -> impl IntoView {
    view! {
        <div class="govuk-form-group">
            <label class="govuk-label" for=name>{say(&format!("page.what-if.field-{name}"))}</label>
            <input class="govuk-input govuk-input--width-10" id=name name=name value=value inputmode=mode autocomplete="off"/>
        </div>
    }
}
