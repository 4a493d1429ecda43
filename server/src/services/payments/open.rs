//! Opens the payment of an order and gives the provider's page.

use std::sync::Arc;

use app::api::ServiceError;
use app::visit::FieldError;
use rules::money::Fen;
use rules::order::{OrderEvent, OrderState};
use sqlx::AnyConnection;

use super::out_trade_no;
use super::reconcile::PATIENCE;
use crate::db::orders::{self, OrderKey, OrderRow};
use crate::db::{Fault, payments};
use crate::gateways::payment::{PaymentProvider, PaymentRequest, ProviderError};
use crate::services::orders::events;
use crate::services::violations::facts::moment;
use crate::state::State;

/// The address to send the person to: the provider's page, or the order's own when there is nothing to pay.
pub async fn open(state: &State, key: &OrderKey, actor: &str) -> Result<String, Fault> {
    let own_page = format!("/orders/{}", key.id);
    let (work_state, work_key, work_actor) = (state.clone(), key.clone(), actor.to_owned());
    let step = state
        .store
        .write(move |connection| {
            let (state, key, actor) = (work_state.clone(), work_key.clone(), work_actor.clone());
            Box::pin(async move { start(connection, &state, &key, &actor).await })
        })
        .await?;
    fail::fail_point!("payment.started");
    let Some((order, trade_no, provider)) = step else { return Ok(own_page) };
    let request = PaymentRequest {
        out_trade_no: trade_no.clone(),
        description: format!("交通违法罚款 {}", order.number),
        amount: Fen::new(order.fine),
        expires_at: moment(order.pays_until)?,
        return_url: format!("{}{own_page}?returned=yes", state.origin),
    };
    let page = match provider.open(request).await {
        Ok(page) => page,
        Err(error) => return Err(not_opened(&order, &error)),
    };
    fail::fail_point!("payment.opened-outside");
    let url = page.url.clone();
    state
        .store
        .write(move |connection| {
            let (trade_no, url) = (trade_no.clone(), url.clone());
            Box::pin(async move { Ok(payments::payment_opened(connection, &trade_no, &url).await?) })
        })
        .await?;
    Ok(page.url)
}

fn not_opened(order: &OrderRow, error: &ProviderError) -> Fault {
    tracing::warn!(order = %order.number, %error, "the provider did not open the payment");
    ServiceError::Invalid(vec![FieldError::new("", "error.payment.not-opened")]).into()
}

/// The order to pay, the number to pay it under and the place's provider; none when it is past paying, and its own page says what it is.
async fn start(
    connection: &mut AnyConnection,
    state: &State,
    key: &OrderKey,
    actor: &str,
) -> Result<Option<(OrderRow, String, Arc<dyn PaymentProvider>)>, Fault> {
    orders::lock_order(connection, key).await?;
    let order = events::load(connection, key).await?;
    let now = state.clock.now();
    if !matches!(events::state_of(&order)?, OrderState::Placed | OrderState::Paying) {
        return Ok(None);
    }
    if now.timestamp_millis() >= order.pays_until {
        return Ok(None);
    }
    let place = rules::place::PlaceId::parse(&order.place).map_err(|error| Fault::stored("place", error))?;
    let parameters = state.rulebook.camera_parameters(Some(&place), rules::calendar::local(now).date());
    if let Some(closed) = parameters.closed_hours().filter(|closed| closed.contains(now)) {
        let opens = rules::calendar::local(closed.ends_after(now)).format("%H:%M");
        let error = FieldError::new("", "error.payment.closed-hours").with("opens", opens);
        return Err(ServiceError::Invalid(vec![error]).into());
    }
    let provider = state
        .provider_of(&parameters)
        .cloned()
        .ok_or_else(|| ServiceError::Invalid(vec![FieldError::new("", "error.payment.no-channel")]))?;
    let tried = payments::payments_of_order(connection, key).await?;
    let trade_no = match tried.iter().find(|payment| payment.is_open()) {
        Some(payment) => payment.out_trade_no.clone(),
        None => {
            let trade_no = out_trade_no(&order.number, tried.len() + 1);
            let (name, ask_at) = (provider.name(), (now + PATIENCE).timestamp_millis());
            let now = now.timestamp_millis();
            payments::insert_payment(connection, key, name, &trade_no, order.fine, now, ask_at).await?;
            trade_no
        }
    };
    if events::state_of(&order)? == OrderState::Placed {
        events::advance(connection, state, &order, OrderEvent::StartPayment, actor, None).await?;
    }
    Ok(Some((order, trade_no, provider)))
}
