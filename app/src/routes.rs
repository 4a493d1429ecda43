//! The document around every page, and which page stands at which path.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::pages;
use crate::visit::{SessionState, Theme, Visit, visit};

/// The document. Errors outside a visit are shown in the first language.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let visit: Option<Visit> = use_context();
    let preferences = visit.as_ref().map(|visit| visit.preferences).unwrap_or_default();
    let cache = visit.as_ref().map(|visit| visit.cache_id.clone());
    let session = visit.as_ref().map(|visit| visit.session).unwrap_or(SessionState::Unknown);
    let seconds = visit.as_ref().and_then(Visit::session_seconds);
    view! {
        <!DOCTYPE html>
        <html
            lang=preferences.language.html_lang()
            data-theme=preferences.theme.code()
            data-size=if preferences.large_type { "large" } else { "normal" }
            data-cache=cache
            data-account=match session {
                SessionState::Live => "yes",
                SessionState::Unknown => "unknown",
                SessionState::Absent | SessionState::Idle | SessionState::Ended => "no",
            }
            data-session-seconds=seconds
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                {theme_colours(preferences.theme)}
                <meta name="format-detection" content="telephone=no"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="icon" href=icon("icon.svg") type="image/svg+xml"/>
                <link rel="apple-touch-icon" href=icon("apple-touch-icon.png")/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <HydrationScripts options islands=true/>
                <script nonce=use_nonce() inner_html=include_str!("frame.js")></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The address of an icon. Browsers keep icons for good, so the address changes with the drawing.
fn icon(name: &str) -> String {
    const DRAWING: u64 = digest(include_bytes!("../public/icons/icon.svg"));
    format!("/icons/{name}?{DRAWING:016x}")
}

/// FNV-1a, which tells versions of a file apart.
const fn digest(bytes: &[u8]) -> u64 {
    let (mut hash, mut index) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

/// The ground of the pages, `--ground` of the styles: the browser's bars take its colour.
fn theme_colours(theme: Theme) -> impl IntoView {
    const LIGHT: &str = "#f3f6fa";
    const DARK: &str = "#0e1319";
    let colour = |content: &'static str, media: Option<&'static str>| {
        leptos::html::meta().name("theme-color").content(content).attr("media", media)
    };
    match theme {
        Theme::Light => vec![colour(LIGHT, None)],
        Theme::Dark => vec![colour(DARK, None)],
        Theme::Auto => vec![
            colour(LIGHT, Some("(prefers-color-scheme: light)")),
            colour(DARK, Some("(prefers-color-scheme: dark)")),
        ],
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::portal::NotFound/> }>
                <Route path=path!("") view=pages::home::Home ssr=SsrMode::Async/>
                <Route path=path!("/services") view=pages::home::Services ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=pages::account::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/code") view=pages::account::SignInCode ssr=SsrMode::Async/>
                <Route path=path!("/sign-in/password") view=pages::account::SignInPassword ssr=SsrMode::Async/>
                <Route path=path!("/register") view=pages::account::Register ssr=SsrMode::Async/>
                <Route path=path!("/register/code") view=pages::account::RegisterCode ssr=SsrMode::Async/>
                <Route path=path!("/register/identity") view=pages::account::RegisterIdentity ssr=SsrMode::Async/>
                <Route path=path!("/register/password") view=pages::account::RegisterPassword ssr=SsrMode::Async/>
                <Route path=path!("/register/done") view=pages::account::RegisterDone ssr=SsrMode::Async/>
                <Route path=path!("/signed-out") view=pages::account::SignedOut ssr=SsrMode::Async/>
                <Route path=path!("/me") view=pages::me::Me ssr=SsrMode::Async/>
                <Route path=path!("/me/licence") view=pages::me::Licence ssr=SsrMode::Async/>
                <Route path=path!("/me/sessions") view=pages::me::Sessions ssr=SsrMode::Async/>
                <Route path=path!("/vehicles") view=pages::violations::Vehicles ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle") view=pages::violations::Records ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record") view=pages::violations::Record ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/evidence") view=pages::violations::Evidence ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/dispute") view=pages::violations::Dispute ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/disputed") view=pages::violations::Disputed ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/notice") view=pages::orders::Notice ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/decision") view=pages::orders::Decision ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/confirm") view=pages::orders::Confirm ssr=SsrMode::Async/>
                <Route path=path!("/orders") view=pages::orders::Orders ssr=SsrMode::Async/>
                <Route path=path!("/orders/:order") view=pages::orders::Order ssr=SsrMode::Async/>
                <Route path=path!("/orders/:order/cancel") view=pages::orders::CancelOrder ssr=SsrMode::Async/>
                <Route path=path!("/receipts") view=pages::orders::Receipts ssr=SsrMode::Async/>
                <Route path=path!("/receipts/:number") view=pages::orders::Receipt ssr=SsrMode::Async/>
                <Route path=path!("/verify") view=pages::verify::Verify ssr=SsrMode::Async/>
                <Route path=path!("/rulebook") view=pages::rulebook::Rulebook ssr=SsrMode::Async/>
                <Route path=path!("/rulebook/:rule") view=pages::rulebook::Rule ssr=SsrMode::Async/>
                <Route path=path!("/what-if") view=pages::what_if::WhatIf ssr=SsrMode::Async/>
                <Route path=path!("/what-if/late-fee") view=pages::what_if::LateFeeOfFine ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=pages::portal::Settings ssr=SsrMode::Async/>
                <Route path=path!("/outbox") view=pages::portal::Outbox ssr=SsrMode::Async/>
                <Route path=path!("/offline") view=pages::portal::Offline ssr=SsrMode::Async/>
                <Route path=path!("/not-found") view=pages::portal::NotFound ssr=SsrMode::Async/>
                <Route path=path!("/error/unavailable") view=pages::portal::Outage ssr=SsrMode::Async/>
                <Route path=path!("/error/too-many") view=pages::portal::Patience ssr=SsrMode::Async/>
                <Route path=path!("/error/too-large") view=pages::portal::TooLarge ssr=SsrMode::Async/>
                <Route path=path!("/error/stale") view=pages::portal::Stale ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// A page for signed-in people: others are sent to sign in and come back.
pub fn signed_in() -> bool {
    let visit = visit();
    if visit.account.is_none() {
        crate::api::redirect(&crate::api::sign_in_and_return(&visit.path));
    }
    visit.account.is_some()
}
