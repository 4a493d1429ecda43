//! A card in a list: a heading that may lead on, and whatever belongs to it.

use leptos::prelude::*;

#[component]
pub fn Card(
    #[prop(into)] heading: String,
    /// Where the heading leads; the whole card can then be pressed.
    #[prop(optional, into)]
    href: Option<String>,
    /// The thing needs the person: a line of colour and a heavier edge.
    #[prop(optional)]
    urgent: bool,
    children: Children,
) -> impl IntoView {
    let name = heading.clone();
    let class = if urgent { "lt-card lt-card--urgent" } else { "lt-card" };
    let heading = match href {
        Some(href) => view! { <a class="lt-card__link" href=href>{heading}</a> }.into_any(),
        None => heading.into_any(),
    };
    view! {
        <article class=class aria-label=name>
            <h2 class="lt-card__heading">{heading}</h2>
            <div class="lt-card__body">{children()}</div>
        </article>
    }
}
