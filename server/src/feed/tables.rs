//! Which table a fact goes to, and the row that it makes there. Personal numbers are sealed and hashed here; which row
//! wins is the store's guard.

use std::fmt::Display;

use chrono::NaiveDate;
use rules::Moment;
use rules::person::{IdNumber, LicenceFileNumber};

use super::fact::{self, Fact, Owner};
use crate::clock::Clock;
use crate::db::feed::upsert::{Cell, Parts, Row, Table};
use crate::sealing::Sealer;

/// The table of each kind, in the order of `Kind::ALL`.
pub const TABLES: [Table; 7] = [
    Table {
        name: "persons",
        columns: &["id", "name", "id_number", "phone", "updated_at"],
        key: 1,
        derived: &[],
        gives: &[],
        parts: None,
    },
    Table {
        name: "organisations",
        columns: &["id", "name", "updated_at"],
        key: 1,
        derived: &[],
        gives: &[],
        parts: None,
    },
    Table {
        name: "licences",
        columns: &[
            "person_id",
            "file_number",
            "file_hash",
            "classes",
            "states",
            "first_issued",
            "valid_until",
            "full_marks",
            "updated_at",
        ],
        key: 1,
        derived: &[],
        gives: &[],
        parts: Some(&Parts {
            name: "points_entries",
            columns: &["person_id", "id", "occurred_on", "points", "fine_paid", "updated_at"],
            key: &["person_id"],
        }),
    },
    Table {
        name: "vehicles",
        columns: &[
            "id",
            "plate",
            "kind",
            "usage",
            "states",
            "owner_kind",
            "owner_id",
            "owner_since",
            "updated_at",
        ],
        key: 1,
        derived: &[],
        gives: &[],
        parts: None,
    },
    Table {
        name: "bindings",
        columns: &["person_id", "id", "vehicle_id", "since", "until", "updated_at"],
        key: 2,
        derived: &[],
        gives: &[],
        parts: None,
    },
    CAMERA_RECORDS,
    Table {
        name: "leases",
        columns: &["vehicle_id", "id", "registered_at", "starts_at", "ends_at", "updated_at"],
        key: 2,
        derived: &[],
        gives: &[],
        parts: Some(&Parts {
            name: "lease_drivers",
            columns: &["vehicle_id", "lease_id", "person_id", "role"],
            key: &["vehicle_id", "lease_id"],
        }),
    },
];

const CAMERA_RECORDS: Table = Table {
    name: "camera_records",
    columns: &[
        "vehicle_id",
        "id",
        "code",
        "location",
        "region",
        "violated_at",
        "capture",
        "penalty",
        "fine",
        "points",
        "evidence",
        "registry_state",
        "registry_disputed",
        "updated_at",
        "state",
        "disputed",
    ],
    key: 2,
    derived: &[
        // What this program holds or has processed is its own; the rest follows the registry.
        (
            "state",
            "case when camera_records.state in ('held', 'processed') then camera_records.state \
             else excluded.registry_state end",
        ),
        // A mark of ours stays until the registry has known of the dispute; from then on its word counts.
        (
            "disputed",
            "case when camera_records.registry_disputed = 0 and camera_records.disputed = 1 then 1 \
             else excluded.registry_disputed end",
        ),
    ],
    gives: &["state", "registry_state", "held_person", "held_order"],
    parts: None,
};

/// The identifier of a person everywhere in the store.
pub fn person_id(sealer: &Sealer, number: &IdNumber) -> String {
    sealer.look_up("person", number.as_str())
}

/// What a licence is found by when somebody types its file number.
pub fn file_hash(sealer: &Sealer, number: &LicenceFileNumber) -> String {
    sealer.look_up("licence-file", &number.to_string())
}

/// A fact's row and the rows that belong to it.
pub struct Rows {
    pub row: Row,
    pub parts: Vec<Row>,
}

/// Makes the rows of facts.
pub struct Maker<'a> {
    pub sealer: &'a Sealer,
    pub clock: &'a dyn Clock,
}

impl Maker<'_> {
    pub fn rows(&self, fact: &Fact, at: Moment) -> Rows {
        let at = at.timestamp_millis();
        let alone = |row| Rows { row, parts: Vec::new() };
        match fact {
            Fact::Person(person) => alone(self.person(person, at)),
            Fact::Organisation(organisation) => {
                alone(vec![text(&organisation.credit_code), organisation.name.as_str().into(), at.into()])
            }
            Fact::Licence(licence) => self.licence(licence, at),
            Fact::Vehicle(vehicle) => alone(self.vehicle(vehicle, at)),
            Fact::Binding(binding) => alone(vec![
                person_id(self.sealer, &binding.id_number).into(),
                binding.id.as_str().into(),
                binding.vehicle.as_str().into(),
                binding.since.timestamp_millis().into(),
                binding.until.map(|until| until.timestamp_millis()).into(),
                at.into(),
            ]),
            Fact::CameraRecord(record) => alone(camera_record(record, at)),
            Fact::Lease(lease) => self.lease(lease, at),
        }
    }

    fn seal(&self, place: &str, plain: &str) -> Cell {
        self.sealer.seal(self.clock, place, plain).into()
    }

    fn person(&self, person: &fact::Person, at: i64) -> Row {
        let id = person_id(self.sealer, &person.id_number);
        let name = self.seal(&format!("persons:{id}:name"), &person.name);
        let number = self.seal(&format!("persons:{id}:id_number"), person.id_number.as_str());
        let phone = person.phone.as_ref();
        let phone =
            phone.map_or(Cell::NoText, |phone| self.seal(&format!("persons:{id}:phone"), phone.as_str()));
        vec![id.into(), name, number, phone, at.into()]
    }

    fn licence(&self, licence: &fact::Licence, at: i64) -> Rows {
        let id = person_id(self.sealer, &licence.id_number);
        let points = licence.points.iter().map(|entry| {
            vec![
                id.as_str().into(),
                entry.id.as_str().into(),
                text(entry.on),
                entry.points.into(),
                i64::from(entry.fine_paid).into(),
                at.into(),
            ]
        });
        let parts = points.collect();
        let full_marks: Vec<_> = licence.full_marks.iter().map(NaiveDate::to_string).collect();
        let row = vec![
            id.as_str().into(),
            self.seal(&format!("licences:{id}:file_number"), &licence.file_number.to_string()),
            file_hash(self.sealer, &licence.file_number).into(),
            licence.classes.codes().into(),
            licence.states.codes().into(),
            text(licence.first_issued),
            licence.valid_until.map(|day| day.to_string()).into(),
            full_marks.join(" ").into(),
            at.into(),
        ];
        Rows { row, parts }
    }

    fn vehicle(&self, vehicle: &fact::Vehicle, at: i64) -> Row {
        let (owner_kind, owner) = match &vehicle.owner {
            Owner::Person(number) => ("person", person_id(self.sealer, number)),
            Owner::Organisation(code) => ("organisation", code.to_string()),
        };
        vec![
            vehicle.id.as_str().into(),
            text(&vehicle.plate),
            vehicle.kind.code().into(),
            vehicle.usage.code().into(),
            vehicle.states.codes().into(),
            owner_kind.into(),
            owner.into(),
            vehicle.owner_since.map(|since| since.timestamp_millis()).into(),
            at.into(),
        ]
    }

    fn lease(&self, lease: &fact::Lease, at: i64) -> Rows {
        let drivers = lease.drivers.iter().map(|driver| {
            vec![
                lease.vehicle.as_str().into(),
                lease.id.as_str().into(),
                person_id(self.sealer, &driver.id_number).into(),
                driver.role.code().into(),
            ]
        });
        Rows {
            parts: drivers.collect(),
            row: vec![
                lease.vehicle.as_str().into(),
                lease.id.as_str().into(),
                lease.registered_at.timestamp_millis().into(),
                lease.from.timestamp_millis().into(),
                lease.until.timestamp_millis().into(),
                at.into(),
            ],
        }
    }
}

fn camera_record(record: &fact::CameraRecord, at: i64) -> Row {
    vec![
        record.vehicle.as_str().into(),
        record.id.as_str().into(),
        text(&record.code),
        record.location.as_str().into(),
        text(&record.region),
        record.violated_at.timestamp_millis().into(),
        record.capture.code().into(),
        record.penalty.code().into(),
        record.fine.fen().into(),
        record.points.into(),
        record.evidence.clone().into(),
        record.state.code().into(),
        i64::from(record.disputed).into(),
        at.into(),
        // As the row begins; later facts go through the derived columns.
        record.state.code().into(),
        i64::from(record.disputed).into(),
    ]
}

fn text(value: impl Display) -> Cell {
    Cell::Text(value.to_string())
}
