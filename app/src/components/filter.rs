//! Links that narrow a list. Each is a page, so they work without scripts.

use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterItem {
    pub label: String,
    pub href: String,
    /// How many things it would show.
    pub count: Option<usize>,
    pub current: bool,
}

#[component]
pub fn Filter(
    /// What is filtered, for screen readers.
    #[prop(into)]
    label: String,
    items: Vec<FilterItem>,
) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|item| {
            view! {
                <li>
                    <a class="lt-filter__item" href=item.href aria-current=item.current.then_some("true")>
                        {item.label}
                        {item.count.map(|count| view! { <span class="lt-filter__count">{count}</span> })}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="lt-filter" aria-label=label>
            <ul>{items}</ul>
        </nav>
    }
}
