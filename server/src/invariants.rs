//! Checks on a live database what no row may contradict, and judges every stored decision again.

use std::process::ExitCode;

use rules::kernel::Verdict;
use rules::rulebook::Rulebook;
use sqlx::AnyConnection;
use sqlx::Row;

use crate::config::DatabaseSettings;
use crate::db::case_events::DecidedRow;
use crate::db::cases::CaseKey;
use crate::db::{Fault, Store, case_events, cases};
use crate::engine::{Procedure, Procedures};
use crate::services;

/// What no row of any kind of case may contradict: each statement finds the rows that do.
pub const STATEMENTS: &[(&str, &str)] = &[
    (
        "SETTLED_WITHOUT_ONE_CAPTURE",
        "select c.number from cases c where c.state = 'settled' and case when c.price = 0 then 0 else 1 end <> ( \
        select count(*) from payments p where p.person_id = c.person_id and p.case_id = c.id \
            and p.state = 'captured' and p.amount = c.price \
            and not exists (select 1 from refunds r where r.out_trade_no = p.out_trade_no))",
    ),
    (
        "CAPTURED_WITHOUT_END",
        "select p.out_trade_no from payments p \
        join cases c on c.person_id = p.person_id and c.id = p.case_id \
        where p.state = 'captured' and c.state <> 'settled' \
            and not exists (select 1 from refunds r where r.out_trade_no = p.out_trade_no)",
    ),
    (
        "OTHER_AMOUNT_WITHOUT_REFUND",
        "select p.out_trade_no from payments p where p.state = 'other-amount' and not exists ( \
        select 1 from refunds r where r.out_trade_no = p.out_trade_no and r.amount = p.captured_amount)",
    ),
    (
        "REFUNDING_WITHOUT_REFUND",
        "select c.number from cases c where c.state in ('refunding', 'refunded') and not exists ( \
        select 1 from refunds r where r.person_id = c.person_id and r.case_id = c.id)",
    ),
    (
        "ENDED_STILL_HOLDING",
        "select c.number from cases c join holds h on h.person_id = c.person_id and h.case_id = c.id \
        where c.state in ('declined', 'lapsed', 'cancelled', 'refunding', 'refunded') and h.held <> 0",
    ),
    (
        "OPEN_WITHOUT_ITS_HOLDS",
        "select c.number from cases c join holds h on h.person_id = c.person_id and h.case_id = c.id \
        where c.state in ('under-review', 'placed', 'paying', 'paid', 'settled') and h.held <> 1",
    ),
    (
        "CASE_UNLIKE_ITS_LAST_EVENT",
        "select c.number from cases c where c.state <> ( \
        select e.state from case_events e where e.person_id = c.person_id and e.case_id = c.id \
            order by e.seq desc limit 1)",
    ),
    (
        "LEDGER_UNBALANCED",
        "select movement from ledger group by person_id, case_id, movement having sum(amount) <> 0",
    ),
    (
        "MONEY_IN_SUSPENSE",
        "select c.number from cases c where ( \
        select coalesce(sum(l.amount), 0) from ledger l where l.person_id = c.person_id and l.case_id = c.id \
            and l.account = 'suspense') <> ( \
        select coalesce(sum(r.amount), 0) from refunds r where r.person_id = c.person_id and r.case_id = c.id \
            and r.state <> 'done')",
    ),
];

/// Every broken promise, as `NAME: what`. Empty is good.
pub async fn broken(store: &Store, procedures: &Procedures) -> Result<Vec<String>, Fault> {
    let mut connection = store.snapshot().await?;
    let mut broken = Vec::new();
    let own = procedures.iter().flat_map(Procedure::invariants);
    for (name, statement) in STATEMENTS.iter().chain(own) {
        for row in sqlx::query(*statement).fetch_all(&mut *connection).await? {
            broken.push(format!("{name}: {}", row.try_get::<String, _>(0)?));
        }
    }
    for procedure in procedures.iter() {
        for case in cases::all_of_kind(&mut connection, procedure.kind()).await? {
            if let Err(fault) = procedure.check_body(&case) {
                broken.push(format!("BODY_UNREADABLE: {fault}"));
            }
        }
    }
    broken.extend(changed_decisions(&mut connection, procedures).await?);
    Ok(broken)
}

/// Every stored decision, judged again under its own rulebook.
async fn changed_decisions(
    connection: &mut AnyConnection,
    procedures: &Procedures,
) -> Result<Vec<String>, Fault> {
    let mut changed = Vec::new();
    for row in case_events::decided_events(connection).await? {
        let place = format!("case_events:{}/{}:verdict", row.case_id, row.seq);
        let damaged = |error: serde_json::Error| Fault::corrupt(&place, error);
        let name = format!("case {} event {}", row.case_id, row.seq);
        let Some(procedure) = procedures.find(&row.kind) else {
            changed.push(format!("KIND_UNKNOWN: {name} is of a {}", row.kind));
            continue;
        };
        let Some(body) = case_events::find_rulebook(connection, &row.rulebook).await? else {
            changed.push(format!("RULEBOOK_LOST: {name}"));
            continue;
        };
        let rulebook: Rulebook = serde_json::from_str(&body).map_err(damaged)?;
        let verdicts: Vec<Verdict> = serde_json::from_str(&row.verdict).map_err(damaged)?;
        if procedure.replay(&row.facts, &rulebook).map_err(damaged)? != verdicts {
            changed.push(format!("DECISION_CHANGED: {name}"));
        }
        if row.event == "settle" && !fits(connection, procedure, &row).await? {
            changed.push(format!("SETTLED_UNLIKE_ITS_DECISION: {name}"));
        }
    }
    Ok(changed)
}

async fn fits(
    connection: &mut AnyConnection,
    procedure: &dyn Procedure,
    row: &DecidedRow,
) -> Result<bool, Fault> {
    let key = CaseKey { person_id: row.person_id.clone(), id: row.case_id.clone() };
    procedure.fits(connection, &key, &row.facts).await
}

pub async fn run(settings: DatabaseSettings) -> ExitCode {
    let checked =
        async { broken(&Store::open(&settings.database_url).await?, &services::procedures()).await };
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
