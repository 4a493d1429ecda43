//! Tells the facts of the named people: each call adds facts that fit together. Who they are is in `people`.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use rules::families::camera::LeaseRole;
use rules::licence::{LicenceClass, LicenceState};
use rules::person::{CreditCode, IdNumber, LicenceFileNumber, Phone};
use rules::plate::PlateNumber;
use rules::vehicle::{VehicleKind, VehicleState, VehicleUse};
use rules::violation::ViolationCode;
use rules::{Moment, calendar};

use super::picture::PICTURES;
use super::population::camera_record;
use crate::feed::fact::{
    Binding, CameraRecord, Fact, Lease, LeaseDriver, Licence, Organisation, Owner, Person, PointsOfRecord,
    Vehicle,
};

/// The present scoring cycle of the named people began so many days ago.
pub const CYCLE_BEGAN: u64 = 120;

pub struct Teller {
    pub today: NaiveDate,
    pub facts: Vec<Fact>,
    told: u32,
    /// Of the person who is introduced next.
    phone: Phone,
}

/// A mobile number of the demo, of these first digits.
pub fn demo_phone(begins: u32, number: u32) -> Phone {
    Phone::parse(&format!("{begins}{number:08}")).expect("eleven digits")
}

/// Where a record was made: the region and the words on it.
#[derive(Clone, Copy)]
pub struct Spot(pub &'static str, pub &'static str);

impl Teller {
    pub fn new(today: NaiveDate) -> Self {
        Self { today, facts: Vec::new(), told: 0, phone: demo_phone(138, 0) }
    }

    /// The phone of the person who is told of next.
    pub fn introduce(&mut self, phone: &Phone) {
        self.phone = phone.clone();
    }

    pub fn day(&self, ago: u64) -> NaiveDate {
        self.today - Days::new(ago)
    }

    pub fn moment(&self, days_ago: u64, hour: i64, minute: i64) -> Moment {
        calendar::day_begins(self.day(days_ago)) + TimeDelta::minutes(hour * 60 + minute)
    }

    fn next(&mut self) -> u32 {
        self.told += 1;
        self.told
    }

    /// The person who is introduced, by name, region and day of birth.
    pub fn person(&mut self, name: &str, region: &str, born: &str) -> IdNumber {
        let phone = self.phone.clone();
        self.person_with(name, region, born, phone)
    }

    /// Somebody without an account: the registry holds a phone that is nobody else's.
    pub fn other_person(&mut self, name: &str, region: &str, born: &str) -> IdNumber {
        let phone = demo_phone(139, self.told + 1);
        self.person_with(name, region, born, phone)
    }

    fn person_with(&mut self, name: &str, region: &str, born: &str, phone: Phone) -> IdNumber {
        let order = 900 + self.next() % 100;
        let number = IdNumber::of_body(&format!("{region}{born}{order}"));
        let id_number = number.expect("the people's numbers are well-formed");
        let person = Person { id_number: id_number.clone(), name: name.to_owned(), phone: Some(phone) };
        self.facts.push(Fact::Person(person));
        id_number
    }

    pub fn organisation(&mut self, body: &str, name: &str) -> CreditCode {
        let credit_code = CreditCode::of_body(body).expect("the demo's codes are well-formed");
        let known = Organisation { credit_code: credit_code.clone(), name: name.to_owned() };
        self.facts.push(Fact::Organisation(known));
        credit_code
    }

    /// A licence whose cycle began 120 days ago, as `Teller` says, in the given state, with points of this cycle.
    pub fn licence(&mut self, person: &IdNumber, state: LicenceState, points: &[i64]) -> &mut Licence {
        let began = self.day(CYCLE_BEGAN);
        let first_issued = NaiveDate::from_ymd_opt(began.year() - 9, began.month(), began.day());
        let number = self.next();
        let entries = points.iter().zip(1_u64..).map(|(points, place)| PointsOfRecord {
            id: format!("P{number:04}{place}"),
            on: self.day(CYCLE_BEGAN - 20 * place),
            points: *points,
            fine_paid: true,
        });
        let licence = Licence {
            id_number: person.clone(),
            file_number: LicenceFileNumber::parse(&format!("{}99{number:06}", &person.as_str()[..4]))
                .expect("twelve digits"),
            classes: [LicenceClass::C1].into_iter().collect(),
            states: [state].into_iter().collect(),
            first_issued: first_issued.unwrap_or(began - Days::new(9 * 365)),
            valid_until: Some(self.today + Days::new(900)),
            full_marks: Vec::new(),
            points: entries.collect(),
        };
        self.facts.push(Fact::Licence(licence));
        match self.facts.last_mut() {
            Some(Fact::Licence(licence)) => licence,
            _ => unreachable!("a licence was pushed just now"),
        }
    }

    /// A small non-operating vehicle in good order.
    pub fn car(&mut self, owner: Owner, plate: &str) -> String {
        self.vehicle(owner, plate, VehicleKind::Small, VehicleUse::NonOperating, VehicleState::Normal)
    }

    pub fn vehicle(
        &mut self,
        owner: Owner,
        plate: &str,
        kind: VehicleKind,
        usage: VehicleUse,
        state: VehicleState,
    ) -> String {
        let id = format!("9{:011}", self.next());
        self.facts.push(Fact::Vehicle(Vehicle {
            id: id.clone(),
            plate: PlateNumber::parse(plate).expect("the demo's plates fit the standard"),
            kind,
            usage,
            states: [state].into_iter().collect(),
            owner,
            owner_since: None,
        }));
        id
    }

    /// A record of the vehicle; what the table of codes does not say is changed afterwards.
    pub fn record(&mut self, vehicle: &str, code: &str, spot: Spot, at: Moment) -> &mut CameraRecord {
        let code = ViolationCode::parse(code).expect("the demo names codes of the table");
        let number = self.next();
        let picture = PICTURES[number as usize % PICTURES.len()].0;
        self.facts.push(Fact::CameraRecord(CameraRecord {
            id: format!("{}9{number:09}", spot.0),
            vehicle: vehicle.to_owned(),
            location: spot.1.to_owned(),
            evidence: Some(picture.to_owned()),
            ..camera_record(&code, spot.0, at)
        }));
        match self.facts.last_mut() {
            Some(Fact::CameraRecord(record)) => record,
            _ => unreachable!("a record was pushed just now"),
        }
    }

    pub fn binding(&mut self, person: &IdNumber, vehicle: &str, since: Moment) {
        let binding = Binding {
            id: format!("B9{:08}", self.next()),
            id_number: person.clone(),
            vehicle: vehicle.to_owned(),
            since,
            until: None,
        };
        self.facts.push(Fact::Binding(binding));
    }

    /// A lease from then until then, known to the registry since `registered_at`.
    pub fn lease(
        &mut self,
        person: &IdNumber,
        vehicle: &str,
        registered_at: Moment,
        (from, until): (Moment, Moment),
    ) {
        let lease = Lease {
            id: format!("L9{:08}", self.next()),
            vehicle: vehicle.to_owned(),
            registered_at,
            from,
            until,
            drivers: vec![LeaseDriver { id_number: person.clone(), role: LeaseRole::Lessee }],
        };
        self.facts.push(Fact::Lease(lease));
    }
}
