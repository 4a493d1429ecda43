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
            <Routes fallback=pages::portal::NotFound>
                <Route path=path!("") view=pages::home::Home ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// A page for signed-in people: others are sent to sign in and come back.
pub fn signed_in() -> bool {
    let visit = visit();
    if visit.account.is_none() {
        leptos_axum::redirect(&crate::api::sign_in_and_return(&visit.path));
    }
    visit.account.is_some()
}
