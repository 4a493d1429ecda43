//! Orders and the records they hold. Each write is guarded by what it saw.

use rules::Moment;
use rules::kernel::CaseState;
use rules::licence::Points;
use rules::money::Fen;
use rules::place::PlaceId;
use rules::plate::PlateNumber;
use rules::violation::ViolationCode;
use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;
use super::registry::RecordRow;

#[derive(Clone, Debug, FromRow)]
pub struct OrderRow {
    pub person_id: String,
    pub id: String,
    pub number: String,
    pub account_id: String,
    pub key: String,
    pub selection: String,
    pub vehicle_id: String,
    #[sqlx(try_from = "String")]
    pub plate: PlateNumber,
    #[sqlx(try_from = "String")]
    pub place: PlaceId,
    #[sqlx(try_from = "String")]
    pub state: CaseState,
    #[sqlx(try_from = "i64")]
    pub fine: Fen,
    #[sqlx(try_from = "i64")]
    pub points: Points,
    pub placed_at: Timestamp,
    pub pays_until: Timestamp,
    pub refund_reason: Option<String>,
    pub rulebook: String,
    /// When the person agreed to the notice; 0 for orders from before agreements were kept.
    pub agreed_at: i64,
    pub notice_version: String,
}

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
    pub held: i64,
    pub decision: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct RecordOfPersonRow {
    pub order_id: String,
    #[sqlx(flatten)]
    pub record: OrderRecordRow,
}

/// An order's key wherever only that is needed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OrderKey {
    pub person_id: String,
    pub id: String,
}

/// The columns of [`OrderRow`].
macro_rules! order_columns {
    () => {
        "person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, fine, \
         points, placed_at, pays_until, refund_reason, rulebook, agreed_at, notice_version"
    };
}

queries! {
    statements {
        GIVE_BACK_RECORDS = "update camera_records set \
            state = case when registry_state = 'processed-elsewhere' then 'processed-elsewhere' else 'unprocessed' end, \
            held_person = null, held_order = null \
            where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held'";
        RELEASE_ORDER_RECORDS = "update order_records set held = 0 where person_id = $1 and order_id = $2 and held = 1";
    }

    /// One order at a time per person: whoever else places for the same person waits for this transaction's end.
    pub fn lock_person(person: &str) -> run =
        "update accounts set created_at = created_at where person_id = $1";

    /// One change at a time per order: whoever else changes it waits for this transaction's end, and then reads what it
    /// came to. Who locks both locks the person first.
    pub fn lock_order(order: &OrderKey) -> run =
        "update orders set state = state where person_id = $1 and id = $2";

    pub fn insert_order(order: &OrderRow) [
        &order.person_id, &order.id, &order.number, &order.account_id, &order.key, &order.selection,
        &order.vehicle_id, &order.plate, &order.place, order.fine, order.points, order.placed_at,
        order.pays_until, &order.rulebook, order.agreed_at, &order.notice_version
    ] -> run =
        "insert into orders (person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, \
        fine, points, placed_at, pays_until, rulebook, agreed_at, notice_version) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'placed', $10, $11, $12, $13, $14, $15, $16)";

    /// Holds the record for the order as it was seen; false when somebody else was faster, or it has changed since.
    pub fn hold_record(order: &OrderKey, seen: &RecordRow) [
        &seen.vehicle_id, &seen.id, order, seen.disputed, &seen.code, seen.fine, seen.points,
        seen.updated_at
    ] -> changed =
        "update camera_records set state = 'held', held_person = $3, held_order = $4 \
        where vehicle_id = $1 and id = $2 and state = 'unprocessed' and registry_state = 'unprocessed' \
        and disputed = $5 and code = $6 and fine = $7 and points = $8 and updated_at = $9";

    /// From now on nobody else changes the records that the order holds, until this transaction ends.
    pub fn lock_records(order: &OrderKey, vehicle: &str) -> run =
        "update camera_records set state = state where vehicle_id = $3 and held_person = $1 and held_order = $2";

    pub fn insert_order_record(order: &OrderKey, record: &OrderRecordRow) [
        order, record.position, &record.vehicle_id, &record.record_id, &record.code, &record.location,
        record.violated_at, record.fine, record.points
    ] -> run =
        "insert into order_records (person_id, order_id, position, vehicle_id, record_id, code, location, \
        violated_at, fine, points, held) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";

    /// Marks the order's records as its own again, after a payment that came late; `hold_record` has taken them before.
    pub fn take_order_records(order: &OrderKey) -> run =
        "update order_records set held = 1 where person_id = $1 and order_id = $2 and held = 0";

    /// Settles the held records and says how many there were.
    pub fn settle_records(order: &OrderKey, vehicle: &str) -> count =
        "update camera_records set state = 'processed' \
        where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held' \
        and registry_state = 'unprocessed'";

    pub fn name_decision(order: &OrderKey, position: i64, decision: &str) -> run =
        "update order_records set decision = $4 where person_id = $1 and order_id = $2 and position = $3";

    /// Moves the order from the state that was seen; false when it has moved on since.
    pub fn move_order(order: &OrderKey, seen: CaseState, next: CaseState) -> changed =
        "update orders set state = $4 where person_id = $1 and id = $2 and state = $3";

    pub fn say_refund_reason(order: &OrderKey, reason: &str) -> run =
        "update orders set refund_reason = $3 where person_id = $1 and id = $2";

    pub fn find_order(order: &OrderKey) -> first OrderRow =
        concat!("select ", order_columns!(), " from orders where person_id = $1 and id = $2");

    pub fn find_order_by_key(person: &str, key: &str) -> first OrderRow =
        concat!("select ", order_columns!(), " from orders where person_id = $1 and key = $2");

    /// Newest first; 200 at most.
    pub fn orders_of(person: &str) -> all OrderRow =
        concat!("select ", order_columns!(), " from orders where person_id = $1 order by placed_at desc, id desc limit 200");

    /// The orders of the person that have a receipt.
    pub fn receipted_orders_of(person: &str) -> all OrderRow =
        concat!("select ", order_columns!(), " from orders where person_id = $1 \
            and id in (select order_id from receipts where person_id = $1)");

    /// Orders whose window is over, the oldest first; 100 at most.
    pub fn overdue(now: Moment) -> all OrderKey =
        "select person_id, id from orders where state in ('placed', 'paying') and pays_until <= $1 \
        order by pays_until limit 100";

    pub fn records_of_order(order: &OrderKey) -> all OrderRecordRow =
        "select position, vehicle_id, record_id, code, location, violated_at, fine, points, held, decision \
        from order_records where person_id = $1 and order_id = $2 order by position";

    pub fn records_of_person(person: &str) -> all RecordOfPersonRow =
        "select order_id, position, vehicle_id, record_id, code, location, violated_at, fine, points, held, \
        decision from order_records where person_id = $1 order by order_id, position";
}

/// Gives every record of the order back as the registry has it by now.
pub async fn give_back_records(
    connection: &mut AnyConnection,
    order: &OrderKey,
    vehicle: &str,
) -> sqlx::Result<()> {
    sqlx::query(GIVE_BACK_RECORDS)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(vehicle)
        .execute(&mut *connection)
        .await?;
    sqlx::query(RELEASE_ORDER_RECORDS)
        .bind(&order.person_id)
        .bind(&order.id)
        .execute(connection)
        .await
        .map(drop)
}
