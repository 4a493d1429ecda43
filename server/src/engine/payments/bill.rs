//! Compares the provider's daily bill with our books: every payment and refund that one of both does not have, or has
//! with another amount, is a difference that an operator must see to.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike};
use rules::Moment;
use rules::calendar;
use sqlx::AnyConnection;

use crate::clock::Clock;
use crate::db::bills::{self, BillDay, BillRow, DifferenceRow, LineRow};
use crate::db::{Fault, Store};
use crate::gateways::payment::{Bill, BillKind, PaymentProvider};

/// The provider has the bill of a day from this hour of the next one.
const READY_AT: u32 = 10;
/// Days for which a missing bill is asked for again.
const MAX_DAYS: i64 = 30;

/// Everything that comparing needs.
#[derive(Clone, Copy)]
pub struct Books<'a> {
    pub store: &'a Store,
    pub provider: &'a dyn PaymentProvider,
    pub clock: &'a dyn Clock,
}

/// Days of the last month, from the first payment on, whose bill should be there and is not stored.
pub async fn days_due(books: Books<'_>) -> Result<Vec<NaiveDate>, Fault> {
    let provider = books.provider.name();
    let now = calendar::local(books.clock.now());
    let ready = if now.hour() < READY_AT { 2 } else { 1 };
    let (last, earliest) = (now.date() - TimeDelta::days(ready), now.date() - TimeDelta::days(MAX_DAYS));
    let mut connection = books.store.read().await?;
    let Some(first) = bills::first_capture(&mut connection, provider).await? else { return Ok(Vec::new()) };
    let first = calendar::local(*first).date().max(earliest);
    let from = first.to_string();
    let stored = bills::days_with_bill(&mut connection, BillDay { provider, day: &from }).await?;
    let stored: BTreeSet<String> = stored.into_iter().collect();
    let days = first.iter_days().take_while(|day| *day <= last);
    Ok(days.filter(|day| !stored.contains(&day.to_string())).collect())
}

/// Fetches the bill of the day and compares it; none while the provider has no bill. A stored bill is not fetched again.
pub async fn fetch(books: Books<'_>, day: NaiveDate) -> Result<Option<Vec<DifferenceRow>>, Fault> {
    let (provider, text) = (books.provider.name(), day.to_string());
    let stored = {
        let mut connection = books.store.read().await?;
        let of = BillDay { provider, day: &text };
        bills::days_with_bill(&mut connection, of).await?.first() == Some(&text)
    };
    if !stored {
        let bill = books.provider.bill(day).await;
        let bill = bill.map_err(|error| Fault::Internal(format!("the bill of {day}: {error}")))?;
        if bill.is_none() && expects_bill(books, day).await? {
            return Ok(None);
        }
        store(
            books,
            day,
            bill.unwrap_or(Bill { text: String::new(), hash: String::new(), lines: Vec::new() }),
        )
        .await?;
    }
    let differences = compare(books, day).await?;
    if !stored {
        report(&differences);
    }
    Ok(Some(differences))
}

fn report(differences: &[DifferenceRow]) {
    for row in differences {
        metrics::counter!("bill_differences_total", "difference" => row.difference.clone()).increment(1);
        let DifferenceRow { day, difference, kind, number, ours, theirs } = row;
        tracing::error!(%day, %difference, %kind, %number, ?ours, ?theirs, "the bill differs from our books");
    }
}

/// A day without any payment has no bill; a day with payments has one, which may come late by a day.
async fn expects_bill(books: Books<'_>, day: NaiveDate) -> Result<bool, Fault> {
    let today = calendar::local(books.clock.now()).date();
    if today - day > TimeDelta::days(1) {
        return Ok(false);
    }
    let mut connection = books.store.read().await?;
    let provider = books.provider.name();
    Ok(!bills::payments_not_in_bill(&mut connection, provider, span(day)).await?.is_empty())
}

async fn store(books: Books<'_>, day: NaiveDate, bill: Bill) -> Result<(), Fault> {
    let provider = books.provider.name();
    let lines: Vec<LineRow> = bill
        .lines
        .iter()
        .map(|line| LineRow { kind: kind(line.kind), number: line.number.clone(), amount: line.amount.fen() })
        .collect();
    let row = BillRow { fetched_at: books.clock.now().timestamp_millis(), hash: bill.hash, body: bill.text };
    let day = day.to_string();
    let stored = books.store.write((row, lines, day), move |connection, (row, lines, day)| {
        Box::pin(async move {
            bills::insert_bill(connection, BillDay { provider, day: &day }, &row, &lines).await?;
            Ok(())
        })
    });
    stored.await?;
    fail::fail_point!("bill.stored");
    Ok(())
}

fn kind(kind: BillKind) -> &'static str {
    match kind {
        BillKind::Payment => "payment",
        BillKind::Refund => "refund",
    }
}

fn begin(day: NaiveDate) -> i64 {
    let begin: Moment = calendar::moment(day.and_time(NaiveTime::MIN));
    begin.timestamp_millis()
}

/// From the day's begin to the next one's.
fn span(day: NaiveDate) -> (i64, i64) {
    (begin(day), begin(day + TimeDelta::days(1)))
}

/// Compares the stored bill with our books as they are now, and keeps the differences.
pub async fn compare(books: Books<'_>, day: NaiveDate) -> Result<Vec<DifferenceRow>, Fault> {
    let provider = books.provider.name();
    let compared = books.store.write((), move |connection, ()| {
        Box::pin(async move {
            let text = day.to_string();
            let of = BillDay { provider, day: &text };
            let differences = differences(connection, of, day).await?;
            bills::store_differences(connection, of, &differences).await?;
            Ok(bills::differences(connection, of).await?)
        })
    });
    compared.await
}

async fn differences(
    connection: &mut AnyConnection,
    of: BillDay<'_>,
    day: NaiveDate,
) -> Result<Vec<DifferenceRow>, Fault> {
    let row = |kind: &str, number: String, ours: Option<i64>, theirs: Option<i64>| {
        let difference = match (ours, theirs) {
            (None, _) => "missing-here",
            (_, None) => "missing-there",
            _ => "other-amount",
        };
        let (day, kind) = (of.day.to_owned(), kind.to_owned());
        DifferenceRow { day, difference: difference.into(), kind, number, ours, theirs }
    };
    let first = bills::first_bill(connection, of.provider).await?;
    let since = first.and_then(|first| first.parse().ok()).map_or(0, begin);
    let unlike = bills::unlike_bill(connection, of).await?;
    let unlike = unlike.into_iter().map(|line| row(&line.kind, line.number, line.ours, Some(line.theirs)));
    let payments = bills::payments_not_in_bill(connection, of.provider, span(day)).await?;
    let refunds = bills::refunds_not_in_bill(connection, of.provider, span(day), since).await?;
    let payments = payments.into_iter().map(|ours| row("payment", ours.number, Some(ours.ours), None));
    let refunds = refunds.into_iter().map(|ours| row("refund", ours.number, Some(ours.ours), None));
    Ok(unlike.chain(payments).chain(refunds).collect())
}
