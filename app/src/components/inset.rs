//! A quotation of a legal text with its source.

use leptos::prelude::*;

#[component]
pub fn Inset(
    /// Title and article that the words come from.
    #[prop(optional, into)]
    source: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <figure class="lt-quote">
            <blockquote class="lt-quote__words">{children()}</blockquote>
            {source.map(|source| view! { <figcaption class="lt-quote__source">{source}</figcaption> })}
        </figure>
    }
}
