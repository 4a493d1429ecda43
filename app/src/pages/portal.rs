//! Public pages: settings, errors, offline, the development outbox.

use leptos::prelude::*;

use super::{loaded, query, set_status};
use crate::api::services;
use crate::components::{
    Button, ButtonLink, Card, Choice, Empty, IconName, Layout, PostForm, Radios, Tab, say, say_with,
    time_words,
};
use crate::texts::Language;
use crate::visit::{Theme, visit};

#[component]
pub fn NotFound() -> impl IntoView {
    set_status(http::StatusCode::NOT_FOUND);
    view! {
        <Layout title=say("page.not-found.title")>
            <p>{say("page.not-found.words")}</p>
            <ButtonLink href="/">{say("page.to-home")}</ButtonLink>
        </Layout>
    }
}

#[component]
pub fn Unavailable(#[prop(optional)] reference: String) -> impl IntoView {
    set_status(http::StatusCode::SERVICE_UNAVAILABLE);
    view! {
        <Layout title=say("page.unavailable.title")>
            <p>{say("page.unavailable.words")}</p>
            {(!reference.is_empty()).then(|| view! {
                <p>{say_with("page.unavailable.reference", &[("reference", &reference)])}</p>
            })}
            <ButtonLink href="/">{say("page.to-home")}</ButtonLink>
        </Layout>
    }
}

/// In place of what was asked for while the store does not answer. A reference of another shape is not shown: the
/// address may come from anybody.
#[component]
pub fn Outage() -> impl IntoView {
    let mut reference = query("reference");
    if reference.len() != 16 || !reference.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        reference.clear();
    }
    view! { <Unavailable reference/> }
}

#[component]
pub fn TooMany(seconds: u32) -> impl IntoView {
    set_status(http::StatusCode::TOO_MANY_REQUESTS);
    view! {
        <Layout title=say("page.too-many.title")>
            <p>{say_with("page.too-many.words", &[("seconds", &seconds)])}</p>
            <ButtonLink href="/">{say("page.to-home")}</ButtonLink>
        </Layout>
    }
}

/// In place of what one address asked for too often.
#[component]
pub fn Patience() -> impl IntoView {
    view! { <TooMany seconds=query("seconds").parse().unwrap_or(60)/> }
}

#[component]
pub fn TooLarge() -> impl IntoView {
    set_status(http::StatusCode::PAYLOAD_TOO_LARGE);
    view! {
        <Layout title=say("page.too-large.title")>
            <p>{say("page.too-large.words")}</p>
            <ButtonLink href="/">{say("page.to-home")}</ButtonLink>
        </Layout>
    }
}

#[component]
pub fn Stale() -> impl IntoView {
    view! {
        <Layout title=say("page.stale.title")>
            <p>{say("page.stale.words")}</p>
            <ButtonLink href="/">{say("page.to-home")}</ButtonLink>
        </Layout>
    }
}

#[component]
pub fn Offline() -> impl IntoView {
    view! {
        <Layout title=say("page.offline.title")>
            <p>{say("page.offline.words")}</p>
            <ButtonLink href="/rulebook">{say("page.home.rulebook")}</ButtonLink>
            <ButtonLink href="/what-if">{say("page.home.what-if")}</ButtonLink>
        </Layout>
    }
}

#[component]
pub fn Settings() -> impl IntoView {
    let preferences = visit().preferences;
    let languages = Language::ALL
        .into_iter()
        .map(|language| Choice::new(language.code(), language.own_name()))
        .collect::<Vec<_>>();
    let sizes = vec![
        Choice::new("normal", say("page.settings.size-normal")),
        Choice::new("large", say("page.settings.size-large")).hint(say("page.settings.size-large-hint")),
    ];
    let themes = Theme::ALL
        .into_iter()
        .map(|theme| Choice::new(theme.code(), say(&format!("page.settings.theme-{}", theme.code()))))
        .collect::<Vec<_>>();
    let size = if preferences.large_type { "large" } else { "normal" };
    view! {
        <Layout title=say("page.settings.title") tab=Tab::Mine>
            <PostForm action="/api/settings" hidden=vec![("next".into(), "/settings".into())]>
                <Radios form="settings" name="language" legend=say("page.settings.language") choices=languages chosen=preferences.language.code()/>
                <Radios form="settings" name="size" legend=say("page.settings.size") choices=sizes chosen=size/>
                <Radios form="settings" name="theme" legend=say("page.settings.theme") choices=themes chosen=preferences.theme.code()/>
                <Button>{say("page.settings.save")}</Button>
            </PostForm>
        </Layout>
    }
}

/// Texts that would have gone out, in development.
#[component]
pub fn Outbox() -> impl IntoView {
    loaded(async { services().accounts.outbox().await }, |texts| {
        view! {
            <Layout title=say("page.outbox.title")>
                <p class="lt-quiet">{say("page.outbox.words")}</p>
                {texts.is_empty().then(|| view! { <Empty title=say("page.outbox.empty") icon=IconName::Phone/> })}
                {texts.into_iter().map(|text| view! {
                    <Card heading=format!("{} · {}", text.phone, time_words(text.at))>
                        <pre class="lt-code" data-phone=text.phone>{text.text}</pre>
                    </Card>
                }).collect_view()}
            </Layout>
        }
    })
}
