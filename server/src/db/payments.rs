//! Payments, what the provider told us, and the double-entry ledger. Each write is guarded by what it saw.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::orders::OrderKey;
use super::statements;

statements! {
    INSERT_PAYMENT = "insert into payments (person_id, order_id, provider, out_trade_no, amount, state, url, opened_at, \
        next_ask_at, expires_at) values ($1, $2, $3, $4, $5, 'opening', '', $6, $7, $8)";
    PAYMENT_OPENED = "update payments set state = 'open', url = $2 where out_trade_no = $1 and state = 'opening'";
    PAYMENT_CLOSED = "update payments set state = 'closed' where out_trade_no = $1 and state in ('opening', 'open')";
    PAYMENT_CAPTURED = "update payments set state = $2, transaction_id = $3, captured_at = $4, captured_amount = $5 \
        where out_trade_no = $1 and state not in ('captured', 'other-amount')";
    FIND_PAYMENT = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at, asked_at, asks, expires_at from payments where out_trade_no = $1";
    PAYMENTS_OF_ORDER = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at, asked_at, asks, expires_at from payments where person_id = $1 and order_id = $2 order by opened_at, out_trade_no";
    SETTLED_PAYMENT = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at, asked_at, asks, expires_at from payments where person_id = $1 and order_id = $2 and state = 'captured' \
        and not exists (select 1 from refunds r where r.out_trade_no = payments.out_trade_no)";
    SETTLED_PAYMENTS_OF = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at, asked_at, asks, expires_at from payments where person_id = $1 and state = 'captured' \
        and not exists (select 1 from refunds r where r.out_trade_no = payments.out_trade_no)";
    PAYMENTS_TO_ASK = "select person_id, order_id, provider, out_trade_no, transaction_id, amount, state, url, opened_at, \
        captured_at, asked_at, asks, expires_at from payments where state in ('opening', 'open') and next_ask_at <= $1 \
        order by next_ask_at limit 100";
    CLAIM_ASKING = "update payments set asked_at = $2, next_ask_at = $3, asks = asks + 1 \
        where out_trade_no = $1 and state in ('opening', 'open') and asked_at <= $4";
    ASK_SOON = "update payments set next_ask_at = $3, asks = 0 \
        where person_id = $1 and order_id = $2 and state in ('opening', 'open')";
    REMEMBER_NONCE = "insert into notification_nonces (provider, nonce, received_at) values ($1, $2, $3) \
        on conflict (provider, nonce) do nothing";
    FORGET_NONCE = "delete from notification_nonces where provider = $1 and nonce = $2";
    PURGE_NONCES = "delete from notification_nonces where received_at < $1";
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
    /// When the provider was asked about it last; 0 before that.
    pub asked_at: i64,
    pub asks: i64,
    /// Until when the provider takes the money.
    pub expires_at: i64,
}

impl PaymentRow {
    /// Whether it has no outcome yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "opening" | "open")
    }

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

/// A payment before the provider knows of it.
pub struct NewPayment<'a> {
    pub order: &'a OrderKey,
    pub provider: &'a str,
    pub out_trade_no: &'a str,
    pub amount: i64,
    pub opened_at: i64,
    pub next_ask_at: i64,
    pub expires_at: i64,
}

pub async fn insert_payment(connection: &mut AnyConnection, payment: &NewPayment<'_>) -> sqlx::Result<()> {
    sqlx::query(INSERT_PAYMENT)
        .bind(&payment.order.person_id)
        .bind(&payment.order.id)
        .bind(payment.provider)
        .bind(payment.out_trade_no)
        .bind(payment.amount)
        .bind(payment.opened_at)
        .bind(payment.next_ask_at)
        .bind(payment.expires_at)
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

/// Money that the provider has.
pub struct Capture<'a> {
    /// `captured`, or `other-amount` where it is not the amount of the payment.
    pub state: &'a str,
    pub transaction_id: &'a str,
    pub at: i64,
    pub amount: i64,
}

/// Notes the capture; false when it was noted before.
pub async fn payment_captured(
    connection: &mut AnyConnection,
    out_trade_no: &str,
    capture: &Capture<'_>,
) -> sqlx::Result<bool> {
    let done = sqlx::query(PAYMENT_CAPTURED)
        .bind(out_trade_no)
        .bind(capture.state)
        .bind(capture.transaction_id)
        .bind(capture.at)
        .bind(capture.amount)
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

/// The payment that stays, of all that were captured for the order.
pub async fn settled_payment(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Option<PaymentRow>> {
    sqlx::query_as(SETTLED_PAYMENT).bind(&order.person_id).bind(&order.id).fetch_optional(connection).await
}

/// Payments without an outcome that the provider is to be asked about by now, the longest due first; 100 at most.
pub async fn payments_to_ask(connection: &mut AnyConnection, now: i64) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as(PAYMENTS_TO_ASK).bind(now).fetch_all(connection).await
}

/// Asking about the payment is ours alone; false where somebody asked after that moment, or nothing is open any more.
pub async fn claim_asking(
    connection: &mut AnyConnection,
    out_trade_no: &str,
    now: i64,
    next_ask_at: i64,
    asked_by: i64,
) -> sqlx::Result<bool> {
    let claimed = sqlx::query(CLAIM_ASKING)
        .bind(out_trade_no)
        .bind(now)
        .bind(next_ask_at)
        .bind(asked_by)
        .execute(connection)
        .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Something happened to the order: its open payments are asked about at once.
pub async fn ask_soon(connection: &mut AnyConnection, order: &OrderKey, now: i64) -> sqlx::Result<()> {
    sqlx::query(ASK_SOON).bind(&order.person_id).bind(&order.id).bind(now).execute(connection).await.map(drop)
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

/// Remembers the nonce of a notification; false when it came before.
pub async fn remember_nonce(
    connection: &mut AnyConnection,
    provider: &str,
    nonce: &str,
    now: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(REMEMBER_NONCE).bind(provider).bind(nonce).bind(now).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// The notification could not be noted: the same delivery may come again.
pub async fn forget_nonce(connection: &mut AnyConnection, provider: &str, nonce: &str) -> sqlx::Result<()> {
    sqlx::query(FORGET_NONCE).bind(provider).bind(nonce).execute(connection).await.map(drop)
}

/// Forgets nonces from before that moment.
pub async fn purge_nonces(connection: &mut AnyConnection, before: i64) -> sqlx::Result<()> {
    sqlx::query(PURGE_NONCES).bind(before).execute(connection).await.map(drop)
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

/// The payments that settled the person's orders.
pub async fn settled_payments_of(
    connection: &mut AnyConnection,
    person: &str,
) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as(SETTLED_PAYMENTS_OF).bind(person).fetch_all(connection).await
}
