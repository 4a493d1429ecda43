//! Buttons: one that submits a form, one that leads to a page.

use leptos::prelude::*;

use super::say;

/// How much weight a button has. A page has one primary button, or two equal secondary ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Primary,
    Secondary,
    Warning,
    /// Looks like a link, for what is rarely wanted.
    Quiet,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "govuk-button",
            Self::Secondary => "govuk-button govuk-button--secondary",
            Self::Warning => "govuk-button govuk-button--warning",
            Self::Quiet => "lt-quiet-button",
        }
    }
}

/// Submits the form that it stands in, or the one that it names.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// Name and value that the form carries when this button is the one pressed.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of a form elsewhere on the page.
    #[prop(optional, into)]
    form: Option<String>,
    /// The words while the answer is on its way.
    #[prop(default = None)]
    busy: Option<String>,
    children: Children,
) -> impl IntoView {
    let busy = busy.unwrap_or_else(|| say("frame.busy"));
    view! {
        <button
            type="submit"
            class=kind.class()
            form=form
            name=name
            value=value
            data-busy=busy
        >
            {children()}
        </button>
    }
}

/// Asks for another code. While scripts run it counts down the seconds until another can be had; the server tells whoever
/// asks too early.
#[component]
pub fn ResendButton(seconds: i64, children: Children) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=ButtonKind::Quiet.class()
            data-busy=say("frame.busy")
            data-wait=seconds
            data-waiting=say("frame.resend-in")
        >
            {children()}
        </button>
    }
}

/// Leads to a page and looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=kind.class()>
            {children()}
        </a>
    }
}
