//! The application as people see it: pages that the server renders, islands that run in the browser, and the
//! interfaces that the server implements.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod components;
pub mod islands;
pub mod made_up;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod receipt;
#[cfg(feature = "ssr")]
mod routes;
pub mod texts;
#[cfg(feature = "ssr")]
pub mod visit;

#[cfg(feature = "ssr")]
pub use routes::{App, shell};
#[cfg(feature = "ssr")]
pub use visit::Visit;

/// Wakes the islands of a page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    if let Some(root) = leptos::prelude::document().document_element() {
        // A marker for tests, and for styles that wait for scripts.
        drop(root.set_attribute("data-hydrated", "true"));
    }
}
