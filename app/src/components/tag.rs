//! A state as a tag. Its colour is never the only signal.

use leptos::prelude::*;

/// What kind of news a tag brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    #[default]
    Quiet,
    /// Under way.
    Running,
    /// Done, allowed.
    Good,
    /// The person must act.
    Urgent,
    /// Refused, lapsed.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Quiet => "lt-tag",
            Self::Running => "lt-tag lt-tag--running",
            Self::Good => "lt-tag lt-tag--good",
            Self::Urgent => "lt-tag lt-tag--urgent",
            Self::Bad => "lt-tag lt-tag--bad",
        }
    }
}

#[component]
pub fn Tag(#[prop(optional)] tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <strong class=tone.class()>{text}</strong> }
}
