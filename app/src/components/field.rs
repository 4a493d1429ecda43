//! The common part of all fields: the error and the input of the last submission, and the ids that describe the
//! field.

use leptos::prelude::*;

use super::{error_text, say};
use crate::visit::Visit;

/// A field's part of the last submission.
pub(super) struct FieldState {
    pub(super) error: Option<String>,
    pub(super) typed: String,
    hint: bool,
}

impl FieldState {
    pub(super) fn of(form: &str, name: &str, hint: bool) -> Self {
        let read = |visit: &Visit| {
            let error = visit.errors_of(form).into_iter().find(|error| error.field == name);
            (error, visit.value_of(form, name))
        };
        let (error, typed) =
            with_context::<Visit, _>(read).expect("the server provides the visit to every page");
        Self { error: error.as_ref().map(error_text), typed, hint }
    }

    pub(super) fn group_class(&self) -> &'static str {
        if self.error.is_some() { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" }
    }

    pub(super) fn described_by(&self, name: &str) -> Option<String> {
        let mut ids = Vec::new();
        if self.hint {
            ids.push(format!("{name}-hint"));
        }
        if self.error.is_some() {
            ids.push(format!("{name}-error"));
        }
        if ids.is_empty() { None } else { Some(ids.join(" ")) }
    }

    pub(super) fn error_line(&self, name: &str) -> Option<impl IntoView + use<>> {
        let id = format!("{name}-error");
        self.error.clone().map(|text| {
            view! {
                <p id=id class="govuk-error-message">
                    <span class="govuk-visually-hidden">{say("frame.error-prefix")}</span>
                    {text}
                </p>
            }
        })
    }
}

pub(super) fn hint_line(name: &str, hint: Option<String>) -> Option<impl IntoView + use<>> {
    let id = format!("{name}-hint");
    hint.map(|hint| view! { <div id=id class="govuk-hint">{hint}</div> })
}
