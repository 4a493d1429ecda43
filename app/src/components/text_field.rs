//! A text field with label, hint, and the error and input of the last submission.

use leptos::prelude::*;

use super::field::{FieldState, hint_line};

#[component]
pub fn TextField(
    /// The form it belongs to, as `Flash` names it.
    #[prop(into)]
    form: String,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// What stands in it before anything was typed.
    #[prop(optional, into)]
    value: Option<String>,
    #[prop(default = "text".into(), into)] kind: String,
    #[prop(optional, into)] inputmode: Option<String>,
    #[prop(default = "off".into(), into)] autocomplete: String,
    /// As many characters wide: 2, 3, 4, 5, 10, 20. The whole width where left out.
    #[prop(optional)]
    width: Option<u8>,
) -> impl IntoView {
    let state = FieldState::of(&form, &name, hint.is_some());
    let value = if state.typed.is_empty() { value.unwrap_or_default() } else { state.typed.clone() };
    let mut class = String::from("govuk-input");
    if let Some(width) = width {
        class.push_str(&format!(" govuk-input--width-{width}"));
    }
    if state.error.is_some() {
        class.push_str(" govuk-input--error");
    }
    view! {
        <div class=state.group_class()>
            <label class="govuk-label" for=name.clone()>{label}</label>
            {hint_line(&name, hint)}
            {state.error_line(&name)}
            <input
                class=class
                type=kind
                id=name.clone()
                name=name.clone()
                value=value
                inputmode=inputmode
                autocomplete=autocomplete
                spellcheck="false"
                aria-describedby=state.described_by(&name)
                aria-invalid=state.error.is_some().then_some("true")
            />
        </div>
    }
}
