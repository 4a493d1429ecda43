//! Refunds, and when the provider is asked about them. Each write is guarded by what it saw.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::orders::OrderKey;
use super::statements;

statements! {
    INSERT_REFUND = "insert into refunds (person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, \
        requested_at) values ($1, $2, $3, $4, $5, 'requested', $6, $7) on conflict (out_trade_no) do nothing";
    REFUND_DONE = "update refunds set state = 'done', done_at = $2 where out_refund_no = $1 and state <> 'done'";
    REFUND_ABNORMAL = "update refunds set state = 'abnormal' where out_refund_no = $1 and state = 'requested'";
    REFUND_RENUMBERED = "update refunds set out_refund_no = $2, state = 'requested', asks = 0, tries = tries + 1, \
        next_ask_at = $3 where out_refund_no = $1 and state <> 'done'";
    FIND_REFUND = "select person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at, done_at, \
        asks, tries, \
        (select p.transaction_id from payments p where p.out_trade_no = refunds.out_trade_no) as transaction_id \
        from refunds where out_refund_no = $1";
    REFUNDS_TO_ASK = "select person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at, done_at, \
        asks, tries, \
        (select p.transaction_id from payments p where p.out_trade_no = refunds.out_trade_no) as transaction_id \
        from refunds where state <> 'done' and next_ask_at <= $1 order by next_ask_at limit 100";
    CLAIM_ASKING = "update refunds set asks = asks + 1, next_ask_at = $3 \
        where out_refund_no = $1 and asks = $2 and state <> 'done'";
    REFUNDS_OF_ORDER = "select person_id, order_id, out_trade_no, out_refund_no, amount, state, reason, requested_at, \
        done_at, asks, tries, \
        (select p.transaction_id from payments p where p.out_trade_no = refunds.out_trade_no) as transaction_id \
        from refunds where person_id = $1 and order_id = $2 order by requested_at, out_trade_no";
    UNDONE_REFUNDS_OF_ORDER = "select count(*) from refunds where person_id = $1 and order_id = $2 and state <> 'done'";
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
    /// How often the provider was told or asked of it under this number.
    pub asks: i64,
    /// How many numbers it has had.
    pub tries: i64,
    /// The provider's number of the payment.
    pub transaction_id: Option<String>,
}

impl RefundRow {
    pub fn order(&self) -> OrderKey {
        OrderKey { person_id: self.person_id.clone(), id: self.order_id.clone() }
    }
}

pub async fn refunds_of_order(
    connection: &mut AnyConnection,
    order: &OrderKey,
) -> sqlx::Result<Vec<RefundRow>> {
    sqlx::query_as(REFUNDS_OF_ORDER).bind(&order.person_id).bind(&order.id).fetch_all(connection).await
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

/// Notes that the provider cannot give it back by itself; false when it was noted before.
pub async fn refund_abnormal(connection: &mut AnyConnection, out_refund_no: &str) -> sqlx::Result<bool> {
    let noted = sqlx::query(REFUND_ABNORMAL).bind(out_refund_no).execute(connection).await?;
    Ok(noted.rows_affected() == 1)
}

/// The provider closed the refund, and its number is spent: it is asked for under another one. False when it has
/// moved on since.
pub async fn refund_renumbered(
    connection: &mut AnyConnection,
    out_refund_no: &str,
    next: &str,
    next_ask_at: i64,
) -> sqlx::Result<bool> {
    let renumbered = sqlx::query(REFUND_RENUMBERED)
        .bind(out_refund_no)
        .bind(next)
        .bind(next_ask_at)
        .execute(connection)
        .await?;
    Ok(renumbered.rows_affected() == 1)
}

pub async fn find_refund(
    connection: &mut AnyConnection,
    out_refund_no: &str,
) -> sqlx::Result<Option<RefundRow>> {
    sqlx::query_as(FIND_REFUND).bind(out_refund_no).fetch_optional(connection).await
}

/// Refunds that are to be asked for or about by now, the longest due first; 100 at most.
pub async fn refunds_to_ask(connection: &mut AnyConnection, now: i64) -> sqlx::Result<Vec<RefundRow>> {
    sqlx::query_as(REFUNDS_TO_ASK).bind(now).fetch_all(connection).await
}

/// Asking is ours alone; false where somebody asked since.
pub async fn claim_asking(
    connection: &mut AnyConnection,
    refund: &RefundRow,
    next_ask_at: i64,
) -> sqlx::Result<bool> {
    let claimed = sqlx::query(CLAIM_ASKING)
        .bind(&refund.out_refund_no)
        .bind(refund.asks)
        .bind(next_ask_at)
        .execute(connection)
        .await?;
    Ok(claimed.rows_affected() == 1)
}

pub async fn undone_refunds_of_order(connection: &mut AnyConnection, order: &OrderKey) -> sqlx::Result<i64> {
    sqlx::query_scalar(UNDONE_REFUNDS_OF_ORDER)
        .bind(&order.person_id)
        .bind(&order.id)
        .fetch_one(connection)
        .await
}
