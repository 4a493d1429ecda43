//! How to print or keep a page as PDF, in words, because browsers without scripts have no other way.
//! It is not printed itself.

use leptos::prelude::*;

use super::say;

#[component]
pub fn PrintHint() -> impl IntoView {
    view! { <p class="lt-print-hint">{say("frame.print-hint")}</p> }
}
