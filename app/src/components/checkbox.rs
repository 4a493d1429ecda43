//! One checkbox with its label, its hint and the error of the last submission.

use leptos::prelude::*;

use super::field::FieldState;

#[component]
pub fn Checkbox(
    /// The form it belongs to, as `Flash` names it.
    #[prop(into)]
    form: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] checked: bool,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let state = FieldState::of(&form, &name, hint.is_some());
    let value = value.unwrap_or_else(|| "yes".into());
    let id = if value == "yes" { name.clone() } else { format!("{name}-{value}") };
    view! {
        <div class=state.group_class()>
            {state.error_line(&name)}
            <div class="govuk-checkboxes">
                <div class="govuk-checkboxes__item">
                    <input
                        class="govuk-checkboxes__input"
                        type="checkbox"
                        id=id.clone()
                        name=name.clone()
                        value=value
                        checked=checked
                        disabled=disabled
                        aria-describedby=state.described_by(&name)
                    />
                    <label class="govuk-label govuk-checkboxes__label" for=id>{label}</label>
                    {hint.map(|hint| view! {
                        <div class="govuk-hint govuk-checkboxes__hint" id=format!("{name}-hint")>{hint}</div>
                    })}
                </div>
            </div>
        </div>
    }
}
