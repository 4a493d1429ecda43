//! The page before an act that cannot be undone: a few large facts, then the form of the act.

use leptos::prelude::*;

#[component]
pub fn Notice(
    #[prop(into)] title: String,
    /// What it comes to: name and value, three at most.
    facts: Vec<(String, String)>,
    children: Children,
) -> impl IntoView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! { <div class="lt-notice__fact"><dt>{name}</dt><dd>{value}</dd></div> }
        })
        .collect_view();
    view! {
        <section class="lt-notice">
            <h1 class="lt-notice__title">{title}</h1>
            <dl class="lt-notice__facts">{facts}</dl>
            <div class="lt-notice__body">{children()}</div>
        </section>
    }
}
