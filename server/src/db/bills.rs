//! The provider's daily bills, their lines, and their differences from our books.

use sqlx::AnyConnection;
use sqlx::FromRow;

use super::column::Timestamp;
use super::queries;

/// A day of one provider.
#[derive(Clone, Copy, Debug)]
pub struct BillDay<'a> {
    pub provider: &'a str,
    /// ISO date.
    pub day: &'a str,
}

#[derive(Clone, Debug)]
pub struct BillRow {
    pub fetched_at: i64,
    pub hash: String,
    pub body: String,
}

#[derive(Clone, Debug)]
pub struct LineRow {
    pub kind: &'static str,
    pub number: String,
    pub amount: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DifferenceRow {
    pub day: String,
    pub difference: String,
    pub kind: String,
    pub number: String,
    pub ours: Option<i64>,
    pub theirs: Option<i64>,
}

/// A line of the bill that is not in our books with this amount.
#[derive(Clone, Debug, FromRow)]
pub struct UnlikeRow {
    pub kind: String,
    pub number: String,
    pub ours: Option<i64>,
    pub theirs: i64,
}

/// A movement of our books that is in no bill.
#[derive(Clone, Debug, FromRow)]
pub struct OursRow {
    pub number: String,
    pub ours: i64,
}

queries! {
    statements {
        INSERT_BILL = "insert into bills (provider, day, fetched_at, hash, body) values ($1, $2, $3, $4, $5) \
            on conflict (provider, day) do nothing";
        INSERT_LINE = "insert into bill_lines (provider, kind, number, day, amount) values ($1, $2, $3, $4, $5) \
            on conflict (provider, kind, number, day) do nothing";
        PAYMENTS_UNLIKE_BILL = "select l.kind, l.number, coalesce(p.captured_amount, p.amount) as ours, l.amount as theirs \
            from bill_lines l left join payments p on p.provider = l.provider and p.out_trade_no = l.number \
                and p.state in ('captured', 'other-amount') \
            where l.provider = $1 and l.day = $2 and l.kind = 'payment' \
            and (p.out_trade_no is null or coalesce(p.captured_amount, p.amount) <> l.amount) order by l.number";
        REFUNDS_UNLIKE_BILL = "select l.kind, l.number, r.amount as ours, l.amount as theirs \
            from bill_lines l left join refunds r on r.out_refund_no = l.number \
            where l.provider = $1 and l.day = $2 and l.kind = 'refund' \
            and (r.out_refund_no is null or r.amount <> l.amount) order by l.number";
        PAYMENTS_NOT_IN_BILL = "select p.out_trade_no as number, coalesce(p.captured_amount, p.amount) as ours from payments p \
            where p.provider = $1 and p.captured_at >= $2 and p.captured_at < $3 and not exists ( \
                select 1 from bill_lines l where l.provider = p.provider and l.kind = 'payment' and l.number = p.out_trade_no) \
            order by p.out_trade_no";
        // A refund is in the bill of the day on which it was asked for, its end may be in the next.
        REFUNDS_NOT_IN_BILL = "select r.out_refund_no as number, r.amount as ours from refunds r \
            join payments p on p.out_trade_no = r.out_trade_no \
            where p.provider = $1 and r.done_at >= $2 and r.done_at < $3 and r.requested_at >= $4 and not exists ( \
                select 1 from bill_lines l where l.provider = p.provider and l.kind = 'refund' and l.number = r.out_refund_no) \
            order by r.out_refund_no";
        FORGET_DIFFERENCES = "delete from bill_differences where provider = $1 and day = $2";
        INSERT_DIFFERENCE = "insert into bill_differences (provider, day, difference, kind, number, ours, theirs) \
            values ($1, $2, $3, $4, $5, $6, $7)";
    }

    /// The days from this one on that have a bill.
    pub fn days_with_bill(from: BillDay<'_>)[from.provider, from.day] -> values String =
        "select day from bills where provider = $1 and day >= $2 order by day";

    pub fn first_bill(provider: &str) -> scalar Option<String> =
        "select min(day) from bills where provider = $1";

    /// When the provider first had money of ours.
    pub fn first_capture(provider: &str) -> scalar Option<Timestamp> =
        "select min(captured_at) from payments where provider = $1";

    /// The stored differences of the day.
    pub fn differences(of: BillDay<'_>)[of.provider, of.day] -> all DifferenceRow =
        "select day, difference, kind, number, ours, theirs from bill_differences where provider = $1 \
        and day = $2 order by difference, kind, number";
}

/// Stores the bill with its lines; false when the day had one.
pub async fn insert_bill(
    connection: &mut AnyConnection,
    of: BillDay<'_>,
    bill: &BillRow,
    lines: &[LineRow],
) -> sqlx::Result<bool> {
    let query = sqlx::query(INSERT_BILL).bind(of.provider).bind(of.day).bind(bill.fetched_at);
    let stored = query.bind(&bill.hash).bind(&bill.body).execute(&mut *connection).await?;
    if stored.rows_affected() == 0 {
        return Ok(false);
    }
    for line in lines {
        let query = sqlx::query(INSERT_LINE).bind(of.provider).bind(line.kind).bind(&line.number);
        query.bind(of.day).bind(line.amount).execute(&mut *connection).await?;
    }
    Ok(true)
}

/// Lines of the day's bill that our books do not have, or have with another amount.
pub async fn unlike_bill(connection: &mut AnyConnection, of: BillDay<'_>) -> sqlx::Result<Vec<UnlikeRow>> {
    let mut all = Vec::new();
    for statement in [PAYMENTS_UNLIKE_BILL, REFUNDS_UNLIKE_BILL] {
        let query = sqlx::query_as(statement).bind(of.provider).bind(of.day);
        all.extend(query.fetch_all(&mut *connection).await?);
    }
    Ok(all)
}

/// Payments captured within the time that are in no bill.
pub async fn payments_not_in_bill(
    connection: &mut AnyConnection,
    provider: &str,
    (from, until): (i64, i64),
) -> sqlx::Result<Vec<OursRow>> {
    let query = sqlx::query_as(PAYMENTS_NOT_IN_BILL).bind(provider).bind(from).bind(until);
    query.fetch_all(connection).await
}

/// Refunds done within the time, and asked for since the first bill, that are in no bill.
pub async fn refunds_not_in_bill(
    connection: &mut AnyConnection,
    provider: &str,
    (from, until): (i64, i64),
    since: i64,
) -> sqlx::Result<Vec<OursRow>> {
    let query = sqlx::query_as(REFUNDS_NOT_IN_BILL).bind(provider).bind(from).bind(until).bind(since);
    query.fetch_all(connection).await
}

/// Replaces the differences of the day.
pub async fn store_differences(
    connection: &mut AnyConnection,
    of: BillDay<'_>,
    differences: &[DifferenceRow],
) -> sqlx::Result<()> {
    sqlx::query(FORGET_DIFFERENCES).bind(of.provider).bind(of.day).execute(&mut *connection).await?;
    for row in differences {
        let query = sqlx::query(INSERT_DIFFERENCE).bind(of.provider).bind(of.day).bind(&row.difference);
        let query = query.bind(&row.kind).bind(&row.number).bind(row.ours).bind(row.theirs);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
