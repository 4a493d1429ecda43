//! A warning before an idle session ends, with a button that keeps it and the input.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How long before the end the warning comes.
#[cfg(feature = "hydrate")]
const WARNING_SECONDS: f64 = 120.0;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionWords {
    pub ending: String,
    pub stay: String,
    pub ended: String,
    pub sign_in: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server draws a session that runs"))]
enum Stage {
    Running,
    Ending,
    Ended,
}

#[island]
pub fn SessionTimer(
    idle_minutes: u32,
    /// Leads to signing in and back to this page.
    sign_in: String,
    words: SessionWords,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Running);
    Effect::new(move |_| watch(idle_minutes, stage));
    let (words, sign_in) = (StoredValue::new(words), StoredValue::new(sign_in));
    let word = move |pick: fn(&SessionWords) -> &String| words.with_value(|words| pick(words).clone());
    let inside = move || {
        match stage.get() {
        Stage::Running => ().into_any(),
        Stage::Ending => view! {
            <div class="lt-strip lt-strip--session">
                <p class="lt-strip__words">{word(|words| &words.ending)}</p>
                <button type="button" class="lt-strip__act lt-quiet-button" on:click=move |_| stay(stage)>
                    {word(|words| &words.stay)}
                </button>
            </div>
        }
        .into_any(),
        Stage::Ended => view! {
            <div class="lt-strip lt-strip--session">
                <p class="lt-strip__words">{word(|words| &words.ended)}</p>
                <a class="lt-strip__act" href=sign_in.get_value() data-keep="">{word(|words| &words.sign_in)}</a>
            </div>
        }
        .into_any(),
    }
    };
    view! { <div role="alert" id="session">{inside}</div> }
}

/// When this browser, in whichever tab, last reached the server; all its tabs share one session.
#[cfg(feature = "hydrate")]
fn note_contact() {
    if let Ok(Some(store)) = window().local_storage() {
        drop(store.set_item("lutong-contact", &js_sys::Date::now().to_string()));
    }
}

#[cfg(feature = "hydrate")]
fn last_contact() -> Option<f64> {
    window().local_storage().ok()??.get_item("lutong-contact").ok()??.parse().ok()
}

#[cfg(feature = "hydrate")]
#[expect(clippy::float_arithmetic, reason = "the browser tells its time as a float")]
fn watch(idle_minutes: u32, stage: RwSignal<Stage>) {
    note_contact();
    let look = move || {
        let Some(contact) = last_contact() else { return };
        let left = f64::from(idle_minutes) * 60.0 - (js_sys::Date::now() - contact) / 1000.0;
        let now = match () {
            () if left <= 0.0 => Stage::Ended,
            () if left <= WARNING_SECONDS => Stage::Ending,
            () => Stage::Running,
        };
        if stage.get_untracked() != now {
            stage.set(now);
        }
    };
    set_interval(look, std::time::Duration::from_secs(5));
}

/// Any request keeps the session; this one asks for nothing else.
#[cfg(feature = "hydrate")]
fn stay(stage: RwSignal<Stage>) {
    use wasm_bindgen::{JsValue, closure::Closure};
    let answered = Closure::once(move |answer: JsValue| {
        match js_sys::Reflect::get(&answer, &"status".into()).ok().and_then(|status| status.as_f64()) {
            Some(204.0) => {
                note_contact();
                stage.set(Stage::Running);
            }
            Some(401.0) => stage.set(Stage::Ended),
            // An outage says nothing of the session.
            _ => {}
        }
    });
    drop(window().fetch_with_str("/session").then(&answered));
    answered.forget();
}

#[cfg(not(feature = "hydrate"))]
fn watch(_: u32, _: RwSignal<Stage>) {}

#[cfg(not(feature = "hydrate"))]
fn stay(_: RwSignal<Stage>) {}
