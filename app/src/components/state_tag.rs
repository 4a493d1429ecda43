//! The states of orders as tags, the same on every page.

use leptos::prelude::*;
use rules::order::OrderState;

use super::say;
use super::tag::{Tag, Tone};

#[component]
pub fn OrderTag(state: OrderState) -> impl IntoView {
    let tone = match state {
        OrderState::Placed | OrderState::Paying => Tone::Urgent,
        OrderState::Paid | OrderState::Refunding => Tone::Running,
        OrderState::Settled => Tone::Good,
        OrderState::Lapsed | OrderState::Cancelled | OrderState::Refunded => Tone::Quiet,
    };
    view! { <Tag tone text=say(&format!("order-state.{}", state.code()))/> }
}
