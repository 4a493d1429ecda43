//! The heading of a page whose answer is on its way, with a sign that turns.

use leptos::prelude::*;

#[component]
pub fn Waiting(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="lt-waiting">
            <h1 class="lt-title">{title}</h1>
            <p class="lt-waiting__words" role="status">
                <span class="lt-waiting__sign" aria-hidden="true"></span>
                <span>{children()}</span>
            </p>
        </div>
    }
}
