//! Checks the invariants of money and records on a live database.

use std::process::ExitCode;

use rules::kernel::Verdict;
use rules::rulebook::Rulebook;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::config::DatabaseSettings;
use crate::db::order_events::DecidedRow;
use crate::db::orders::OrderKey;
use crate::db::{Fault, Store, order_events, orders};
use crate::services::orders::selection::Decided;

/// What no row may contradict: each statement finds the rows that do.
pub const STATEMENTS: &[(&str, &str)] = &[
    (
        "SETTLED_WITHOUT_ONE_CAPTURE",
        "select o.number from orders o where o.state = 'settled' and case when o.fine = 0 then 0 else 1 end <> ( \
        select count(*) from payments p where p.person_id = o.person_id and p.order_id = o.id \
            and p.state = 'captured' and p.amount = o.fine \
            and not exists (select 1 from refunds r where r.out_trade_no = p.out_trade_no))",
    ),
    (
        "SETTLED_RECORD_UNPROCESSED",
        "select o.number from orders o \
        join order_records r on r.person_id = o.person_id and r.order_id = o.id \
        join camera_records c on c.vehicle_id = r.vehicle_id and c.id = r.record_id \
        where o.state = 'settled' and (c.state <> 'processed' or c.held_order <> o.id or r.held <> 1 or r.decision is null)",
    ),
    (
        "CAPTURED_WITHOUT_END",
        "select p.out_trade_no from payments p \
        join orders o on o.person_id = p.person_id and o.id = p.order_id \
        where p.state = 'captured' and o.state <> 'settled' \
            and not exists (select 1 from refunds r where r.out_trade_no = p.out_trade_no)",
    ),
    (
        "OTHER_AMOUNT_WITHOUT_REFUND",
        "select p.out_trade_no from payments p where p.state = 'other-amount' and not exists ( \
        select 1 from refunds r where r.out_trade_no = p.out_trade_no and r.amount = p.captured_amount)",
    ),
    (
        "ORDER_UNLIKE_ITS_RECORDS",
        "select o.number from orders o where o.fine <> ( \
        select coalesce(sum(r.fine), 0) from order_records r where r.person_id = o.person_id and r.order_id = o.id) \
            or o.points <> ( \
        select coalesce(sum(r.points), 0) from order_records r where r.person_id = o.person_id and r.order_id = o.id)",
    ),
    (
        "REFUNDING_WITHOUT_REFUND",
        "select o.number from orders o where o.state in ('refunding', 'refunded') and not exists ( \
        select 1 from refunds r where r.person_id = o.person_id and r.order_id = o.id)",
    ),
    (
        "HELD_WITHOUT_ORDER",
        "select c.id from camera_records c where c.state = 'held' and not exists ( \
        select 1 from orders o where o.person_id = c.held_person and o.id = c.held_order \
            and o.state in ('placed', 'paying', 'paid'))",
    ),
    (
        "OPEN_WITHOUT_RECORDS",
        "select o.number from orders o \
        join order_records r on r.person_id = o.person_id and r.order_id = o.id \
        join camera_records c on c.vehicle_id = r.vehicle_id and c.id = r.record_id \
        where o.state in ('placed', 'paying', 'paid') and (c.state <> 'held' or c.held_order <> o.id or r.held <> 1)",
    ),
    (
        "ENDED_STILL_HOLDING",
        "select o.number from orders o \
        join order_records r on r.person_id = o.person_id and r.order_id = o.id \
        where o.state in ('lapsed', 'cancelled', 'refunding', 'refunded') and r.held <> 0",
    ),
    (
        "LEDGER_UNBALANCED",
        "select movement from ledger group by person_id, order_id, movement having sum(amount) <> 0",
    ),
    (
        "MONEY_IN_SUSPENSE",
        "select o.number from orders o where ( \
        select coalesce(sum(l.amount), 0) from ledger l where l.person_id = o.person_id and l.order_id = o.id \
            and l.account = 'suspense') <> ( \
        select coalesce(sum(r.amount), 0) from refunds r where r.person_id = o.person_id and r.order_id = o.id \
            and r.state <> 'done')",
    ),
    (
        "RECEIPT_WITHOUT_SETTLEMENT",
        "select o.number from orders o where \
        (select count(*) from receipts r where r.person_id = o.person_id and r.order_id = o.id) \
            <> case when o.state = 'settled' then 1 else 0 end",
    ),
];

/// Every broken promise, as `NAME: what`. Empty is good.
pub async fn broken(store: &Store) -> Result<Vec<String>, Fault> {
    let mut connection = store.snapshot().await?;
    let mut broken = Vec::new();
    for (name, statement) in STATEMENTS {
        for row in sqlx::query(*statement).fetch_all(&mut *connection).await? {
            broken.push(format!("{name}: {}", row.try_get::<String, _>(0)?));
        }
    }
    broken.extend(changed_decisions(&mut connection).await?);
    Ok(broken)
}

/// Every stored decision, judged again under its own rulebook.
async fn changed_decisions(connection: &mut AnyConnection) -> Result<Vec<String>, Fault> {
    let mut changed = Vec::new();
    for row in order_events::decided_events(connection).await? {
        let place = format!("order_events:{}/{}:verdict", row.order_id, row.seq);
        let damaged = |error: serde_json::Error| Fault::corrupt(&place, error);
        let name = format!("order {} event {}", row.order_id, row.seq);
        let Some(body) = order_events::find_rulebook(connection, &row.rulebook).await? else {
            changed.push(format!("RULEBOOK_LOST: {name}"));
            continue;
        };
        let rulebook: Rulebook = serde_json::from_str(&body).map_err(damaged)?;
        let verdicts: Vec<Verdict> = serde_json::from_str(&row.verdict).map_err(damaged)?;
        let decided = Decided { cases: serde_json::from_str(&row.facts).map_err(damaged)?, verdicts };
        if decided.replay(&rulebook) != decided.verdicts {
            changed.push(format!("DECISION_CHANGED: {name}"));
        }
        if row.event == "settle" && !fits(connection, &row, &decided).await? {
            changed.push(format!("SETTLED_AT_OTHER_AMOUNT: {name}"));
        }
    }
    Ok(changed)
}

/// The order's records have the fines and points that the settling decision saw.
async fn fits(connection: &mut AnyConnection, row: &DecidedRow, decided: &Decided) -> Result<bool, Fault> {
    let key = OrderKey { person_id: row.person_id.clone(), id: row.order_id.clone() };
    let accepted = orders::records_of_order(connection, &key).await?;
    let accepted = accepted.iter().map(|record| (record.fine, record.points));
    let seen = decided.cases.iter().map(|case| (case.record.fine, case.record.points));
    Ok(accepted.eq(seen))
}

pub async fn run(settings: DatabaseSettings) -> ExitCode {
    let checked = async { broken(&Store::open(&settings.database_url).await?).await };
    match checked.await {
        Ok(broken) if broken.is_empty() => {
            tracing::info!("every invariant holds");
            ExitCode::SUCCESS
        }
        Ok(broken) => {
            broken.iter().for_each(|line| tracing::error!("{line}"));
            ExitCode::from(2)
        }
        Err(fault) => {
            tracing::error!("{fault}");
            ExitCode::FAILURE
        }
    }
}
