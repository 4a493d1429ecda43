//! The document around every page, and which page stands at which path.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::pages;
use crate::visit::{Visit, visit};

/// The document. Errors outside a visit are shown in the first language.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let visit: Option<Visit> = use_context();
    let preferences = visit.as_ref().map(|visit| visit.preferences).unwrap_or_default();
    let cache = visit.as_ref().map(|visit| visit.cache_id.clone());
    let signed_in = visit.as_ref().is_some_and(|visit| visit.account.is_some());
    view! {
        <!DOCTYPE html>
        <html
            lang=preferences.language.html_lang()
            data-theme=preferences.theme.code()
            data-size=if preferences.large_type { "large" } else { "normal" }
            data-cache=cache
            data-account=if signed_in { "yes" } else { "no" }
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="theme-color" content="#0b5cad"/>
                <meta name="format-detection" content="telephone=no"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/icons/icon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icons/icon-192.png"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
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
                <Route path=path!("/register/identity/code") view=pages::account::RegisterPerson ssr=SsrMode::Async/>
                <Route path=path!("/register/password") view=pages::account::RegisterPassword ssr=SsrMode::Async/>
                <Route path=path!("/register/done") view=pages::account::RegisterDone ssr=SsrMode::Async/>
                <Route path=path!("/signed-out") view=pages::account::SignedOut ssr=SsrMode::Async/>
                <Route path=path!("/me") view=pages::me::Me ssr=SsrMode::Async/>
                <Route path=path!("/me/licence") view=pages::me::Licence ssr=SsrMode::Async/>
                <Route path=path!("/me/sessions") view=pages::me::Sessions ssr=SsrMode::Async/>
                <Route path=path!("/vehicles") view=pages::violations::Vehicles ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle") view=pages::violations::Records ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record") view=pages::violations::Record ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/dispute") view=pages::violations::Dispute ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/dispute/confirm") view=pages::violations::DisputeConfirm ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/records/:record/disputed") view=pages::violations::Disputed ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/notice") view=pages::orders::Notice ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/decision") view=pages::orders::Decision ssr=SsrMode::Async/>
                <Route path=path!("/vehicles/:vehicle/confirm") view=pages::orders::Confirm ssr=SsrMode::Async/>
                <Route path=path!("/orders") view=pages::orders::Orders ssr=SsrMode::Async/>
                <Route path=path!("/orders/:order") view=pages::orders::Order ssr=SsrMode::Async/>
                <Route path=path!("/receipts") view=pages::orders::Receipts ssr=SsrMode::Async/>
                <Route path=path!("/receipts/:number") view=pages::orders::Receipt ssr=SsrMode::Async/>
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
