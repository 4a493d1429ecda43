//! Opens the payment of a case and gives the provider's page.

use std::sync::Arc;

use app::api::ServiceError;
use app::visit::FieldError;
use chrono::TimeDelta;
use rules::Moment;
use rules::calendar;
use rules::kernel::{CaseEvent, CaseState};
use rules::money::Fen;

use super::out_trade_no;
use super::reconcile::NOTIFICATION_GRACE;
use crate::db::Fault;
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::payments::{self, NewPayment, PaymentRow};
use crate::engine::Payer;
use crate::engine::advance::{self, Cause};
use crate::engine::procedure::{PaymentTerms, Tx};
use crate::gateways::payment::{PaymentProvider, PaymentRequest, ProviderError};
use crate::state::State;

/// How long a payment can be made where neither a deadline nor closed hours end it.
const LONGEST_PAGE: TimeDelta = TimeDelta::hours(2);

/// A payment that is to be opened at the provider.
struct Started {
    case: CaseRow,
    terms: PaymentTerms,
    trade_no: String,
    expires_at: Moment,
    provider: Arc<dyn PaymentProvider>,
}

enum Step {
    /// The case is past paying, and its own page says what it is.
    Past {
        page: String,
    },
    Started(Box<Started>),
}

/// The address to send the person to: the provider's page, or the case's own when there is nothing to pay.
pub async fn open(state: &State, key: &CaseKey, payer: &Payer) -> Result<String, Fault> {
    let starting = (state.clone(), key.clone(), payer.account_id.clone());
    let step = state.store.write(starting, move |connection, (state, key, actor)| {
        Box::pin(async move { start(&mut Tx::new(connection, &state), &key, &actor).await })
    });
    let step = step.await?;
    fail::fail_point!("payment.started");
    let started = match step {
        Step::Past { page } => return Ok(page),
        Step::Started(started) => started,
    };
    let Started { case, terms, trade_no, expires_at, provider } = *started;
    let request = PaymentRequest {
        out_trade_no: trade_no.clone(),
        description: terms.description,
        amount: case.price,
        expires_at,
        return_url: format!("{}{}?returned=yes", state.origin, terms.page),
        payer_ip: payer.ip,
    };
    let page = match provider.open(request).await {
        Ok(page) => page,
        Err(error) => return Err(not_opened(&case, &error)),
    };
    fail::fail_point!("payment.opened-outside");
    let opened = state.store.write((trade_no, page.url.clone()), move |connection, (trade_no, url)| {
        Box::pin(async move { Ok(payments::payment_opened(connection, &trade_no, &url).await?) })
    });
    opened.await?;
    Ok(page.url)
}

fn not_opened(case: &CaseRow, error: &ProviderError) -> Fault {
    tracing::warn!(case = %case.number, %error, "the provider did not open the payment");
    invalid(FieldError::new("", "error.payment.not-opened"))
}

fn invalid(error: FieldError) -> Fault {
    ServiceError::Invalid(vec![error]).into()
}

async fn start(tx: &mut Tx<'_>, key: &CaseKey, actor: &str) -> Result<Step, Fault> {
    cases::lock_case(tx.connection, key).await?;
    let case = advance::load(tx.connection, key).await?;
    let (state, now) = (tx.state, tx.now);
    let terms = tx.procedure(&case)?.payment_terms(state, &case, now)?;
    let over = case.deadline_at.is_some_and(|deadline| now >= *deadline);
    let payable = matches!(case.state, CaseState::Placed | CaseState::Paying) && case.price > Fen::ZERO;
    if over || !payable {
        return Ok(Step::Past { page: terms.page });
    }
    if let Some(closed) = terms.closed_hours.filter(|closed| closed.contains(now)) {
        let opens = calendar::local(closed.ends_after(now)).format("%H:%M");
        return Err(invalid(FieldError::new("", "error.payment.closed-hours").with("opens", opens)));
    }
    let provider = terms.channel.and_then(|channel| state.gateway(channel)).cloned();
    let provider = provider.ok_or_else(|| invalid(FieldError::new("", "error.payment.no-channel")))?;
    let tried = payments::payments_of_case(tx.connection, key).await?;
    let is_payable = |payment: &&PaymentRow| payment.is_open() && *payment.expires_at > now;
    let (trade_no, expires_at) = match tried.iter().find(is_payable) {
        Some(payment) => (payment.out_trade_no.clone(), *payment.expires_at),
        None => {
            let trade_no = out_trade_no(&case.number, tried.len() + 1);
            let expires_at = expiry(&case, &terms, now);
            let payment = NewPayment {
                case: key,
                provider: provider.name(),
                out_trade_no: &trade_no,
                amount: case.price,
                opened_at: now,
                next_ask_at: now + NOTIFICATION_GRACE,
                expires_at,
            };
            payments::insert_payment(tx.connection, &payment).await?;
            (trade_no, expires_at)
        }
    };
    if case.state == CaseState::Placed {
        advance::advance(tx, &case, CaseEvent::StartPayment, Cause::of(actor)).await?;
    }
    Ok(Step::Started(Box::new(Started { case, terms, trade_no, expires_at, provider })))
}

/// Until when the provider's page takes the money: the case's deadline, and while the place is closed it takes nothing
/// either.
fn expiry(case: &CaseRow, terms: &PaymentTerms, now: Moment) -> Moment {
    let deadline = case.deadline_at.map(|deadline| *deadline);
    let closes = terms.closed_hours.map(|closed| closed.begins_after(now));
    [deadline, closes].into_iter().flatten().min().unwrap_or(now + LONGEST_PAGE)
}
