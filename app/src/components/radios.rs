//! Radio buttons with label and hint. None is chosen unless the page says so.

use leptos::prelude::*;

use super::field::{FieldState, hint_line};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[component]
pub fn Radios(
    #[prop(into)] form: String,
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    #[prop(optional, into)] hint: Option<String>,
    choices: Vec<Choice>,
    /// The value that is chosen when the page first shows.
    #[prop(optional, into)]
    chosen: Option<String>,
) -> impl IntoView {
    let state = FieldState::of(&form, &name, hint.is_some());
    let chosen = if state.typed.is_empty() { chosen.unwrap_or_default() } else { state.typed.clone() };
    let items = choices
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            // The first carries the field's own name: the error summary leads there.
            let id = if place == 0 { name.clone() } else { format!("{name}-{place}") };
            let hint_id = choice.hint.is_some().then(|| format!("{id}-choice-hint"));
            view! {
                <div class="govuk-radios__item">
                    <input
                        class="govuk-radios__input"
                        type="radio"
                        id=id.clone()
                        name=name.clone()
                        checked=choice.value == chosen
                        value=choice.value
                        aria-describedby=hint_id.clone()
                    />
                    <label class="govuk-label govuk-radios__label" for=id>{choice.label}</label>
                    {choice.hint.map(|hint| view! {
                        <div class="govuk-hint govuk-radios__hint" id=hint_id>{hint}</div>
                    })}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class=state.group_class()>
            <fieldset class="govuk-fieldset" aria-describedby=state.described_by(&name)>
                <legend class="govuk-fieldset__legend">{legend}</legend>
                {hint_line(&name, hint)}
                {state.error_line(&name)}
                <div class="govuk-radios">{items}</div>
            </fieldset>
        </div>
    }
}
