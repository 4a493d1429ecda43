//! A list of rows with title, note and value. A row with a target is a link.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// A list of `Cell`s, with an optional heading above it.
#[component]
pub fn Cells(#[prop(optional, into)] heading: Option<String>, children: Children) -> impl IntoView {
    view! {
        {heading.map(|heading| view! { <h2 class="lt-cells-heading">{heading}</h2> })}
        <ul class="lt-cells">{children()}</ul>
    }
}

#[component]
pub fn Cell(
    #[prop(into)] title: String,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional, into)] note: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional)] icon: Option<IconName>,
    /// More than words beside the title: a plate, a tag.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let inside = view! {
        {icon.map(|name| view! { <span class="lt-cell__icon"><Icon name/></span> })}
        <span class="lt-cell__main">
            <span class="lt-cell__title">{title}</span>
            {note.map(|note| view! { <span class="lt-cell__note">{note}</span> })}
        </span>
        {children.map(|children| view! { <span class="lt-cell__extra">{children()}</span> })}
        {value.map(|value| view! { <span class="lt-cell__value">{value}</span> })}
    };
    let row = match href {
        Some(href) => view! { <a class="lt-cell lt-cell--link" href=href>{inside}</a> }.into_any(),
        None => view! { <div class="lt-cell">{inside}</div> }.into_any(),
    };
    view! { <li>{row}</li> }
}
