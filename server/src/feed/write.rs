//! Writes a fact as a line of the feed, as the demo registry does. What it writes, the feed reads back unchanged.

use chrono::SecondsFormat;
use rules::Moment;
use serde_json::{Value, json};

use super::fact::{Binding, CameraRecord, Fact, Lease, Licence, Owner, Person, Vehicle};

/// The line with its newline.
pub fn to_line(fact: &Fact, at: Moment) -> String {
    let mut line = match fact {
        Fact::Person(person) => of_person(person),
        Fact::Organisation(known) => json!({ "credit_code": known.credit_code, "name": known.name }),
        Fact::Licence(licence) => of_licence(licence),
        Fact::Vehicle(vehicle) => of_vehicle(vehicle),
        Fact::Binding(binding) => of_binding(binding),
        Fact::CameraRecord(record) => of_record(record),
        Fact::Lease(lease) => of_lease(lease),
    };
    line["kind"] = fact.kind().code().into();
    line["at"] = moment(at);
    format!("{line}\n")
}

fn moment(moment: Moment) -> Value {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
}

fn of_person(person: &Person) -> Value {
    json!({ "id_number": person.id_number, "name": person.name, "phone": person.phone })
}

fn of_licence(licence: &Licence) -> Value {
    let points = licence.points.iter().map(|entry| {
        json!({ "id": entry.id, "on": entry.on, "points": entry.points, "fine_paid": entry.fine_paid })
    });
    json!({
        "id_number": licence.id_number,
        "file_number": licence.file_number,
        "classes": licence.classes,
        "states": licence.states,
        "first_issued": licence.first_issued,
        "valid_until": licence.valid_until,
        "full_marks": licence.full_marks,
        "points": points.collect::<Vec<_>>(),
    })
}

fn of_vehicle(vehicle: &Vehicle) -> Value {
    let owner = match &vehicle.owner {
        Owner::Person(number) => json!({ "id_number": number }),
        Owner::Organisation(code) => json!({ "credit_code": code }),
    };
    json!({
        "id": vehicle.id,
        "plate": vehicle.plate,
        "vehicle_kind": vehicle.kind,
        "use": vehicle.usage,
        "states": vehicle.states,
        "owner": owner,
        "owner_since": vehicle.owner_since.map(moment),
    })
}

fn of_binding(binding: &Binding) -> Value {
    json!({
        "id": binding.id,
        "id_number": binding.id_number,
        "vehicle": binding.vehicle,
        "since": moment(binding.since),
        "until": binding.until.map(moment),
    })
}

fn of_record(record: &CameraRecord) -> Value {
    json!({
        "id": record.id,
        "vehicle": record.vehicle,
        "code": record.code,
        "location": record.location,
        "region": record.region,
        "violated_at": moment(record.violated_at),
        "capture": record.capture,
        "penalty": record.penalty,
        "fine": record.fine.fen(),
        "points": record.points,
        "evidence": record.evidence,
        "state": record.state.code(),
        "disputed": record.disputed,
    })
}

fn of_lease(lease: &Lease) -> Value {
    let drivers =
        lease.drivers.iter().map(|driver| json!({ "id_number": driver.id_number, "role": driver.role }));
    json!({
        "id": lease.id,
        "vehicle": lease.vehicle,
        "registered_at": moment(lease.registered_at),
        "from": moment(lease.from),
        "until": moment(lease.until),
        "drivers": drivers.collect::<Vec<_>>(),
    })
}
