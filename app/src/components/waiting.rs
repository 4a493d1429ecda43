//! The heading of a page that waits for an answer, with a spinner.

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
