//! Asks the provider what became of a payment when no notification says so, and closes what nobody will pay.

use chrono::TimeDelta;
use rules::order::OrderState;

use super::capture::{self, Captured};
use crate::db::Fault;
use crate::db::orders::{self, OrderKey};
use crate::db::payments::{self, PaymentRow};
use crate::gateways::payment::{ProviderError, ProviderPayment, ProviderPaymentState};
use crate::services::orders::events;
use crate::state::State;

/// How old an open payment is before the job asks by itself: notifications come first.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);

/// Asks for the order's open payment, for the page that a person looks at.
pub async fn ask_provider(state: &State, key: &OrderKey) -> Result<(), Fault> {
    let open = {
        let mut connection = state.store.read().await?;
        let found = payments::payments_of_order(&mut connection, key).await?;
        found.into_iter().find(|payment| payment.state == "open")
    };
    match open {
        Some(payment) => ask(state, &payment).await,
        None => Ok(()),
    }
}

/// Asks for every payment that has been open for a while.
pub async fn ask_open(state: &State) -> Result<(), Fault> {
    let payments = {
        let mut connection = state.store.read().await?;
        let before = (state.clock.now() - PATIENCE).timestamp_millis();
        payments::open_payments(&mut connection, before).await?
    };
    for payment in payments {
        if let Err(fault) = ask(state, &payment).await {
            tracing::error!(%fault, payment = %payment.out_trade_no, "a payment could not be noted");
        }
    }
    Ok(())
}

async fn ask(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    let number = &payment.out_trade_no;
    match state.payment.query(number).await {
        Ok(ProviderPayment {
            state: ProviderPaymentState::Paid,
            amount: Some(amount),
            transaction_id: Some(id),
            paid_at,
        }) => {
            let captured = Captured {
                out_trade_no: number.clone(),
                transaction_id: id,
                amount,
                paid_at: paid_at.unwrap_or_else(|| state.clock.now()),
                notification: None,
            };
            capture::note(state, captured).await.map(drop)
        }
        Ok(answer) if answer.state == ProviderPaymentState::Closed => close_here(state, number).await,
        Ok(_) | Err(ProviderError::Refused { .. }) => close_if_ended(state, payment).await,
        Err(error) => {
            tracing::warn!(payment = %number, %error, "the provider does not answer");
            Ok(())
        }
    }
}

/// Nobody will pay for an order that has ended. After the provider has closed the payment, no money can come.
async fn close_if_ended(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    let order = {
        let mut connection = state.store.read().await?;
        orders::find_order(&mut connection, &payment.order()).await?
    };
    let Some(order) = order else { return Ok(()) };
    if !matches!(events::state_of(&order)?, OrderState::Lapsed | OrderState::Cancelled) {
        return Ok(());
    }
    match state.payment.close(&payment.out_trade_no).await {
        Ok(()) => close_here(state, &payment.out_trade_no).await,
        Err(error) => {
            tracing::warn!(payment = %payment.out_trade_no, %error, "closing will be tried again");
            Ok(())
        }
    }
}

async fn close_here(state: &State, out_trade_no: &str) -> Result<(), Fault> {
    let number = out_trade_no.to_owned();
    state
        .store
        .write(move |connection| {
            let number = number.clone();
            Box::pin(async move { Ok(payments::payment_closed(connection, &number).await?) })
        })
        .await
        .map(drop)
}
