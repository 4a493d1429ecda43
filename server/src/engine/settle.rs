//! Settles a case within the transaction that knows that nothing is owed any more.

use rules::kernel::CaseEvent;

use super::advance::{self, Cause};
use super::payments::account;
use super::procedure::{Decision, Tx};
use crate::db::Fault;
use crate::db::cases::CaseRow;
use crate::db::payments::{self, PaymentRow};

/// Settles the case with the payment that was captured for it; none where its price is nothing.
pub async fn settle(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    payment: Option<&PaymentRow>,
    actor: &str,
    decision: &Decision,
) -> Result<(), Fault> {
    tx.procedure(case)?.settle(tx, case).await?;
    fail::fail_point!("case.settle.carried-out");
    if let Some(payment) = payment {
        let movement = format!("settle:{}", payment.out_trade_no);
        let accounts = (account::SUSPENSE, account::TREASURY);
        payments::book(tx.connection, &case.case_key(), &movement, accounts, payment.amount, tx.now).await?;
    }
    let cause = Cause::deciding(actor, Some(decision));
    advance::advance(tx, case, CaseEvent::Settle, cause).await.map(drop)
}
