//! Payments, refunds, what the provider told us, and the double-entry ledger. Each write is guarded by what it saw.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::orders::OrderKey;
use super::statements;

statements! {
    INSERT_PAYMENT = "insert into payments (person_id, order_id, provider, out_trade_no, amount, state, url, opened_at) \
        values ($1, $2, $3, $4, $5, 'opening', '', $6)";
    PAYMENT_OPENED = "update payments set state = 'open', url = $2 where out_trade_no = $1 and state = 'opening'";
    PAYMENT_CLOSED = "update payments set state = 'closed' where out_trade_no = $1 and state in ('opening', 'open')";
    PAYMENT_CAPTURED = "update payments set state = 'captured', transaction_id = $2, captured_at = $3 \
        where out_trade_no = $1 and state <> 'captured'";
    FIND_PAYMENT = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at from payments where out_trade_no = $1";
    PAYMENTS_OF_ORDER = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at from payments where person_id = $1 and order_id = $2 order by opened_at, out_trade_no";
    OPEN_PAYMENTS = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at from payments where state in ('opening', 'open') and opened_at <= $1 order by opened_at limit 100";
    INSERT_REFUND = "insert into refunds (person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at) \
        values ($1, $2, $3, $4, $5, 'requested', $6, $7) on conflict (out_trade_no) do nothing";
    REFUND_DONE = "update refunds set state = 'done', done_at = $2 where out_refund_no = $1 and state = 'requested'";
    FIND_REFUND = "select person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at, done_at \
        from refunds where out_refund_no = $1";
    OPEN_REFUNDS = "select person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at, done_at \
        from refunds where state = 'requested' order by requested_at limit 100";
    UNDONE_REFUNDS_OF_ORDER = "select count(*) from refunds where person_id = $1 and order_id = $2 and state = 'requested'";
    REMEMBER_NOTIFICATION = "insert into notifications (provider, id, out_trade_no, kind, received_at) \
        values ($1, $2, $3, $4, $5) on conflict (provider, id) do nothing";
    INSERT_ENTRY = "insert into ledger (person_id, order_id, movement, account, amount, at) values ($1, $2, $3, $4, $5, $6)";
    INSERT_RECEIPT = "insert into receipts (person_id, number, order_id, issued_at, canonical, signature) \
        values ($1, $2, $3, $4, $5, $6)";
    FIND_RECEIPT = "select person_id, number, order_id, issued_at, canonical, signature from receipts \
        where person_id = $1 and number = $2";
    RECEIPT_OF_ORDER = "select person_id, number, order_id, issued_at, canonical, signature from receipts \
        where person_id = $1 and order_id = $2";
    RECEIPTS_OF = "select person_id, number, order_id, issued_at, canonical, signature from receipts \
        where person_id = $1 order by issued_at desc, number desc limit 200";
}

#[derive(Clone, Debug, FromRow)]
pub struct PaymentRow {
    pub person_id: String,
    pub order_id: String,
    pub provider: String,
    pub out_trade_no: String,
    pub transaction_id: Option<String>,
    pub amount: i64,
    pub state: String,
    pub url: String,
    pub opened_at: i64,
    pub captured_at: Option<i64>,
}

impl PaymentRow {
    pub fn order(&self) -> OrderKey {
        OrderKey { person_id: self.person_id.clone(), id: self.order_id.clone() }
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct RefundRow {
    pub person_id: String,
    pub order_id: String,
    pub out_trade_no: String,
    pub out_refund_no: String,
    pub amount: i64,
    pub state: String,
    pub reason: String,
    pub requested_at: i64,
    pub done_at: Option<i64>,
}

impl RefundRow {
    pub fn order(&self) -> OrderKey {
        OrderKey { person_id: self.person_id.clone(), id: self.order_id.clone() }
    }
}

#[derive(Clone, Debug, FromRow)]
pub struct ReceiptRow {
    pub person_id: String,
    pub number: String,
    pub order_id: String,
    pub issued_at: i64,
    pub canonical: String,
    pub signature: String,
}

pub async fn insert_payment(
    connection: &mut AnyConnection,
    order: &OrderKey,
    provider: &str,
    out_trade_no: &str,
    amount: i64,
    now: i64,
) -> sqlx::Result<()> {
    sqlx::query(INSERT_PAYMENT)
        .bind(&order.person_id)
        .bind(&order.id)
        .bind(provider)
        .bind(out_trade_no)
        .bind(amount)
        .bind(now)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn payment_opened(
    connection: &mut AnyConnection,
    out_trade_no: &str,
    url: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query(PAYMENT_OPENED).bind(out_trade_no).bind(url).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn payment_closed(connection: &mut AnyConnection, out_trade_no: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(PAYMENT_CLOSED).bind(out_trade_no).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Notes the capture; false when it was noted before.
pub async fn payment_captured(
    connection: &mut AnyConnection,
    out_trade_no: &str,
    transaction: &str,
    at: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(PAYMENT_CAPTURED)
        .bind(out_trade_no)
        .bind(transaction)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find_payment(
    connection: &mut AnyConnection,
    out_trade_no: &str,
) -> sqlx::Result<Option<PaymentRow>> {
    sqlx::query_as(FIND_PAYMENT).bind(out_trade_no).fetch_optional(connection).await
}

pub async fn payments_of_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as(PAYMENTS_OF_ORDER).bind(&order.person_id).bind(&order.id).fetch_all(connection).await
}

/// Payments without an outcome that were opened by then, the oldest first; 100 at most.
pub async fn open_payments(connection: &mut AnyConnection, opened_by: i64) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as(OPEN_PAYMENTS).bind(opened_by).fetch_all(connection).await
}

/// Asks for the refund of a payment; asking twice is asking once.
pub async fn insert_refund(connection: &mut AnyConnection, refund: &RefundRow) -> sqlx::Result<()> {
    sqlx::query(INSERT_REFUND)
        .bind(&refund.person_id)
        .bind(&refund.order_id)
        .bind(&refund.out_trade_no)
        .bind(&refund.out_refund_no)
        .bind(refund.amount)
        .bind(&refund.reason)
        .bind(refund.requested_at)
        .execute(connection)
        .await
        .map(drop)
}

/// Notes that the money is back; false when it was noted before.
pub async fn refund_done(connection: &mut AnyConnection, out_refund_no: &str, at: i64) -> sqlx::Result<bool> {
    let done = sqlx::query(REFUND_DONE).bind(out_refund_no).bind(at).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find_refund(
    connection: &mut AnyConnection,
    out_refund_no: &str,
) -> sqlx::Result<Option<RefundRow>> {
    sqlx::query_as(FIND_REFUND).bind(out_refund_no).fetch_optional(connection).await
}

pub async fn open_refunds(connection: &mut AnyConnection) -> sqlx::Result<Vec<RefundRow>> {
    sqlx::query_as(OPEN_REFUNDS).fetch_all(connection).await
}

pub async fn undone_refunds_of_order(connection: &mut AnyConnection, order: &OrderKey) -> sqlx::Result<i64> {
    sqlx::query_scalar(UNDONE_REFUNDS_OF_ORDER)
        .bind(&order.person_id)
        .bind(&order.id)
        .fetch_one(connection)
        .await
}

/// Remembers the notification by the provider's own number; false when it came before.
pub async fn remember_notification(
    connection: &mut AnyConnection,
    provider: &str,
    id: &str,
    out_trade_no: &str,
    kind: &str,
    now: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(REMEMBER_NOTIFICATION)
        .bind(provider)
        .bind(id)
        .bind(out_trade_no)
        .bind(kind)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Books one movement of the order's money from one account to another.
pub async fn book(
    connection: &mut AnyConnection,
    order: &OrderKey,
    movement: &str,
    (from, to): (&str, &str),
    amount: i64,
    now: i64,
) -> sqlx::Result<()> {
    for (account, amount) in [(from, -amount), (to, amount)] {
        sqlx::query(INSERT_ENTRY)
            .bind(&order.person_id)
            .bind(&order.id)
            .bind(movement)
            .bind(account)
            .bind(amount)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

pub async fn insert_receipt(connection: &mut AnyConnection, receipt: &ReceiptRow) -> sqlx::Result<()> {
    sqlx::query(INSERT_RECEIPT)
        .bind(&receipt.person_id)
        .bind(&receipt.number)
        .bind(&receipt.order_id)
        .bind(receipt.issued_at)
        .bind(&receipt.canonical)
        .bind(&receipt.signature)
        .execute(connection)
        .await
        .map(drop)
}

pub async fn find_receipt(
    connection: &mut AnyConnection,
    person: &str,
    number: &str,
) -> sqlx::Result<Option<ReceiptRow>> {
    sqlx::query_as(FIND_RECEIPT).bind(person).bind(number).fetch_optional(connection).await
}

pub async fn receipt_of_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Option<ReceiptRow>> {
    sqlx::query_as(RECEIPT_OF_ORDER).bind(&order.person_id).bind(&order.id).fetch_optional(connection).await
}

pub async fn receipts_of(connection: &mut AnyConnection, person: &str) -> sqlx::Result<Vec<ReceiptRow>> {
    sqlx::query_as(RECEIPTS_OF).bind(person).fetch_all(connection).await
}
