//! Sends the money back and takes note when it has arrived. The provider is asked again until it says so; the
//! refund's own number keeps it from paying twice.

use rules::money::Fen;
use rules::order::OrderEvent;
use sqlx::AnyConnection;

use super::account;
use crate::db::payments::{self, RefundRow};
use crate::db::{Fault, orders};
use crate::gateways::payment::{ProviderRefundState, RefundRequest};
use crate::services::orders::events;
use crate::state::State;

/// Asks the provider for every refund that is not done yet.
pub async fn send_open(state: &State) -> Result<(), Fault> {
    let refunds = {
        let mut connection = state.store.read().await?;
        payments::open_refunds(&mut connection).await?
    };
    for refund in refunds {
        if let Err(fault) = send(state, &refund).await {
            tracing::error!(%fault, refund = %refund.out_refund_no, "a refund could not be noted");
        }
    }
    Ok(())
}

async fn send(state: &State, refund: &RefundRow) -> Result<(), Fault> {
    let request = RefundRequest {
        out_trade_no: refund.out_trade_no.clone(),
        out_refund_no: refund.out_refund_no.clone(),
        amount: Fen::new(refund.amount),
        total: Fen::new(refund.amount),
        reason: "违法记录已无法办结,原路退款".into(),
    };
    match state.payment.refund(request).await {
        Ok(answer) if answer.state == ProviderRefundState::Succeeded => {
            note_done(state, &refund.out_refund_no).await.map(drop)
        }
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::warn!(refund = %refund.out_refund_no, %error, "the refund will be asked for again");
            Ok(())
        }
    }
}

/// Takes note that the money is back. False when that was known, or no refund of ours has this number.
pub async fn note_done(state: &State, out_refund_no: &str) -> Result<bool, Fault> {
    let (work_state, number) = (state.clone(), out_refund_no.to_owned());
    let noted = state
        .store
        .write(move |connection| {
            let (state, number) = (work_state.clone(), number.clone());
            Box::pin(async move { note_once(connection, &state, &number).await })
        })
        .await?;
    fail::fail_point!("refund.noted");
    Ok(noted)
}

async fn note_once(connection: &mut AnyConnection, state: &State, number: &str) -> Result<bool, Fault> {
    let now = state.clock.now().timestamp_millis();
    let Some(refund) = payments::find_refund(connection, number).await? else { return Ok(false) };
    let key = refund.order();
    orders::lock_order(connection, &key).await?;
    if !payments::refund_done(connection, number, now).await? {
        return Ok(false);
    }
    fail::fail_point!("refund.note.done");
    let movement = format!("refund:{number}");
    payments::book(connection, &key, &movement, (account::SUSPENSE, account::PROVIDER), refund.amount, now)
        .await?;
    let order = events::load(connection, &key).await?;
    events::advance(connection, state, &order, OrderEvent::RefundSucceeded, "provider", None).await?;
    Ok(true)
}
