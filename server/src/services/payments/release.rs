//! Ends orders without payment (lapsed, cancelled, processed elsewhere) and gives back what they hold.

use app::api::ServiceError;
use rules::families::camera::MACHINE;
use rules::kernel::{CaseEvent, CaseState};
use sqlx::AnyConnection;

use super::capture::key_of;
use crate::db::orders::{self, OrderKey, OrderRow};
use crate::db::payments::PaymentRow;
use crate::db::{Fault, payments};
use crate::services::orders::events;
use crate::state::State;

/// Cancels the order; one that is past cancelling stays as it is, and its page shows what it is.
pub async fn cancel(state: &State, key: &OrderKey, actor: &str) -> Result<(), Fault> {
    end(state, key, CaseEvent::Cancel, actor, None).await.map(drop)
}

/// Lapses the order if its window is over and it is still open. True when it lapsed now.
pub async fn lapse(state: &State, key: &OrderKey) -> Result<bool, Fault> {
    end(state, key, CaseEvent::Lapse, "clock", None).await
}

/// A record that the order holds was processed elsewhere: the order ends before it is paid. A payment on its way
/// comes back.
pub async fn processed_elsewhere(state: &State, key: &OrderKey) -> Result<bool, Fault> {
    end(state, key, CaseEvent::Cancel, "registry", Some("refund.processed-elsewhere")).await
}

async fn end(
    state: &State,
    key: &OrderKey,
    event: CaseEvent,
    actor: &str,
    reason: Option<&'static str>,
) -> Result<bool, Fault> {
    let ended = state
        .store
        .write((state.clone(), key.clone(), actor.to_owned()), move |connection, (state, key, actor)| {
            Box::pin(async move { end_once(connection, &state, &key, event, &actor, reason).await })
        })
        .await?;
    fail::fail_point!("order.ended");
    Ok(ended)
}

async fn end_once(
    connection: &mut AnyConnection,
    state: &State,
    key: &OrderKey,
    event: CaseEvent,
    actor: &str,
    reason: Option<&str>,
) -> Result<bool, Fault> {
    orders::lock_order(connection, key).await?;
    let order = orders::find_order(connection, key).await?.ok_or(ServiceError::NotFound)?;
    if !may_end(state, &order, event)? {
        return Ok(false);
    }
    orders::give_back_records(connection, &key_of(&order), &order.vehicle_id).await?;
    if let Some(reason) = reason {
        orders::say_refund_reason(connection, key, reason).await?;
    }
    // The sooner its payment is closed, the less money comes that has to go back.
    payments::ask_soon(connection, key, state.clock.now()).await?;
    fail::fail_point!("order.end.given-back");
    events::advance(connection, state, &order, event, actor, None).await?;
    Ok(true)
}

/// A payment of the order came to nothing: it can be paid anew, unless another payment of it is open.
pub(super) async fn await_payment_again(
    connection: &mut AnyConnection,
    state: &State,
    order: &OrderRow,
) -> Result<(), Fault> {
    let payments = payments::payments_of_order(connection, &key_of(order)).await?;
    if order.state == CaseState::Paying && !payments.iter().any(PaymentRow::is_open) {
        events::advance(connection, state, order, CaseEvent::PaymentFailed, "provider", None).await?;
    }
    Ok(())
}

fn may_end(state: &State, order: &OrderRow, event: CaseEvent) -> Result<bool, Fault> {
    let early = event == CaseEvent::Lapse && state.clock.now() < *order.pays_until;
    Ok(!early && MACHINE.next(order.state, event).is_ok())
}
