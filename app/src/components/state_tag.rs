//! The states of orders and records as tags: which words, which tone, the same on every page.
//! It decides no state.

use leptos::prelude::*;
use rules::camera::RecordStanding;
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

#[component]
pub fn RecordTag(
    standing: RecordStanding,
    /// A dispute is marked on it: that is said instead, as long as nothing has processed it.
    #[prop(optional)]
    disputed: bool,
) -> impl IntoView {
    let (tone, key) = match standing {
        RecordStanding::Processed => (Tone::Good, "record-state.processed"),
        RecordStanding::ProcessedElsewhere => (Tone::Quiet, "record-state.processed-elsewhere"),
        _ if disputed => (Tone::Running, "record-state.disputed"),
        RecordStanding::HeldByThisOrder | RecordStanding::HeldByOther { .. } => {
            (Tone::Running, "record-state.held")
        }
        RecordStanding::Unprocessed => (Tone::Urgent, "record-state.unprocessed"),
    };
    view! { <Tag tone text=say(key)/> }
}
