//! The engine of cases: placing, holding, deadlines, payment, settlement, refund, review, events and replay. It knows no
//! kind of case; each says of itself what `procedure` asks.

pub mod advance;
pub mod end;
pub mod forget;
mod holds;
pub mod payments;
pub mod place;
pub mod procedure;
pub mod review;
mod settle;

pub use procedure::{
    Again, Application, Body, Decision, Draft, PaymentTerms, Procedure, Procedures, Resource, Tx,
};

use std::net::IpAddr;

use rules::kernel::CaseState;

use crate::db::Fault;
use crate::db::cases::CaseKey;
use crate::state::State;

/// The account that pays and the address of its browser.
#[derive(Clone, Debug)]
pub struct Payer {
    pub account_id: String,
    /// The address of the browser, which the provider compares with what it sees.
    pub ip: IpAddr,
}

/// True as long as the outcome of the case's payment is not known; the provider is asked first.
pub async fn is_pending(state: &State, key: &CaseKey) -> Result<bool, Fault> {
    ask_provider(state, key).await;
    let mut connection = state.store.read().await?;
    let case = advance::load(&mut connection, key).await?;
    Ok(matches!(case.state, CaseState::Paying | CaseState::Paid))
}

/// Asks the provider about the case's payment. A provider that does not answer is no reason to hide the case: its stored
/// state is shown.
pub async fn ask_provider(state: &State, key: &CaseKey) {
    if let Err(fault) = payments::reconcile::ask_provider(state, key).await {
        tracing::error!(%fault, case = %key.id, "the provider could not be asked");
    }
}
