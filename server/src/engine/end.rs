//! Ends cases before they are paid or settled, and gives back what they hold.

use rules::kernel::{CaseEvent, CaseState};

use super::advance::{self, Cause};
use super::holds;
use super::procedure::Tx;
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::payments::PaymentRow;
use crate::db::{Fault, payments};
use crate::state::State;

/// Cancels the case; one that is past cancelling stays as it is, and its page shows what it is.
pub async fn cancel(state: &State, key: &CaseKey, actor: &str) -> Result<(), Fault> {
    end(state, key, CaseEvent::Cancel, actor, None).await.map(drop)
}

/// Lapses the case if its deadline is over and it is still open. True when it lapsed now.
pub async fn lapse(state: &State, key: &CaseKey) -> Result<bool, Fault> {
    end(state, key, CaseEvent::Lapse, "clock", None).await
}

/// Ends a case that somebody else made pointless. A payment on its way comes back for the reason, a text's key.
pub async fn overtaken(
    state: &State,
    key: &CaseKey,
    actor: &str,
    reason: &'static str,
) -> Result<bool, Fault> {
    end(state, key, CaseEvent::Cancel, actor, Some(reason)).await
}

async fn end(
    state: &State,
    key: &CaseKey,
    event: CaseEvent,
    actor: &str,
    reason: Option<&'static str>,
) -> Result<bool, Fault> {
    let ending = (state.clone(), key.clone(), actor.to_owned());
    let ended = state.store.write(ending, move |connection, (state, key, actor)| {
        Box::pin(async move {
            let mut tx = Tx::new(connection, &state);
            end_once(&mut tx, &key, event, &actor, reason).await
        })
    });
    let ended = ended.await?;
    fail::fail_point!("case.ended");
    Ok(ended)
}

async fn end_once(
    tx: &mut Tx<'_>,
    key: &CaseKey,
    event: CaseEvent,
    actor: &str,
    reason: Option<&str>,
) -> Result<bool, Fault> {
    cases::lock_case(tx.connection, key).await?;
    let case = advance::load(tx.connection, key).await?;
    if !may_end(tx, &case, event)? {
        return Ok(false);
    }
    holds::give_back(tx, &case).await?;
    if let Some(reason) = reason {
        cases::say_reason(tx.connection, key, reason).await?;
    }
    // The sooner its payment is closed, the less money comes that has to go back.
    payments::ask_soon(tx.connection, key, tx.now).await?;
    fail::fail_point!("case.end.given-back");
    advance::advance(tx, &case, event, Cause::of(actor)).await?;
    Ok(true)
}

/// A payment of the case came to nothing: it can be paid anew, unless another payment of it is open.
pub(super) async fn await_payment_again(tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault> {
    let payments = payments::payments_of_case(tx.connection, &case.case_key()).await?;
    if case.state == CaseState::Paying && !payments.iter().any(PaymentRow::is_open) {
        advance::advance(tx, case, CaseEvent::PaymentFailed, Cause::of("provider")).await?;
    }
    Ok(())
}

fn may_end(tx: &Tx<'_>, case: &CaseRow, event: CaseEvent) -> Result<bool, Fault> {
    let early = event == CaseEvent::Lapse && case.deadline_at.is_none_or(|deadline| tx.now < *deadline);
    Ok(!early && tx.procedure(case)?.machine().next(case.state, event).is_ok())
}
