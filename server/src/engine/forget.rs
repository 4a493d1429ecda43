//! Forgets cases that ended without money and had their time.

use rules::Moment;

use super::procedure::Tx;
use crate::db::cases::CaseRow;
use crate::db::{Fault, retention};
use crate::state::State;

/// Forgets the cases that ended without money before then, the oldest first and so many at most; says how many.
pub async fn ended_without_money(state: &State, before: Moment, limit: u32) -> Result<usize, Fault> {
    let forgotten = state.store.write(state.clone(), move |connection, state| {
        Box::pin(async move {
            let mut tx = Tx::new(connection, &state);
            let ended = retention::ended_without_money(tx.connection, before, limit.into()).await?;
            for case in &ended {
                forget(&mut tx, case).await?;
            }
            Ok(ended.len())
        })
    });
    forgotten.await
}

async fn forget(tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault> {
    let key = case.case_key();
    tx.procedure(case)?.forget(tx, &key).await?;
    retention::forget_holds(tx.connection, &key).await?;
    retention::forget_events(tx.connection, &key).await?;
    retention::forget_payments(tx.connection, &key).await?;
    Ok(retention::forget_case(tx.connection, &key).await?)
}
