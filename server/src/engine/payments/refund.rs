//! Sends the money back and takes note when it has arrived. The provider is told once and asked from then on; the
//! refund's own number keeps it from paying twice.

use futures::StreamExt;
use rules::kernel::{CaseEvent, CaseState};

use super::{AT_ONCE, account, ask_again_at, out_refund_no};
use crate::db::refunds::{self, RefundRow};
use crate::db::{Fault, cases, payments};
use crate::engine::advance::{self, Cause};
use crate::engine::procedure::Tx;
use crate::gateways::payment::{
    ProviderError, ProviderRefund, ProviderRefundState, RefundNotice, RefundRequest,
};
use crate::state::State;

/// Tells or asks the provider of every refund that is not done and whose turn it is.
pub async fn send_open(state: &State) -> Result<(), Fault> {
    let refunds = {
        let mut connection = state.store.read().await?;
        refunds::refunds_to_ask(&mut connection, state.clock.now()).await?
    };
    let sending = futures::stream::iter(refunds).for_each_concurrent(AT_ONCE, |refund| async move {
        if let Err(fault) = send(state, &refund).await {
            tracing::error!(%fault, refund = %refund.out_refund_no, "a refund could not be noted");
        }
    });
    sending.await;
    Ok(())
}

async fn send(state: &State, refund: &RefundRow) -> Result<(), Fault> {
    let (claimed, next) = (refund.clone(), ask_again_at(state.clock.now(), refund.asks));
    let claimed = state.store.write(claimed, move |connection, refund| {
        Box::pin(async move { Ok(refunds::claim_asking(connection, &refund, next).await?) })
    });
    if !claimed.await? {
        return Ok(());
    }
    let number = &refund.out_refund_no;
    match tell_or_ask(state, refund).await {
        Ok(answer) => note(state, number, answer.state).await,
        Err(error @ ProviderError::Refused { .. }) => {
            metrics::counter!("refunds_refused_total").increment(1);
            tracing::error!(refund = %number, %error, "the provider refuses the refund: an operator must see to it");
            Ok(())
        }
        Err(error) => {
            if let ProviderError::Mismatch(_) = error {
                metrics::counter!("provider_mismatches_total").increment(1);
            }
            tracing::warn!(refund = %number, %error, "the refund will be asked for again");
            Ok(())
        }
    }
}

/// Tells the provider of the refund the first time, and again only where it never heard of it.
async fn tell_or_ask(state: &State, refund: &RefundRow) -> Result<ProviderRefund, ProviderError> {
    let request = RefundRequest {
        out_trade_no: refund.out_trade_no.clone(),
        transaction_id: refund.transaction_id.clone(),
        out_refund_no: refund.out_refund_no.clone(),
        amount: refund.amount,
        total: refund.amount,
        reason: "违法记录未能办结，原路退款".into(),
    };
    if refund.asks > 0 {
        match state.payment.query_refund(&request).await {
            Err(error) if error.is_unknown_number() => {}
            known => return known,
        }
    }
    let taken = state.payment.refund(request).await?;
    fail::fail_point!("refund.sent");
    Ok(taken)
}

/// Notes what a notification says of a refund, if it is about the refund of ours that it names. False when it is not.
pub async fn notified(state: &State, notice: &RefundNotice) -> Result<bool, Fault> {
    let known = {
        let mut connection = state.store.read().await?;
        refunds::find_refund(&mut connection, &notice.out_refund_no).await?
    };
    // A number that the provider closed is ours no longer, and its notification may come late.
    let Some(known) = known else { return Ok(true) };
    let ours = notice.out_trade_no == known.out_trade_no
        && known.transaction_id.as_ref() == Some(&notice.transaction_id)
        && [notice.amount, notice.total] == [known.amount; 2];
    if !ours {
        metrics::counter!("provider_mismatches_total").increment(1);
        tracing::error!(refund = %known.out_refund_no, ?notice, "a notification does not fit the refund that it names");
        return Ok(false);
    }
    note(state, &notice.out_refund_no, notice.state).await.map(|()| true)
}

/// Takes note of what the provider says of the refund.
pub async fn note(state: &State, number: &str, said: ProviderRefundState) -> Result<(), Fault> {
    match said {
        ProviderRefundState::Processing => Ok(()),
        ProviderRefundState::Succeeded => note_done(state, number).await.map(drop),
        ProviderRefundState::Closed => note_closed(state, number).await,
        ProviderRefundState::Abnormal => note_abnormal(state, number).await,
    }
}

/// Takes note that the money is back. False when that was known, or no refund of ours has this number.
pub async fn note_done(state: &State, out_refund_no: &str) -> Result<bool, Fault> {
    let noted =
        state.store.write((state.clone(), out_refund_no.to_owned()), move |connection, (state, number)| {
            Box::pin(async move { note_once(&mut Tx::new(connection, &state), &number).await })
        });
    let noted = noted.await?;
    fail::fail_point!("refund.noted");
    Ok(noted)
}

async fn note_once(tx: &mut Tx<'_>, number: &str) -> Result<bool, Fault> {
    let Some(refund) = refunds::find_refund(tx.connection, number).await? else { return Ok(false) };
    let key = refund.case();
    cases::lock_case(tx.connection, &key).await?;
    if !refunds::refund_done(tx.connection, number, tx.now).await? {
        return Ok(false);
    }
    fail::fail_point!("refund.note.done");
    let movement = format!("refund:{number}");
    let accounts = (account::SUSPENSE, account::PROVIDER);
    payments::book(tx.connection, &key, &movement, accounts, refund.amount, tx.now).await?;
    let case = advance::load(tx.connection, &key).await?;
    // A second payment of a case goes back without moving it.
    let refunding = case.state == CaseState::Refunding;
    if refunding && refunds::undone_refunds_of_case(tx.connection, &key).await? == 0 {
        advance::advance(tx, &case, CaseEvent::RefundSucceeded, Cause::of("provider")).await?;
    }
    Ok(true)
}

/// A refund that the provider closed comes to nothing, and its number is spent: it is asked for under the next one.
async fn note_closed(state: &State, number: &str) -> Result<(), Fault> {
    let (now, spent) = (state.clock.now(), number.to_owned());
    let renumbered = state.store.write(spent, move |connection, number| {
        Box::pin(async move {
            let Some(refund) = refunds::find_refund(connection, &number).await? else { return Ok(None) };
            let next = out_refund_no(&refund.out_trade_no, refund.tries + 1);
            let at = ask_again_at(now, refund.tries);
            Ok(refunds::refund_renumbered(connection, &number, &next, at).await?.then_some(next))
        })
    });
    if let Some(next) = renumbered.await? {
        metrics::counter!("refunds_closed_total").increment(1);
        tracing::error!(refund = %number, %next, "the provider closed the refund: it is asked for anew");
    }
    Ok(())
}

/// Only an operator can end it, at the provider's own desk; asking goes on until it is done.
async fn note_abnormal(state: &State, out_refund_no: &str) -> Result<(), Fault> {
    let number = out_refund_no.to_owned();
    let new = state.store.write(number, move |connection, number| {
        Box::pin(async move { Ok(refunds::refund_abnormal(connection, &number).await?) })
    });
    if new.await? {
        metrics::counter!("refunds_abnormal_total").increment(1);
    }
    tracing::error!(refund = %out_refund_no, "the refund is abnormal: an operator must see to it");
    Ok(())
}
