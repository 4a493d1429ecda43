//! The message that an act failed and that nothing was lost.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

#[component]
pub fn Failure(
    #[prop(into)] title: String,
    /// Takes the focus when the page opens, for a page that a person is sent to with this news.
    #[prop(optional)]
    focus: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="lt-failure" id="failure" tabindex="-1" autofocus=focus>
            <Icon name=IconName::Cross/>
            <div>
                <h2 class="lt-failure__title">{title}</h2>
                <p>{children()}</p>
            </div>
        </section>
    }
}
