//! The states of orders as tags, the same on every page.

use leptos::prelude::*;
use rules::kernel::CaseState;

use super::say;
use super::tag::{Tag, Tone};

#[component]
pub fn OrderTag(state: CaseState) -> impl IntoView {
    let tone = match state {
        CaseState::Placed | CaseState::Paying => Tone::Urgent,
        CaseState::UnderReview | CaseState::Paid | CaseState::Refunding => Tone::Running,
        CaseState::Settled => Tone::Good,
        CaseState::Declined | CaseState::Lapsed | CaseState::Cancelled | CaseState::Refunded => Tone::Quiet,
    };
    view! { <Tag tone text=say(&format!("order-state.{}", state.code()))/> }
}
