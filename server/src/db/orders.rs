//! Orders and the records they hold. Each write is guarded by what it saw.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::registry::RecordRow;
use super::statements;

statements! {
    LOCK_PERSON = "update accounts set created_at = created_at where person_id = $1";
    LOCK_ORDER = "update orders set state = state where person_id = $1 and id = $2";
    INSERT_ORDER = "insert into orders (person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, \
        fine, points, placed_at, pays_until, rulebook, agreed_at, notice_version) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'placed', $10, $11, $12, $13, $14, $15, $16)";
    INSERT_ORDER_RECORD = "insert into order_records (person_id, order_id, position, vehicle_id, record_id, code, location, \
        violated_at, fine, points, held) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    HOLD_RECORD = "update camera_records set state = 'held', held_person = $3, held_order = $4 \
        where vehicle_id = $1 and id = $2 and state = 'unprocessed' and registry_state = 'unprocessed' \
        and disputed = $5 and code = $6 and fine = $7 and points = $8 and updated_at = $9";
    LOCK_RECORDS = "update camera_records set state = state where vehicle_id = $3 and held_person = $1 and held_order = $2";
    GIVE_BACK_RECORDS = "update camera_records set \
        state = case when registry_state = 'processed-elsewhere' then 'processed-elsewhere' else 'unprocessed' end, \
        held_person = null, held_order = null \
        where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held'";
    RELEASE_ORDER_RECORDS = "update order_records set held = 0 where person_id = $1 and order_id = $2 and held = 1";
    TAKE_ORDER_RECORDS = "update order_records set held = 1 where person_id = $1 and order_id = $2 and held = 0";
    SETTLE_RECORDS = "update camera_records set state = 'processed' \
        where vehicle_id = $3 and held_person = $1 and held_order = $2 and state = 'held' \
        and registry_state = 'unprocessed'";
    NAME_DECISION = "update order_records set decision = $4 where person_id = $1 and order_id = $2 and position = $3";
    MOVE_ORDER = "update orders set state = $4 where person_id = $1 and id = $2 and state = $3";
    SAY_REFUND_REASON = "update orders set refund_reason = $3 where person_id = $1 and id = $2";
    FIND_ORDER = "select person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, fine, points, \
        placed_at, pays_until, refund_reason, rulebook, agreed_at, notice_version from orders where person_id = $1 and id = $2";
    FIND_ORDER_BY_KEY = "select person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, fine, \
        points, placed_at, pays_until, refund_reason, rulebook, agreed_at, notice_version from orders where person_id = $1 and key = $2";
    ORDERS_OF = "select person_id, id, number, account_id, key, selection, vehicle_id, plate, place, state, fine, points, \
        placed_at, pays_until, refund_reason, rulebook, agreed_at, notice_version from orders where person_id = $1 order by placed_at desc, id desc limit 200";
    RECEIPTED_ORDERS_OF = "select o.person_id, o.id, o.number, o.account_id, o.key, o.selection, o.vehicle_id, o.plate, o.place, \
        o.state, o.fine, o.points, o.placed_at, o.pays_until, o.refund_reason, o.rulebook, o.agreed_at, o.notice_version from receipts r \
        join orders o on o.person_id = r.person_id and o.id = r.order_id where r.person_id = $1";
    OVERDUE = "select person_id, id from orders where state in ('placed', 'paying') and pays_until <= $1 \
        order by pays_until limit 100";
    RECORDS_OF_ORDER = "select position, vehicle_id, record_id, code, location, violated_at, fine, points, held, decision \
        from order_records where person_id = $1 and order_id = $2 order by position";
    RECORDS_OF_PERSON = "select order_id, position, vehicle_id, record_id, code, location, violated_at, fine, points, held, \
        decision from order_records where person_id = $1 order by order_id, position";
}

#[derive(Clone, Debug, FromRow)]
pub struct OrderRow {
    pub person_id: String,
    pub id: String,
    pub number: String,
    pub account_id: String,
    pub key: String,
    pub selection: String,
    pub vehicle_id: String,
    pub plate: String,
    pub place: String,
    pub state: String,
    pub fine: i64,
    pub points: i64,
    pub placed_at: i64,
    pub pays_until: i64,
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
    pub code: String,
    pub location: String,
    pub violated_at: i64,
    pub fine: i64,
    pub points: i64,
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

/// One order at a time per person: whoever else places for the same person waits for this transaction's end.
pub async fn lock_person(connection: &mut AnyConnection, person: &str) -> sqlx::Result<()> {
    sqlx::query(LOCK_PERSON).bind(person).execute(connection).await.map(drop)
}

/// One change at a time per order: whoever else changes it waits for this transaction's end, and then reads what it
/// came to. Who locks both locks the person first.
pub async fn lock_order(connection: &mut AnyConnection, order: &OrderKey) -> sqlx::Result<()> {
    sqlx::query(LOCK_ORDER).bind(&order.person_id).bind(&order.id).execute(connection).await.map(drop)
}

pub async fn insert_order(connection: &mut AnyConnection, order: &OrderRow) -> sqlx::Result<()> {
    sqlx::query(INSERT_ORDER)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(&order.number)
        .bind(&order.account_id)
        .bind(&order.key)
        .bind(&order.selection)
        .bind(&order.vehicle_id)
        .bind(&order.plate)
        .bind(&order.place)
        .bind(order.fine)
        .bind(order.points)
        .bind(order.placed_at)
        .bind(order.pays_until)
        .bind(&order.rulebook)
        .bind(order.agreed_at)
        .bind(&order.notice_version)
        .execute(connection)
        .await
        .map(drop)
}

/// Holds the record for the order as it was seen; false when somebody else was faster, or it has changed since.
pub async fn hold_record(
    connection: &mut AnyConnection,
    order: &OrderKey,
    seen: &RecordRow,
) -> sqlx::Result<bool> {
    let held = sqlx::query(HOLD_RECORD)
        .bind(&seen.vehicle_id)
        .bind(&seen.id)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(seen.disputed)
        .bind(&seen.code)
        .bind(seen.fine)
        .bind(seen.points)
        .bind(seen.updated_at)
        .execute(connection)
        .await?;
    Ok(held.rows_affected() == 1)
}

/// From now on nobody else changes the records that the order holds, until this transaction ends.
pub async fn lock_records(
    connection: &mut AnyConnection,
    order: &OrderKey,
    vehicle: &str,
) -> sqlx::Result<()> {
    sqlx::query(LOCK_RECORDS)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(vehicle)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn insert_order_record(
    connection: &mut AnyConnection,
    order: &OrderKey,
    record: &OrderRecordRow,
) -> sqlx::Result<()> {
    sqlx::query(INSERT_ORDER_RECORD)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(record.position)
        .bind(&record.vehicle_id)
        .bind(&record.record_id)
        .bind(&record.code)
        .bind(&record.location)
        .bind(record.violated_at)
        .bind(record.fine)
        .bind(record.points)
        .execute(connection)
        .await
        .map(drop)
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

/// Marks the order's records as its own again, after a payment that came late; `hold_record` has taken them before.
pub async fn take_order_records(connection: &mut AnyConnection, order: &OrderKey) -> sqlx::Result<()> {
    sqlx::query(TAKE_ORDER_RECORDS).bind(&order.person_id).bind(&order.id).execute(connection).await.map(drop)
}

/// Settles the held records and says how many there were.
pub async fn settle_records(
    connection: &mut AnyConnection,
    order: &OrderKey,
    vehicle: &str,
) -> sqlx::Result<u64> {
    sqlx::query(SETTLE_RECORDS)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(vehicle)
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
}

pub async fn name_decision(
    connection: &mut AnyConnection,
    order: &OrderKey,
    position: i64,
    decision: &str,
) -> sqlx::Result<()> {
    sqlx::query(NAME_DECISION)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(position)
        .bind(decision)
        .execute(connection)
        .await
        .map(drop)
}

/// Moves the order from the state that was seen; false when it has moved on since.
pub async fn move_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
    seen: &str,
    next: &str,
) -> sqlx::Result<bool> {
    let moved = sqlx::query(MOVE_ORDER)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(seen)
        .bind(next)
        .execute(connection)
        .await?;
    Ok(moved.rows_affected() == 1)
}

pub async fn say_refund_reason(
    connection: &mut AnyConnection,
    order: &OrderKey,
    reason: &str,
) -> sqlx::Result<()> {
    sqlx::query(SAY_REFUND_REASON)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(reason)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn find_order(connection: &mut AnyConnection, order: &OrderKey) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as(FIND_ORDER).bind(&order.person_id).bind(&order.id).fetch_optional(connection).await
}

pub async fn find_order_by_key(
    connection: &mut AnyConnection,
    person: &str,
    key: &str,
) -> sqlx::Result<Option<OrderRow>> {
    sqlx::query_as(FIND_ORDER_BY_KEY).bind(person).bind(key).fetch_optional(connection).await
}

/// Newest first; 200 at most.
pub async fn orders_of(connection: &mut AnyConnection, person: &str) -> sqlx::Result<Vec<OrderRow>> {
    sqlx::query_as(ORDERS_OF).bind(person).fetch_all(connection).await
}

/// The orders of the person that have a receipt.
pub async fn receipted_orders_of(
    connection: &mut AnyConnection,
    person: &str,
) -> sqlx::Result<Vec<OrderRow>> {
    sqlx::query_as(RECEIPTED_ORDERS_OF).bind(person).fetch_all(connection).await
}

/// Orders whose window is over, the oldest first; 100 at most.
pub async fn overdue(connection: &mut AnyConnection, now: i64) -> sqlx::Result<Vec<OrderKey>> {
    sqlx::query_as(OVERDUE).bind(now).fetch_all(connection).await
}

pub async fn records_of_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Vec<OrderRecordRow>> {
    sqlx::query_as(RECORDS_OF_ORDER).bind(&order.person_id).bind(&order.id).fetch_all(connection).await
}

pub async fn records_of_person(
    connection: &mut AnyConnection,
    person: &str,
) -> sqlx::Result<Vec<RecordOfPersonRow>> {
    sqlx::query_as(RECORDS_OF_PERSON).bind(person).fetch_all(connection).await
}
