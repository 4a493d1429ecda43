//! Opens the payment of an order and gives the provider's page.

use std::net::IpAddr;
use std::sync::Arc;

use app::api::ServiceError;
use app::visit::FieldError;
use rules::Moment;
use rules::kernel::{CaseEvent, CaseState};
use sqlx::AnyConnection;

use super::out_trade_no;
use super::reconcile::NOTIFICATION_GRACE;
use crate::db::Fault;
use crate::db::orders::{self, OrderKey, OrderRow};
use crate::db::payments::{self, NewPayment, PaymentRow};
use crate::gateways::payment::{PaymentProvider, PaymentRequest, ProviderError};
use crate::services::orders::events;
use crate::state::State;

/// Who pays, and from where.
#[derive(Clone, Debug)]
pub struct Payer {
    pub account_id: String,
    /// The address of the browser, which the provider compares with what it sees.
    pub ip: IpAddr,
}

/// A payment that is to be opened at the provider.
struct Started {
    order: OrderRow,
    trade_no: String,
    expires_at: Moment,
    provider: Arc<dyn PaymentProvider>,
}

/// The address to send the person to: the provider's page, or the order's own when there is nothing to pay.
pub async fn open(state: &State, key: &OrderKey, payer: &Payer) -> Result<String, Fault> {
    let own_page = format!("/orders/{}", key.id);
    let step = state
        .store
        .write(
            (state.clone(), key.clone(), payer.account_id.clone()),
            move |connection, (state, key, actor)| {
                Box::pin(async move { start(connection, &state, &key, &actor).await })
            },
        )
        .await?;
    fail::fail_point!("payment.started");
    let Some(Started { order, trade_no, expires_at, provider }) = step else { return Ok(own_page) };
    let request = PaymentRequest {
        out_trade_no: trade_no.clone(),
        description: format!("交通违法罚款 {}", order.number),
        amount: order.fine,
        expires_at,
        return_url: format!("{}{own_page}?returned=yes", state.origin),
        payer_ip: payer.ip,
    };
    let page = match provider.open(request).await {
        Ok(page) => page,
        Err(error) => return Err(not_opened(&order, &error)),
    };
    fail::fail_point!("payment.opened-outside");
    let url = page.url.clone();
    state
        .store
        .write((trade_no, url), move |connection, (trade_no, url)| {
            Box::pin(async move { Ok(payments::payment_opened(connection, &trade_no, &url).await?) })
        })
        .await?;
    Ok(page.url)
}

fn not_opened(order: &OrderRow, error: &ProviderError) -> Fault {
    tracing::warn!(order = %order.number, %error, "the provider did not open the payment");
    ServiceError::Invalid(vec![FieldError::new("", "error.payment.not-opened")]).into()
}

/// The payment to open; none when the order is past paying, and its own page says what it is.
async fn start(
    connection: &mut AnyConnection,
    state: &State,
    key: &OrderKey,
    actor: &str,
) -> Result<Option<Started>, Fault> {
    orders::lock_order(connection, key).await?;
    let order = events::load(connection, key).await?;
    let now = state.clock.now();
    if !matches!(order.state, CaseState::Placed | CaseState::Paying) {
        return Ok(None);
    }
    if now >= *order.pays_until {
        return Ok(None);
    }
    let parameters = state.rulebook.parameters(Some(&order.place), rules::calendar::local(now).date());
    let closed_hours = parameters.closed_hours();
    if let Some(closed) = closed_hours.filter(|closed| closed.contains(now)) {
        let opens = rules::calendar::local(closed.ends_after(now)).format("%H:%M");
        let error = FieldError::new("", "error.payment.closed-hours").with("opens", opens);
        return Err(ServiceError::Invalid(vec![error]).into());
    }
    let provider = state
        .provider_of(&parameters)
        .cloned()
        .ok_or_else(|| ServiceError::Invalid(vec![FieldError::new("", "error.payment.no-channel")]))?;
    let tried = payments::payments_of_order(connection, key).await?;
    let is_payable = |payment: &&PaymentRow| payment.is_open() && *payment.expires_at > now;
    let (trade_no, expires_at) = match tried.iter().find(is_payable) {
        Some(payment) => (payment.out_trade_no.clone(), *payment.expires_at),
        None => {
            let trade_no = out_trade_no(&order.number, tried.len() + 1);
            // While the place is closed the provider's page takes nothing either.
            let closes = closed_hours.map(|closed| closed.begins_after(now));
            let expires_at = closes.map_or(*order.pays_until, |closes| closes.min(*order.pays_until));
            let payment = NewPayment {
                order: key,
                provider: provider.name(),
                out_trade_no: &trade_no,
                amount: order.fine,
                opened_at: now,
                next_ask_at: now + NOTIFICATION_GRACE,
                expires_at,
            };
            payments::insert_payment(connection, &payment).await?;
            (trade_no, expires_at)
        }
    };
    if order.state == CaseState::Placed {
        events::advance(connection, state, &order, CaseEvent::StartPayment, actor, None).await?;
    }
    Ok(Some(Started { order, trade_no, expires_at, provider }))
}
