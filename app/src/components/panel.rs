//! The confirmation that an act is done, with the number to keep.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Panel(
    #[prop(into)] title: String,
    /// Name and number to keep: "订单号", "2611…".
    #[prop(optional)]
    number: Option<(String, String)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="lt-panel">
            <span class="lt-panel__icon"><Icon name=IconName::Check/></span>
            <h1 class="lt-panel__title">{title}</h1>
            {number.map(|(name, number)| view! {
                <p class="lt-panel__number">{name}<strong>{number}</strong></p>
            })}
            {children.map(|children| view! { <div class="lt-panel__body">{children()}</div> })}
        </div>
    }
}
