//! Reads what the registry's feed brought: licences, vehicles and who may drive them, camera records.
//! Writing it is the feed's work; holding and settling records is in `orders`.

use std::collections::BTreeMap;

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::statements;

statements! {
    FIND_LICENCE = "select person_id, file_number, classes, states, first_issued, valid_until, full_marks \
        from licences where person_id = $1";
    POINTS_ENTRIES = "select occurred_on, points, fine_paid from points_entries where person_id = $1 order by occurred_on, id";
    FIND_PERSON = "select id, name, id_number, phone from persons where id = $1";
    FIND_VEHICLE = "select id, plate, kind, usage, states, owner_kind, owner_id, owner_since from vehicles where id = $1";
    FIND_BINDING = "select since from bindings where person_id = $1 and vehicle_id = $2 \
        and since <= $3 and (until is null or until > $3) order by since limit 1";
    HOLD_ENDS_OF = "select o.id, o.pays_until from camera_records r \
        join orders o on o.person_id = r.held_person and o.id = r.held_order \
        where r.vehicle_id = $1 and r.state = 'held' and o.state in ('placed', 'paying')";
    LEASES_OF = "select l.registered_at, l.starts_at, l.ends_at, d.role from lease_drivers d \
        join leases l on l.vehicle_id = d.vehicle_id and l.id = d.lease_id \
        where d.person_id = $1 and d.vehicle_id = $2 order by l.starts_at";
    // A lease shows records of its term alone, and the vehicle while it runs or has such records.
    VEHICLES_OF = "with whole as ( \
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
    // Those since a moment, and those within the terms of the person's leases.
    RECORDS_OF = "select vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, evidence, \
        registry_state, state, disputed, held_person, held_order, updated_at from camera_records r where vehicle_id = $1 \
        and (violated_at >= $3 or exists (select 1 from lease_drivers d \
            join leases l on l.vehicle_id = d.vehicle_id and l.id = d.lease_id \
            where d.person_id = $2 and d.vehicle_id = r.vehicle_id \
            and r.violated_at between l.starts_at and l.ends_at)) \
        order by case when state in ('unprocessed', 'held') then 0 else 1 end, violated_at desc, id limit 500";
    FIND_RECORD = "select vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, evidence, \
        registry_state, state, disputed, held_person, held_order, updated_at from camera_records where vehicle_id = $1 and id = $2";
    ALL_RECORDS_OF = "select vehicle_id, id, code, location, region, violated_at, capture, penalty, fine, points, evidence, \
        registry_state, state, disputed, held_person, held_order, updated_at from camera_records where vehicle_id = $1";
    FIND_DISPUTE = "select registry_disputed, disputed, disputed_by from camera_records where vehicle_id = $1 and id = $2";
    MARK_DISPUTED = "update camera_records set disputed = 1, disputed_by = coalesce(disputed_by, $3), \
        disputed_at = coalesce(disputed_at, $4) where vehicle_id = $1 and id = $2 and state = 'unprocessed'";
    // What the registry knows of is taken back at the registry alone.
    WITHDRAW_DISPUTE = "update camera_records set disputed = 0, disputed_by = null, disputed_at = null \
        where vehicle_id = $1 and id = $2 and disputed = 1 and registry_disputed = 0 and state = 'unprocessed'";
    HELD_POINTS = "select cast(coalesce(sum(points), 0) as bigint) from orders \
        where person_id = $1 and state in ('placed', 'paying', 'paid') and id <> $2";
    UNREPORTED_POINTS = "select cast(coalesce(sum(r.points), 0) as bigint) from order_records r \
        join orders o on o.person_id = r.person_id and o.id = r.order_id \
        where r.person_id = $1 and o.state = 'settled' and o.placed_at >= $2 and not exists ( \
            select 1 from points_entries e where e.person_id = r.person_id and e.id = r.record_id)";
    PROOFS_OF = "select o.record_id, o.decision, r.number as receipt from order_records o \
        join receipts r on r.person_id = o.person_id and r.order_id = o.order_id \
        where o.person_id = $1 and o.vehicle_id = $2 and o.decision is not null";
    SYNCED_AT = "select synced_at from synchronisation where id = 1";
}

#[derive(Clone, Debug, FromRow)]
pub struct LicenceRow {
    pub person_id: String,
    pub file_number: String,
    pub classes: String,
    pub states: String,
    pub first_issued: String,
    pub valid_until: Option<String>,
    pub full_marks: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct PointsRow {
    pub occurred_on: String,
    pub points: i64,
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
    pub plate: String,
    pub kind: String,
    pub usage: String,
    pub states: String,
    pub owner_kind: String,
    pub owner_id: String,
    /// None where the registry does not tell it.
    pub owner_since: Option<i64>,
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
    pub pays_until: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct LeaseRow {
    pub registered_at: i64,
    pub starts_at: i64,
    pub ends_at: i64,
    pub role: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct RecordRow {
    pub vehicle_id: String,
    pub id: String,
    pub code: String,
    pub location: String,
    pub region: String,
    pub violated_at: i64,
    pub capture: String,
    pub penalty: String,
    pub fine: i64,
    pub points: i64,
    pub evidence: Option<String>,
    pub registry_state: String,
    pub state: String,
    pub disputed: i64,
    pub held_person: Option<String>,
    pub held_order: Option<String>,
    /// When the registry last said something of it.
    pub updated_at: i64,
}

pub async fn find_licence(connection: &mut AnyConnection, person: &str) -> sqlx::Result<Option<LicenceRow>> {
    sqlx::query_as(FIND_LICENCE).bind(person).fetch_optional(connection).await
}

pub async fn points_entries(connection: &mut AnyConnection, person: &str) -> sqlx::Result<Vec<PointsRow>> {
    sqlx::query_as(POINTS_ENTRIES).bind(person).fetch_all(connection).await
}

pub async fn find_person(connection: &mut AnyConnection, person: &str) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as(FIND_PERSON).bind(person).fetch_optional(connection).await
}

pub async fn find_vehicle(connection: &mut AnyConnection, vehicle: &str) -> sqlx::Result<Option<VehicleRow>> {
    sqlx::query_as(FIND_VEHICLE).bind(vehicle).fetch_optional(connection).await
}

/// Since when a running binding covers the vehicle for the person.
pub async fn find_binding(
    connection: &mut AnyConnection,
    person: &str,
    vehicle: &str,
    now: i64,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(FIND_BINDING).bind(person).bind(vehicle).bind(now).fetch_optional(connection).await
}

/// When the holds on the vehicle's records end by themselves.
pub async fn hold_ends_of(connection: &mut AnyConnection, vehicle: &str) -> sqlx::Result<Vec<HoldEnd>> {
    sqlx::query_as(HOLD_ENDS_OF).bind(vehicle).fetch_all(connection).await
}

/// All leases of the vehicle that name the person, oldest first.
pub async fn leases_of(
    connection: &mut AnyConnection,
    person: &str,
    vehicle: &str,
) -> sqlx::Result<Vec<LeaseRow>> {
    sqlx::query_as(LEASES_OF).bind(person).bind(vehicle).fetch_all(connection).await
}

/// Own vehicles first, then bound and leased ones.
pub async fn vehicles_of(
    connection: &mut AnyConnection,
    person: &str,
    now: i64,
) -> sqlx::Result<Vec<VehicleRow>> {
    sqlx::query_as(VEHICLES_OF).bind(person).bind(now).fetch_all(connection).await
}

/// The records that the person sees: all `since` that moment, and those of the person's leases. Open records first,
/// newest first among them; 500 at most.
pub async fn records_of(
    connection: &mut AnyConnection,
    vehicle: &str,
    person: &str,
    since: i64,
) -> sqlx::Result<Vec<RecordRow>> {
    sqlx::query_as(RECORDS_OF).bind(vehicle).bind(person).bind(since).fetch_all(connection).await
}

pub async fn find_record(
    connection: &mut AnyConnection,
    vehicle: &str,
    record: &str,
) -> sqlx::Result<Option<RecordRow>> {
    sqlx::query_as(FIND_RECORD).bind(vehicle).bind(record).fetch_optional(connection).await
}

/// The records with these numbers, in this order; one of another vehicle is left out. Several are picked from all of the
/// vehicle's, which are few.
pub async fn find_records(
    connection: &mut AnyConnection,
    vehicle: &str,
    records: &[String],
) -> sqlx::Result<Vec<RecordRow>> {
    if let [record] = records {
        return Ok(find_record(connection, vehicle, record).await?.into_iter().collect());
    }
    let all: Vec<RecordRow> = sqlx::query_as(ALL_RECORDS_OF).bind(vehicle).fetch_all(connection).await?;
    let mut all: BTreeMap<String, RecordRow> = all.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(records.iter().filter_map(|record| all.remove(record)).collect())
}

/// Decisions and receipts of the vehicle's records that the person's orders settled.
pub async fn proofs_of(
    connection: &mut AnyConnection,
    person: &str,
    vehicle: &str,
) -> sqlx::Result<Vec<ProofRow>> {
    sqlx::query_as(PROOFS_OF).bind(person).bind(vehicle).fetch_all(connection).await
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

pub async fn find_dispute(
    connection: &mut AnyConnection,
    vehicle: &str,
    record: &str,
) -> sqlx::Result<Option<DisputeRow>> {
    sqlx::query_as(FIND_DISPUTE).bind(vehicle).bind(record).fetch_optional(connection).await
}

/// Marks the record for the account; false when it is held or processed.
pub async fn mark_disputed(
    connection: &mut AnyConnection,
    vehicle: &str,
    record: &str,
    account: &str,
    now: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(MARK_DISPUTED)
        .bind(vehicle)
        .bind(record)
        .bind(account)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the mark away; false when there is none of ours alone.
pub async fn withdraw_dispute(
    connection: &mut AnyConnection,
    vehicle: &str,
    record: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query(WITHDRAW_DISPUTE).bind(vehicle).bind(record).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Points of the person's open orders, all but the one named.
pub async fn held_points(connection: &mut AnyConnection, person: &str, but: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar(HELD_POINTS).bind(person).bind(but).fetch_one(connection).await
}

/// Points of orders settled since then that the registry has not reported yet. An entry of the registry carries the
/// number of its record.
pub async fn unreported_points(
    connection: &mut AnyConnection,
    person: &str,
    since: i64,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(UNREPORTED_POINTS).bind(person).bind(since).fetch_one(connection).await
}

/// The time of the registry's newest fact.
pub async fn synced_at(connection: &mut AnyConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(SYNCED_AT).fetch_optional(connection).await
}
