//! A field for a new or known password. The input is never sent back to the page.

use leptos::prelude::*;

use super::field::{FieldState, hint_line};
use super::say;

#[component]
pub fn PasswordField(
    #[prop(into)] form: String,
    #[prop(default = "password".into(), into)] name: String,
    #[prop(optional, into)] label: Option<String>,
    #[prop(optional, into)] hint: Option<String>,
    /// A password is being chosen: password managers then offer one.
    #[prop(optional)]
    new: bool,
) -> impl IntoView {
    let state = FieldState::of(&form, &name, hint.is_some());
    let class = if state.error.is_some() { "govuk-input govuk-input--error" } else { "govuk-input" };
    view! {
        <div class=state.group_class()>
            <label class="govuk-label" for=name.clone()>{label.unwrap_or_else(|| say("frame.password"))}</label>
            {hint_line(&name, hint)}
            {state.error_line(&name)}
            <input
                class=class
                type="password"
                id=name.clone()
                name=name.clone()
                autocomplete=if new { "new-password" } else { "current-password" }
                autocapitalize="none"
                spellcheck="false"
                required
                maxlength="128"
                aria-describedby=state.described_by(&name)
            />
        </div>
    }
}
