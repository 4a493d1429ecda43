//! Loads the page again after a while, for an answer that is on its way. Without scripts a link does the same.

use leptos::prelude::*;

#[island]
pub fn AskAgain(seconds: u32) -> impl IntoView {
    Effect::new(move |_| reload_after(seconds));
}

#[cfg(feature = "hydrate")]
fn reload_after(seconds: u32) {
    let reload = || drop(window().location().reload());
    set_timeout(reload, std::time::Duration::from_secs(seconds.into()));
}

#[cfg(not(feature = "hydrate"))]
fn reload_after(_: u32) {}
