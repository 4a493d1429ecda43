//! The facts that a registry tells, each with the fields of its kind in the value types of `rules`.
//! How a line becomes a row, and which line wins, is decided elsewhere.

mod value;

use chrono::NaiveDate;
use rules::Moment;
use rules::families::camera::LeaseRole;
use rules::licence::{LicenceClasses, LicenceState, LicenceStates};
use rules::money::Fen;
use rules::person::{CreditCode, IdNumber, LicenceFileNumber, NumberError, Phone};
use rules::place::{PlaceError, RegionCode};
use rules::plate::{PlateError, PlateNumber};
use rules::vehicle::{VehicleKind, VehicleState, VehicleStates, VehicleUse};
use rules::violation::{Capture, PenaltyKind, ViolationCode, ViolationCodeError};

use super::json::{Fields, Json, Rejection};
pub use value::moment;
use value::{
    code, codes, credit_code, day, distinct, id_number, number, ordered, parsed, picture, points,
    registry_state, words,
};

/// Entries of a licence or drivers of a lease in one line.
const MOST_ENTRIES: usize = 200;

/// What a kind of fact is called in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Person,
    Organisation,
    Licence,
    Vehicle,
    Binding,
    CameraRecord,
    Lease,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Person,
        Self::Organisation,
        Self::Licence,
        Self::Vehicle,
        Self::Binding,
        Self::CameraRecord,
        Self::Lease,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Licence => "licence",
            Self::Vehicle => "vehicle",
            Self::Binding => "binding",
            Self::CameraRecord => "camera-record",
            Self::Lease => "lease",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Person(Person),
    Organisation(Organisation),
    Licence(Licence),
    Vehicle(Vehicle),
    Binding(Binding),
    CameraRecord(CameraRecord),
    Lease(Lease),
}

impl Fact {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Person(_) => Kind::Person,
            Self::Organisation(_) => Kind::Organisation,
            Self::Licence(_) => Kind::Licence,
            Self::Vehicle(_) => Kind::Vehicle,
            Self::Binding(_) => Kind::Binding,
            Self::CameraRecord(_) => Kind::CameraRecord,
            Self::Lease(_) => Kind::Lease,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id_number: IdNumber,
    pub name: String,
    /// The mobile number that the registry holds for the person.
    pub phone: Option<Phone>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub credit_code: CreditCode,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    pub id_number: IdNumber,
    pub file_number: LicenceFileNumber,
    pub classes: LicenceClasses,
    pub states: LicenceStates,
    pub first_issued: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub full_marks: Vec<NaiveDate>,
    pub points: Vec<PointsOfRecord>,
}

/// Points on a licence, by the number of the record that brought them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointsOfRecord {
    pub id: String,
    pub on: NaiveDate,
    pub points: i64,
    pub fine_paid: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    Person(IdNumber),
    Organisation(CreditCode),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vehicle {
    pub id: String,
    pub plate: PlateNumber,
    pub kind: VehicleKind,
    pub usage: VehicleUse,
    pub states: VehicleStates,
    pub owner: Owner,
    pub owner_since: Option<Moment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub id: String,
    pub id_number: IdNumber,
    pub vehicle: String,
    pub since: Moment,
    pub until: Option<Moment>,
}

/// What the registry says of a record: whether somebody handled it outside this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryState {
    Unprocessed,
    ProcessedElsewhere,
}

impl RegistryState {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unprocessed => "unprocessed",
            Self::ProcessedElsewhere => "processed-elsewhere",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraRecord {
    pub id: String,
    pub vehicle: String,
    pub code: ViolationCode,
    pub location: String,
    pub region: RegionCode,
    pub violated_at: Moment,
    pub capture: Capture,
    pub penalty: PenaltyKind,
    pub fine: Fen,
    pub points: i64,
    pub evidence: Option<String>,
    pub state: RegistryState,
    pub disputed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub id: String,
    pub vehicle: String,
    pub registered_at: Moment,
    pub from: Moment,
    pub until: Moment,
    pub drivers: Vec<LeaseDriver>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseDriver {
    pub id_number: IdNumber,
    pub role: LeaseRole,
}

/// Reads the fields of the kind; `kind` and `at` are read already.
pub fn read(kind: Kind, fields: &mut Fields<'_>) -> Result<Fact, Rejection> {
    match kind {
        Kind::Person => person(fields).map(Fact::Person),
        Kind::Organisation => organisation(fields).map(Fact::Organisation),
        Kind::Licence => licence(fields).map(Fact::Licence),
        Kind::Vehicle => vehicle(fields).map(Fact::Vehicle),
        Kind::Binding => binding(fields).map(Fact::Binding),
        Kind::CameraRecord => camera_record(fields).map(Fact::CameraRecord),
        Kind::Lease => lease(fields).map(Fact::Lease),
    }
}

fn person(fields: &mut Fields<'_>) -> Result<Person, Rejection> {
    Ok(Person {
        id_number: fields.need("id_number", id_number)?,
        name: fields.need("name", |json| words(json, 100))?,
        phone: fields.may("phone", |json| parsed(json, Phone::parse, NumberError::code))?,
    })
}

fn organisation(fields: &mut Fields<'_>) -> Result<Organisation, Rejection> {
    Ok(Organisation {
        credit_code: fields.need("credit_code", credit_code)?,
        name: fields.need("name", |json| words(json, 100))?,
    })
}

fn licence(fields: &mut Fields<'_>) -> Result<Licence, Rejection> {
    Ok(Licence {
        id_number: fields.need("id_number", id_number)?,
        file_number: fields
            .need("file_number", |json| parsed(json, LicenceFileNumber::parse, NumberError::code))?,
        classes: fields.need("classes", codes)?,
        states: fields.need("states", codes::<LicenceState>)?,
        first_issued: fields.need("first_issued", day)?,
        valid_until: fields.may("valid_until", day)?,
        full_marks: fields.need("full_marks", |json| distinct(json.list(MOST_ENTRIES, day)?, |day| *day))?,
        points: fields.need("points", |json| {
            let entries = json.list(MOST_ENTRIES, |entry| entry.object()?.whole(points_of_record))?;
            distinct(entries, |entry| entry.id.clone())
        })?,
    })
}

fn points_of_record(fields: &mut Fields<'_>) -> Result<PointsOfRecord, Rejection> {
    Ok(PointsOfRecord {
        id: fields.need("id", number)?,
        on: fields.need("on", day)?,
        points: fields.need("points", points)?,
        fine_paid: fields.need("fine_paid", Json::bool)?,
    })
}

fn vehicle(fields: &mut Fields<'_>) -> Result<Vehicle, Rejection> {
    Ok(Vehicle {
        id: fields.need("id", number)?,
        plate: fields.need("plate", |json| parsed(json, PlateNumber::parse, PlateError::code))?,
        kind: fields.need("vehicle_kind", code)?,
        usage: fields.need("use", code)?,
        states: fields.need("states", codes::<VehicleState>)?,
        owner: fields.need("owner", |json| json.object()?.whole(owner))?,
        owner_since: fields.may("owner_since", moment)?,
    })
}

fn owner(fields: &mut Fields<'_>) -> Result<Owner, Rejection> {
    match (fields.may("id_number", id_number)?, fields.may("credit_code", credit_code)?) {
        (Some(person), None) => Ok(Owner::Person(person)),
        (None, Some(organisation)) => Ok(Owner::Organisation(organisation)),
        _ => Err(Rejection::new("owner", "either id_number or credit_code is asked")),
    }
}

fn binding(fields: &mut Fields<'_>) -> Result<Binding, Rejection> {
    let binding = Binding {
        id: fields.need("id", number)?,
        id_number: fields.need("id_number", id_number)?,
        vehicle: fields.need("vehicle", number)?,
        since: fields.need("since", moment)?,
        until: fields.may("until", moment)?,
    };
    ordered(binding.since, binding.until)?;
    Ok(binding)
}

fn camera_record(fields: &mut Fields<'_>) -> Result<CameraRecord, Rejection> {
    Ok(CameraRecord {
        id: fields.need("id", number)?,
        vehicle: fields.need("vehicle", number)?,
        code: fields.need("code", |json| {
            parsed(json, ViolationCode::parse, |error: ViolationCodeError| error.code())
        })?,
        location: fields.need("location", |json| words(json, 200))?,
        region: fields.need("region", |json| parsed(json, RegionCode::parse, PlaceError::code))?,
        violated_at: fields.need("violated_at", moment)?,
        capture: fields.need("capture", code)?,
        penalty: fields.need("penalty", code)?,
        fine: fields.need("fine", |json| json.whole(0, 10_000_000).map(Fen::new))?,
        points: fields.need("points", points)?,
        evidence: fields.may("evidence", picture)?,
        state: fields.may("state", registry_state)?.unwrap_or(RegistryState::Unprocessed),
        disputed: fields.may("disputed", Json::bool)?.unwrap_or(false),
    })
}

fn lease(fields: &mut Fields<'_>) -> Result<Lease, Rejection> {
    let lease = Lease {
        id: fields.need("id", number)?,
        vehicle: fields.need("vehicle", number)?,
        registered_at: fields.need("registered_at", moment)?,
        from: fields.need("from", moment)?,
        until: fields.need("until", moment)?,
        drivers: fields.need("drivers", |json| {
            let drivers = json.list(MOST_ENTRIES, |driver| driver.object()?.whole(lease_driver))?;
            distinct(drivers, |driver| driver.id_number.clone())
        })?,
    };
    ordered(lease.from, Some(lease.until))?;
    Ok(lease)
}

fn lease_driver(fields: &mut Fields<'_>) -> Result<LeaseDriver, Rejection> {
    let role = fields.need("role", |json| match code(json)? {
        LeaseRole::None => Err(Rejection::new("code", "a driver of a lease has a role")),
        role => Ok(role),
    })?;
    Ok(LeaseDriver { id_number: fields.need("id_number", id_number)?, role })
}
