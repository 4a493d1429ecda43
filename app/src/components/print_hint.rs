//! How to print or keep a page as PDF, in words, because browsers without scripts have no other way; and the line above
//! a printed page that says who issued it and when it was printed. Each is shown on its own medium only.

use leptos::prelude::*;

use super::{say, say_with, time_words};
use crate::visit::visit;

#[component]
pub fn PrintHint() -> impl IntoView {
    view! { <p class="lt-print-hint">{say("frame.print-hint")}</p> }
}

#[component]
pub fn PrintHead() -> impl IntoView {
    let printed = say_with("page.receipt.printed", &[("time", &time_words(visit().now))]);
    view! {
        <p class="lt-only-print lt-print-head">
            <strong>{say("page.receipt.issued-by")}</strong>
            <span>{printed}</span>
        </p>
    }
}
