//! A hint how to print the page or save it as PDF, and the issuer and time on the printed page.

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
