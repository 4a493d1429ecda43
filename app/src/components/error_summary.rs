//! The errors of a form at the top of its page. Each line links to its field.

use std::fmt::Display;

use leptos::prelude::*;

use super::{say, say_with};
use crate::visit::FieldError;

/// The sentence of an error.
pub fn error_text(error: &FieldError) -> String {
    let values: Vec<(&str, &dyn Display)> =
        error.with.iter().map(|(name, value)| (name.as_str(), value as &dyn Display)).collect();
    say_with(&error.text, &values)
}

#[component]
pub fn ErrorSummary(errors: Vec<FieldError>) -> impl IntoView {
    if errors.is_empty() {
        return ().into_any();
    }
    let lines = errors
        .iter()
        .map(|error| {
            let text = error_text(error);
            if error.field.is_empty() {
                view! { <li>{text}</li> }.into_any()
            } else {
                view! { <li><a href=format!("#{}", error.field)>{text}</a></li> }.into_any()
            }
        })
        .collect_view();
    view! {
        <div class="govuk-error-summary" id="errors" tabindex="-1" autofocus>
            <div role="alert">
                <h2 class="govuk-error-summary__title">{say("frame.errors-title")}</h2>
                <div class="govuk-error-summary__body">
                    <ul class="govuk-list govuk-error-summary__list">{lines}</ul>
                </div>
            </div>
        </div>
    }
    .into_any()
}
