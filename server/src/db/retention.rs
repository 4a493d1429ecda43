//! Forgets what has had its time and has no store module of its own.

use sqlx::AnyConnection;

use super::orders::OrderKey;
use super::queries;

queries! {
    statements {
        ENDED_WITHOUT_MONEY = "select person_id, id from orders o where state in ('lapsed', 'cancelled') and pays_until < $1 \
            and not exists (select 1 from payments p where p.person_id = o.person_id and p.order_id = o.id and p.state <> 'closed') \
            and not exists (select 1 from refunds r where r.person_id = o.person_id and r.order_id = o.id) \
            and not exists (select 1 from ledger l where l.person_id = o.person_id and l.order_id = o.id) \
            order by pays_until limit $2";
        DELETE_RECORDS = "delete from order_records where person_id = $1 and order_id = $2";
        DELETE_EVENTS = "delete from order_events where person_id = $1 and order_id = $2";
        DELETE_PAYMENTS = "delete from payments where person_id = $1 and order_id = $2";
        DELETE_ORDER = "delete from orders where person_id = $1 and id = $2";
    }

    /// Forgets the provider's notices that came before then.
    pub fn purge_notifications(before: i64) -> run =
        "delete from notifications where received_at < $1";
}

/// Forgets orders that ended unpaid before then, the oldest first and so many at most; says how many there were.
pub async fn purge_unpaid_orders(
    connection: &mut AnyConnection,
    before: i64,
    limit: i64,
) -> sqlx::Result<usize> {
    let ended: Vec<OrderKey> =
        sqlx::query_as(ENDED_WITHOUT_MONEY).bind(before).bind(limit).fetch_all(&mut *connection).await?;
    for order in &ended {
        for statement in [DELETE_RECORDS, DELETE_EVENTS, DELETE_PAYMENTS, DELETE_ORDER] {
            sqlx::query(statement).bind(&order.person_id).bind(&order.id).execute(&mut *connection).await?;
        }
    }
    Ok(ended.len())
}
