//! Polls the server with growing intervals until a pending outcome is known, then reloads the page. Without scripts a
//! link does the same.

use leptos::prelude::*;

#[island]
pub fn AskAgain(
    /// Answers 202 as long as nothing is known.
    pending: String,
    /// The page that says what became of it.
    page: String,
) -> impl IntoView {
    Effect::new(move |_| ask_later(0, pending.clone(), page.clone()));
}

/// The pauses in seconds, about a minute in all; after the last one the page itself says how things stand.
#[cfg(feature = "hydrate")]
const PAUSES: [u64; 7] = [2, 3, 5, 8, 12, 15, 17];

#[cfg(feature = "hydrate")]
fn ask_later(asked: usize, pending: String, page: String) {
    match PAUSES.get(asked) {
        Some(pause) => {
            set_timeout(move || ask(asked, &pending, page.clone()), std::time::Duration::from_secs(*pause));
        }
        None => drop(window().location().replace(&page)),
    }
}

/// An outage says nothing of what is pending: it is asked again.
#[cfg(feature = "hydrate")]
fn ask(asked: usize, pending: &str, page: String) {
    use wasm_bindgen::{JsValue, closure::Closure};
    let again = {
        let (pending, page) = (pending.to_owned(), page.clone());
        move || ask_later(asked + 1, pending, page)
    };
    let failed = Closure::once({
        let again = again.clone();
        move |_: JsValue| again()
    });
    let answered = Closure::once(move |answer: JsValue| {
        match js_sys::Reflect::get(&answer, &"status".into()).ok().and_then(|status| status.as_f64()) {
            Some(204.0 | 401.0 | 404.0) => drop(window().location().replace(&page)),
            _ => again(),
        }
    });
    drop(window().fetch_with_str(pending).then2(&answered, &failed));
    answered.forget();
    failed.forget();
}

#[cfg(not(feature = "hydrate"))]
fn ask_later(_: usize, _: String, _: String) {}
