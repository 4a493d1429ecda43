//! The text of an empty list: the reason, and the next step.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(default = IconName::Check)] icon: IconName,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="lt-empty">
            <span class="lt-empty__icon"><Icon name=icon/></span>
            <h2 class="lt-empty__title">{title}</h2>
            {children.map(|children| view! { <div class="lt-empty__body">{children()}</div> })}
        </div>
    }
}
