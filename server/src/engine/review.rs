//! An officer decides about a case. Each decision carries a reason, which the person reads.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::kernel::{CaseEvent, CaseState};
use rules::money::Fen;

use super::advance::{self, Cause};
use super::procedure::{Again, Tx};
use super::{holds, settle};
use crate::caller::Officer;
use crate::db::Fault;
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::state::State;

/// What the officer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    Approve,
    Decline,
}

/// What the case came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewed {
    /// The next step is the person's: the case has a price.
    Approved,
    Settled,
    Declined,
    /// It was approved, but a rule refuses it by now. The text's key says why.
    Refused(&'static str),
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Reviews the case. A reason is required; a case that is not under review is an error.
pub async fn review(
    state: &State,
    officer: &Officer,
    key: &CaseKey,
    finding: Finding,
    reason: &str,
) -> Result<Reviewed, Fault> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(invalid("reason", "error.review.no-reason").into());
    }
    if reason.chars().count() > LONGEST_REASON {
        let error = FieldError::new("reason", "error.review.long-reason").with("limit", LONGEST_REASON);
        return Err(ServiceError::Invalid(vec![error]).into());
    }
    let reviewing = (state.clone(), officer.clone(), key.clone(), reason.to_owned());
    let reviewed = state.store.write(reviewing, move |connection, (state, officer, key, reason)| {
        Box::pin(async move {
            let mut tx = Tx::new(connection, &state);
            review_once(&mut tx, &officer, &key, finding, &reason).await
        })
    });
    let reviewed = reviewed.await?;
    fail::fail_point!("case.reviewed");
    Ok(reviewed)
}

fn invalid(field: &'static str, text: &'static str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new(field, text)])
}

async fn review_once(
    tx: &mut Tx<'_>,
    officer: &Officer,
    key: &CaseKey,
    finding: Finding,
    reason: &str,
) -> Result<Reviewed, Fault> {
    cases::lock_person(tx.connection, &key.person_id).await?;
    cases::lock_case(tx.connection, key).await?;
    let case = advance::load(tx.connection, key).await?;
    if case.state != CaseState::UnderReview {
        return Err(invalid("", "error.review.decided-already").into());
    }
    let cause = Cause { reason: Some(reason), ..Cause::of(&officer.id) };
    match finding {
        Finding::Decline => {
            holds::give_back(tx, &case).await?;
            fail::fail_point!("case.review.given-back");
            advance::advance(tx, &case, CaseEvent::Decline, cause).await?;
            Ok(Reviewed::Declined)
        }
        Finding::Approve => {
            let approved = advance::advance(tx, &case, CaseEvent::Approve, cause).await?;
            fail::fail_point!("case.review.approved");
            carry_out(tx, &approved, officer).await
        }
    }
}

/// What costs nothing is decided again by the facts of now, and settled.
async fn carry_out(tx: &mut Tx<'_>, case: &CaseRow, officer: &Officer) -> Result<Reviewed, Fault> {
    if case.price > Fen::ZERO {
        return Ok(Reviewed::Approved);
    }
    match tx.procedure(case)?.decide_again(tx, case).await? {
        Again::Settles(decision) => {
            settle::settle(tx, case, None, &officer.id, &decision).await?;
            Ok(Reviewed::Settled)
        }
        Again::GoesBack { reason, decision } => {
            holds::give_back(tx, case).await?;
            cases::say_reason(tx.connection, &case.case_key(), reason).await?;
            let cause = Cause::deciding(&officer.id, decision.as_ref());
            advance::advance(tx, case, CaseEvent::Decline, cause).await?;
            Ok(Reviewed::Refused(reason))
        }
    }
}
