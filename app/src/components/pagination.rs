//! Earlier and later pages of a list, as links with the page's number in words.
//! It doesn't count the list.

use leptos::prelude::*;

use super::{say, say_with};

#[component]
pub fn Pagination(
    /// From 1.
    page: usize,
    pages: usize,
    /// The address before the page's number: `/orders?page=`.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    if pages < 2 {
        return ().into_any();
    }
    let earlier = (page > 1).then(|| {
        view! { <a class="lt-pages__link" rel="prev" href=format!("{href}{}", page - 1)>{say("frame.previous-page")}</a> }
    });
    let later = (page < pages).then(|| {
        view! { <a class="lt-pages__link" rel="next" href=format!("{href}{}", page + 1)>{say("frame.next-page")}</a> }
    });
    view! {
        <nav class="lt-pages" aria-label=say("frame.pages")>
            {earlier}
            <span class="lt-pages__here">{say_with("frame.page-of", &[("page", &page), ("pages", &pages)])}</span>
            {later}
        </nav>
    }
    .into_any()
}
