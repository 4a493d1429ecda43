//! Queries the provider for payments without a notification, and closes those that nobody will pay.

use chrono::TimeDelta;
use futures::StreamExt;
use rules::Moment;
use rules::kernel::CaseState;

use super::capture::{self, Captured};
use super::{AT_ONCE, ask_again_at};
use crate::db::Fault;
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::payments::{self, PaymentRow, PaymentState};
use crate::engine::end;
use crate::engine::procedure::Tx;
use crate::gateways::payment::{ProviderError, ProviderPayment, ProviderPaymentState};
use crate::state::State;

/// Age of an open payment at which the job queries the provider. A notification usually comes before.
pub(super) const NOTIFICATION_GRACE: TimeDelta = TimeDelta::seconds(20);
/// Minimum interval between queries that page views trigger.
const MIN_POLL_INTERVAL: TimeDelta = TimeDelta::seconds(3);

/// Asks for the case's open payment, for the page that a person looks at.
pub async fn ask_provider(state: &State, key: &CaseKey) -> Result<(), Fault> {
    let open = {
        let mut connection = state.store.read().await?;
        let found = payments::payments_of_case(&mut connection, key).await?;
        found.into_iter().rfind(|payment| payment.state == PaymentState::Open)
    };
    let polled = state.clock.now() - MIN_POLL_INTERVAL;
    match open {
        Some(payment) if *payment.asked_at <= polled => ask_once(state, &payment, polled).await,
        _ => Ok(()),
    }
}

/// Asks for every payment whose turn it is.
pub async fn ask_open(state: &State) -> Result<(), Fault> {
    let payments = {
        let mut connection = state.store.read().await?;
        payments::payments_to_ask(&mut connection, state.clock.now()).await?
    };
    let asking = futures::stream::iter(payments).for_each_concurrent(AT_ONCE, |payment| async move {
        if let Err(fault) = ask_once(state, &payment, *payment.asked_at).await {
            tracing::error!(%fault, payment = %payment.out_trade_no, "a payment could not be noted");
        }
    });
    asking.await;
    Ok(())
}

/// Asks unless somebody asked after that moment.
async fn ask_once(state: &State, payment: &PaymentRow, asked_by: Moment) -> Result<(), Fault> {
    let now = state.clock.now();
    let (number, next) = (payment.out_trade_no.clone(), ask_again_at(now, payment.asks));
    let claimed = state.store.write(number, move |connection, number| {
        Box::pin(async move { Ok(payments::claim_asking(connection, &number, now, next, asked_by).await?) })
    });
    if claimed.await? { ask(state, payment).await } else { Ok(()) }
}

async fn ask(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    let number = &payment.out_trade_no;
    match state.payment.query(number).await {
        Ok(ProviderPayment {
            state: ProviderPaymentState::Paid,
            amount: Some(amount),
            payer_amount,
            transaction_id: Some(id),
            paid_at,
        }) => {
            let captured = Captured {
                out_trade_no: number.clone(),
                transaction_id: id,
                amount,
                payer_amount: payer_amount.unwrap_or(amount),
                paid_at: paid_at.unwrap_or_else(|| state.clock.now()),
                notification: None,
            };
            capture::note(state, captured).await.map(drop)
        }
        Ok(answer) if answer.state == ProviderPaymentState::Closed => note_closed(state, payment).await,
        // Once it is closed, the person cannot pay it beside the next one.
        Ok(answer) if answer.state == ProviderPaymentState::Failed => close(state, payment).await,
        // The provider takes no money for it any more, but closes it only when told to.
        Ok(_) if state.clock.now() >= *payment.expires_at => close(state, payment).await,
        Ok(_) => match ended_case(state, payment).await? {
            // A case that has ended takes no payment.
            Some(_) => close(state, payment).await,
            None => Ok(()),
        },
        Err(error) if error.is_unknown_number() => close_if_never_seen(state, payment).await,
        Err(error) => {
            if let ProviderError::Mismatch(_) = error {
                metrics::counter!("provider_mismatches_total").increment(1);
            }
            tracing::warn!(payment = %number, %error, "the provider gives no answer that counts");
            Ok(())
        }
    }
}

/// The payment's case, if nobody is to pay it any more.
async fn ended_case(state: &State, payment: &PaymentRow) -> Result<Option<CaseRow>, Fault> {
    let mut connection = state.store.read().await?;
    let Some(case) = cases::find_case(&mut connection, &payment.case()).await? else { return Ok(None) };
    let awaits = matches!(case.state, CaseState::Placed | CaseState::Paying);
    Ok((!awaits).then_some(case))
}

/// After the provider has closed the payment, no money can come.
async fn close(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    match state.payment.close(&payment.out_trade_no).await {
        Ok(()) => {
            fail::fail_point!("payment.closed-outside");
            note_closed(state, payment).await
        }
        Err(error) => {
            tracing::warn!(payment = %payment.out_trade_no, %error, "closing will be tried again");
            Ok(())
        }
    }
}

/// Our request may still be on its way to the provider until the time to pay is over.
async fn close_if_never_seen(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    match ended_case(state, payment).await? {
        Some(case) if case.deadline_at.is_none_or(|end| state.clock.now() >= *end) => {
            note_closed(state, payment).await
        }
        _ => Ok(()),
    }
}

/// Takes note that the payment came to nothing; a case that waited for it can be paid anew.
async fn note_closed(state: &State, payment: &PaymentRow) -> Result<(), Fault> {
    let noted = state.store.write((state.clone(), payment.clone()), move |connection, (state, payment)| {
        Box::pin(async move { note_closed_once(&mut Tx::new(connection, &state), &payment).await })
    });
    noted.await
}

async fn note_closed_once(tx: &mut Tx<'_>, payment: &PaymentRow) -> Result<(), Fault> {
    let key = payment.case();
    cases::lock_case(tx.connection, &key).await?;
    if !payments::payment_closed(tx.connection, &payment.out_trade_no).await? {
        return Ok(());
    }
    match cases::find_case(tx.connection, &key).await? {
        Some(case) => end::await_payment_again(tx, &case).await,
        None => Ok(()),
    }
}
