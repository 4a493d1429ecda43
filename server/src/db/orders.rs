//! The camera records of orders. Each write is guarded by what it saw.

use rules::licence::Points;
use rules::money::Fen;
use rules::violation::ViolationCode;
use sqlx::FromRow;

use super::cases::CaseKey;
use super::column::Timestamp;
use super::queries;
use super::registry::RecordRow;

#[derive(Clone, Debug, FromRow)]
pub struct OrderRecordRow {
    pub position: i64,
    pub vehicle_id: String,
    pub record_id: String,
    #[sqlx(try_from = "String")]
    pub code: ViolationCode,
    pub location: String,
    pub violated_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub fine: Fen,
    #[sqlx(try_from = "i64")]
    pub points: Points,
    /// The number of the penalty decision, once settled.
    pub decision: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct RecordOfPersonRow {
    pub case_id: String,
    #[sqlx(flatten)]
    pub record: OrderRecordRow,
}

queries! {
    /// Holds the record for the order as it was seen; false when somebody else was faster, or it has changed since.
    pub fn hold_record(order: &CaseKey, seen: &RecordRow) [
        &seen.vehicle_id, &seen.id, order, seen.disputed, &seen.code, seen.fine, seen.points,
        seen.updated_at
    ] -> changed =
        "update camera_records set state = 'held', held_person = $3, held_order = $4 \
        where vehicle_id = $1 and id = $2 and state = 'unprocessed' and registry_state = 'unprocessed' \
        and disputed = $5 and code = $6 and fine = $7 and points = $8 and updated_at = $9";

    /// From now on nobody else changes the records that the order holds, until this transaction ends.
    pub fn lock_records(order: &CaseKey, vehicle: &str) -> run =
        "update camera_records set state = state where vehicle_id = $3 and held_person = $1 and held_order = $2";

    /// Gives every record of the order back as the registry has it by now.
    pub fn give_back_records(order: &CaseKey, vehicle: &str) -> run =
        "update camera_records set \
        state = case when registry_state = 'processed-elsewhere' then 'processed-elsewhere' else 'unprocessed' end, \
        held_person = null, held_order = null \
        where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held'";

    /// Settles the held records and says how many there were.
    pub fn settle_records(order: &CaseKey, vehicle: &str) -> count =
        "update camera_records set state = 'processed' \
        where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held' \
        and registry_state = 'unprocessed'";

    pub fn insert_order_record(order: &CaseKey, record: &OrderRecordRow) [
        order, record.position, &record.vehicle_id, &record.record_id, &record.code, &record.location,
        record.violated_at, record.fine, record.points
    ] -> run =
        "insert into order_records (person_id, case_id, position, vehicle_id, record_id, code, location, \
        violated_at, fine, points) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    pub fn name_decision(order: &CaseKey, position: i64, decision: &str) -> run =
        "update order_records set decision = $4 where person_id = $1 and case_id = $2 and position = $3";

    pub fn records_of_order(order: &CaseKey) -> all OrderRecordRow =
        "select position, vehicle_id, record_id, code, location, violated_at, fine, points, decision \
        from order_records where person_id = $1 and case_id = $2 order by position";

    pub fn records_of_person(person: &str) -> all RecordOfPersonRow =
        "select case_id, position, vehicle_id, record_id, code, location, violated_at, fine, points, \
        decision from order_records where person_id = $1 order by case_id, position";

    pub fn forget_records(order: &CaseKey) -> run =
        "delete from order_records where person_id = $1 and case_id = $2";
}
