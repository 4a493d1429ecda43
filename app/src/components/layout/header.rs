//! The header: brand or back link, and the switches of language and type size. The switches are forms, so they work
//! without scripts.

use leptos::prelude::*;

use crate::components::icon::{Icon, IconName};
use crate::components::post_form::PostForm;
use crate::components::{language, say};
use crate::visit::Visit;

#[component]
pub(super) fn Header(
    back: Option<String>,
    back_in_history: bool,
    /// Inside a transaction the brand leads nowhere.
    quiet: bool,
) -> impl IntoView {
    let start = match back {
        Some(href) => view! {
            <a class="lt-back" href=href data-return=back_in_history.then_some("")><Icon name=IconName::Back/><span>{say("frame.back")}</span></a>
        }
        .into_any(),
        None if quiet => view! { <span class="lt-brand">{say("frame.brand")}</span> }.into_any(),
        None => view! { <a class="lt-brand" href="/">{say("frame.brand")}</a> }.into_any(),
    };
    view! {
        <header class="lt-header">
            {start}
            <div class="lt-header__switches">
                <SizeSwitch/>
                <LanguageSwitch/>
            </div>
        </header>
    }
}

fn here() -> (String, bool) {
    with_context::<Visit, _>(|visit| (visit.path.clone(), visit.preferences.large_type))
        .expect("the server provides the visit to every page")
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let (path, _) = here();
    let other = language().other();
    let hidden = vec![("language".into(), other.code().into()), ("next".into(), path)];
    view! {
        <PostForm action="/api/settings" hidden=hidden>
            <button type="submit" class="lt-switch" lang=other.html_lang()>{other.own_name()}</button>
        </PostForm>
    }
}

#[component]
fn SizeSwitch() -> impl IntoView {
    let (path, large) = here();
    let (size, words) = if large { ("normal", "frame.usual-type") } else { ("large", "frame.large-type") };
    let hidden = vec![("size".into(), size.into()), ("next".into(), path)];
    view! {
        <PostForm action="/api/settings" hidden=hidden>
            <button type="submit" class="lt-switch">{say(words)}</button>
        </PostForm>
    }
}
