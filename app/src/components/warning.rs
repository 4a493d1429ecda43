//! A warning with a sign that screen readers say in words.

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
