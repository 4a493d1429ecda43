//! Reads what the registry's feed brought: licences, vehicles and who may drive them, camera records.
//! Writing it is the feed's work; holding and settling records is in `orders`.

use std::collections::BTreeMap;

use rules::Moment;
use rules::families::camera::LeaseRole;
use rules::licence::{LicenceClass, LicenceState, Points};
use rules::money::Fen;
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::set::coded;
use rules::vehicle::{VehicleKind, VehicleState, VehicleUse};
use rules::violation::{Capture, PenaltyKind, ViolationCode};
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::{Codes, Day, Days, Timestamp};
use super::queries;

#[derive(Clone, Debug, FromRow)]
pub struct LicenceRow {
    pub person_id: String,
    pub file_number: String,
    pub classes: Codes<LicenceClass>,
    pub states: Codes<LicenceState>,
    pub first_issued: Day,
    pub valid_until: Option<Day>,
    /// Days on which twelve points were reached.
    pub full_marks: Days,
}

#[derive(Clone, Debug, FromRow)]
pub struct PointsRow {
    pub occurred_on: Day,
    #[sqlx(try_from = "i64")]
    pub points: Points,
    pub fine_paid: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct PersonRow {
    pub id: String,
    pub name: String,
    pub id_number: String,
    pub phone: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct VehicleRow {
    pub id: String,
    #[sqlx(try_from = "String")]
    pub plate: PlateNumber,
    #[sqlx(try_from = "String")]
    pub kind: VehicleKind,
    #[sqlx(try_from = "String")]
    pub usage: VehicleUse,
    pub states: Codes<VehicleState>,
    pub owner_kind: String,
    pub owner_id: String,
    /// None where the registry does not tell it.
    pub owner_since: Option<Timestamp>,
}

/// Decision and receipt of a record that an order of the person settled.
#[derive(Clone, Debug, FromRow)]
pub struct ProofRow {
    pub record_id: String,
    pub decision: String,
    pub receipt: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct HoldEnd {
    pub id: String,
    pub deadline_at: Timestamp,
}

#[derive(Clone, Debug, FromRow)]
pub struct LeaseRow {
    pub registered_at: Timestamp,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    #[sqlx(try_from = "String")]
    pub role: LeaseRole,
}

coded! {
    /// Where a record stands, for us and for the registry.
    StoredState {
        Unprocessed = "unprocessed",
        /// An order holds it; never said by the registry.
        Held = "held",
        Processed = "processed",
        ProcessedElsewhere = "processed-elsewhere",
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct RecordRow {
    pub vehicle_id: String,
    pub id: String,
    #[sqlx(try_from = "String")]
    pub code: ViolationCode,
    pub location: String,
    #[sqlx(try_from = "String")]
    pub region: RegionCode,
    pub violated_at: Timestamp,
    #[sqlx(try_from = "String")]
    pub capture: Capture,
    #[sqlx(try_from = "String")]
    pub penalty: PenaltyKind,
    #[sqlx(try_from = "i64")]
    pub fine: Fen,
    #[sqlx(try_from = "i64")]
    pub points: Points,
    pub evidence: Option<String>,
    #[sqlx(try_from = "String")]
    pub registry_state: StoredState,
    #[sqlx(try_from = "String")]
    pub state: StoredState,
    pub disputed: i64,
    pub held_person: Option<String>,
    pub held_order: Option<String>,
    /// When the registry last said something of it.
    pub updated_at: i64,
}

/// The columns of [`RecordRow`].
macro_rules! record_columns {
    () => {
        "vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, evidence, \
         registry_state, state, disputed, held_person, held_order, updated_at"
    };
}

queries! {
    pub fn find_licence(person: &str) -> first LicenceRow =
        "select person_id, file_number, classes, states, first_issued, valid_until, full_marks \
        from licences where person_id = $1";

    pub fn points_entries(person: &str) -> all PointsRow =
        "select occurred_on, points, fine_paid from points_entries where person_id = $1 order by occurred_on, id";

    pub fn find_person(person: &str) -> first PersonRow =
        "select id, name, id_number, phone from persons where id = $1";

    pub fn find_vehicle(vehicle: &str) -> first VehicleRow =
        "select id, plate, kind, usage, states, owner_kind, owner_id, owner_since from vehicles where id = $1";

    /// Since when a running binding covers the vehicle for the person.
    pub fn find_binding(person: &str, vehicle: &str, now: Moment) -> value Timestamp =
        "select since from bindings where person_id = $1 and vehicle_id = $2 \
        and since <= $3 and (until is null or until > $3) order by since limit 1";

    /// When the holds on the vehicle's records end by themselves.
    pub fn hold_ends_of(vehicle: &str) -> all HoldEnd =
        "select c.id, c.deadline_at from camera_records r \
        join cases c on c.person_id = r.held_person and c.id = r.held_order \
        where r.vehicle_id = $1 and r.state = 'held' and c.state in ('placed', 'paying') \
        and c.deadline_at is not null";

    /// All leases of the vehicle that name the person, oldest first.
    pub fn leases_of(person: &str, vehicle: &str) -> all LeaseRow =
        "select l.registered_at, l.starts_at, l.ends_at, d.role from lease_drivers d \
        join leases l on l.vehicle_id = d.vehicle_id and l.id = d.lease_id \
        where d.person_id = $1 and d.vehicle_id = $2 order by l.starts_at";

    /// Own vehicles first, then bound and leased ones.
    // A lease shows records of its term alone, and the vehicle while it runs or has such records.
    pub fn vehicles_of(person: &str, now: Moment) -> all VehicleRow =
        "with whole as ( \
            select id from vehicles where owner_kind = 'person' and owner_id = $1 \
            union select vehicle_id from bindings where person_id = $1 and since <= $2 and (until is null or until > $2)), \
        terms as ( \
            select l.vehicle_id, l.starts_at, l.ends_at from lease_drivers d \
            join leases l on l.vehicle_id = d.vehicle_id and l.id = d.lease_id where d.person_id = $1), \
        shown as ( \
            select r.vehicle_id from camera_records r \
            join terms t on t.vehicle_id = r.vehicle_id and r.violated_at between t.starts_at and t.ends_at) \
        select v.id, v.plate, v.kind, v.usage, v.states, v.owner_kind, v.owner_id, v.owner_since, \
        case when v.owner_kind = 'person' and v.owner_id = $1 then 0 else 1 end as standing \
        from vehicles v where v.id in ( \
            select id from whole union select vehicle_id from terms where ends_at >= $2 union select vehicle_id from shown) \
        order by standing, v.plate";

    /// The records that the person sees: all `since` that moment, and those of the person's leases. Open records first,
    /// newest first among them; 500 at most.
    // Those since a moment, and those within the terms of the person's leases.
    pub fn records_of(vehicle: &str, person: &str, since: i64) -> all RecordRow =
        concat!("select ", record_columns!(), " from camera_records r where vehicle_id = $1 and (violated_at >= $3 or exists (select 1 from \
            lease_drivers d join leases l on l.vehicle_id = d.vehicle_id and l.id = d.lease_id where d.person_id \
            = $2 and d.vehicle_id = r.vehicle_id and r.violated_at between l.starts_at and l.ends_at)) order by \
            case when state in ('unprocessed', 'held') then 0 else 1 end, violated_at desc, id limit 500");

    pub fn find_record(vehicle: &str, record: &str) -> first RecordRow =
        concat!("select ", record_columns!(), " from camera_records where vehicle_id = $1 and id = $2");

    /// Decisions and receipts of the vehicle's records that the person's orders settled.
    pub fn proofs_of(person: &str, vehicle: &str) -> all ProofRow =
        "select o.record_id, o.decision, r.number as receipt from order_records o \
        join receipts r on r.person_id = o.person_id and r.case_id = o.case_id \
        where o.person_id = $1 and o.vehicle_id = $2 and o.decision is not null";

    pub fn find_dispute(vehicle: &str, record: &str) -> first DisputeRow =
        "select registry_disputed, disputed, disputed_by from camera_records where vehicle_id = $1 and id = $2";

    /// Marks the record for the account; false when it is held or processed.
    pub fn mark_disputed(vehicle: &str, record: &str, account: &str, now: Moment) -> changed =
        "update camera_records set disputed = 1, disputed_by = coalesce(disputed_by, $3), \
        disputed_at = coalesce(disputed_at, $4) where vehicle_id = $1 and id = $2 and state = 'unprocessed'";

    /// Takes the mark away; false when there is none of ours alone.
    // What the registry knows of is taken back at the registry alone.
    pub fn withdraw_dispute(vehicle: &str, record: &str) -> changed =
        "update camera_records set disputed = 0, disputed_by = null, disputed_at = null \
        where vehicle_id = $1 and id = $2 and disputed = 1 and registry_disputed = 0 and state = 'unprocessed'";

    /// Points of the person's open orders, all but the one named.
    pub fn held_points(person: &str, but: &str) -> scalar i64 =
        "select cast(coalesce(sum(r.points), 0) as bigint) from order_records r \
        join cases c on c.person_id = r.person_id and c.id = r.case_id \
        where r.person_id = $1 and c.state in ('placed', 'paying', 'paid') and c.id <> $2";

    /// Points of orders settled since then that the registry has not reported yet. An entry of the registry carries the
    /// number of its record.
    pub fn unreported_points(person: &str, since: Moment) -> scalar i64 =
        "select cast(coalesce(sum(r.points), 0) as bigint) from order_records r \
        join cases c on c.person_id = r.person_id and c.id = r.case_id \
        where r.person_id = $1 and c.state = 'settled' and c.placed_at >= $2 and not exists ( \
            select 1 from points_entries e where e.person_id = r.person_id and e.id = r.record_id)";

    /// The records whose numbers stand in the list, each between two separators.
    // `replace` is the one search for an exact text that both engines have.
    pub fn records_among(vehicle: &str, list: &str, separator: &str) -> all RecordRow =
        concat!("select ", record_columns!(), " from camera_records \
            where vehicle_id = $1 and replace($2, $3 || id || $3, '') <> $2");

    /// The time of the registry's newest fact.
    pub fn synced_at() -> value Timestamp =
        "select synced_at from synchronisation where id = 1";
}

/// Stands in no number: `Chosen` takes none with a control character.
const SEPARATOR: &str = "\n";

/// The records with these numbers, in this order; one of another vehicle is left out.
pub async fn find_records(
    connection: &mut AnyConnection,
    vehicle: &str,
    records: &[String],
) -> sqlx::Result<Vec<RecordRow>> {
    if let [record] = records {
        return Ok(find_record(connection, vehicle, record).await?.into_iter().collect());
    }
    let list = format!("{SEPARATOR}{}{SEPARATOR}", records.join(SEPARATOR));
    let rows = records_among(connection, vehicle, &list, SEPARATOR).await?;
    let mut found: BTreeMap<String, RecordRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(records.iter().filter_map(|record| found.remove(record)).collect())
}

/// How a record stands as to disputes.
#[derive(Clone, Debug, FromRow)]
pub struct DisputeRow {
    /// The registry knows of one.
    pub registry_disputed: i64,
    pub disputed: i64,
    /// The account that marked it here.
    pub disputed_by: Option<String>,
}
