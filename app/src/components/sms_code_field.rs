//! The field for an SMS code. It accepts spaces and full-width digits.

use leptos::prelude::*;

use super::say;
use super::text_field::TextField;

#[component]
pub fn SmsCodeField(
    #[prop(into)] form: String,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let hint = hint.unwrap_or_else(|| say("frame.code-hint"));
    view! {
        <TextField
            form=form
            name="code"
            label=say("frame.code")
            hint=hint
            inputmode="numeric"
            autocomplete="one-time-code"
            width=10
        />
    }
}
