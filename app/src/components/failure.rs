//! Tells that what the person tried did not work, and that nothing was lost by it.
//! It is no error in a form: nothing typed has to be mended.

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
