//! A sentence that must not be missed, with a sign beside it that screen readers say in words.
//! It is no error: nothing was typed wrongly.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use super::say;

#[component]
pub fn Warning(children: Children) -> impl IntoView {
    view! {
        <div class="lt-warning">
            <Icon name=IconName::Alert/>
            <div>
                <span class="govuk-visually-hidden">{say("frame.warning")}</span>
                {children()}
            </div>
        </div>
    }
}
