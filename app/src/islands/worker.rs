//! Registers the service worker, and tells it to delete personal copies at sign-out.

use leptos::prelude::*;

#[island]
pub fn ServiceWorker() -> impl IntoView {
    Effect::new(|_| register());
}

#[island]
pub fn ForgetCopies() -> impl IntoView {
    Effect::new(|_| forget());
}

#[cfg(feature = "hydrate")]
fn register() {
    // Browsers without workers, and pages not served securely, do without.
    if js_sys::Reflect::has(&window().navigator(), &"serviceWorker".into()).unwrap_or(false) {
        drop(window().navigator().service_worker().register("/service-worker.js"));
    }
}

#[cfg(feature = "hydrate")]
fn forget() {
    if let Some(worker) = js_sys::Reflect::get(&window().navigator(), &"serviceWorker".into())
        .ok()
        .filter(|container| container.is_truthy())
        .and_then(|_| window().navigator().service_worker().controller())
    {
        let message = js_sys::Object::new();
        drop(js_sys::Reflect::set(&message, &"type".into(), &"forget".into()));
        drop(worker.post_message(&message));
    }
}

#[cfg(not(feature = "hydrate"))]
fn register() {}

#[cfg(not(feature = "hydrate"))]
fn forget() {}
