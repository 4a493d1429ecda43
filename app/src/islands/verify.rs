//! Verifies a receipt in the browser. The proof comes from the fragment of the link or from the form, and is not
//! sent.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::receipt::{Outcome, Proof, PublishedKey, lines};

/// Sentences by outcome and the names of the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyWords {
    /// Title and explanation, in the order of `Outcome::ALL`.
    pub outcomes: Vec<(String, String)>,
    pub names: Vec<(String, String)>,
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub outcome: Outcome,
    pub lines: Vec<(String, String)>,
}

impl Verified {
    /// Lines are told of a genuine receipt only: anything else proves nothing.
    pub fn of(pasted: &str, keys: &[PublishedKey]) -> Self {
        let proof = Proof::parse(pasted);
        let outcome = proof.as_ref().map_or(Outcome::Unreadable, |proof| proof.verify(keys));
        let genuine = proof.filter(|_| outcome == Outcome::Genuine);
        Self { outcome, lines: genuine.map(|proof| lines(&proof.text)).unwrap_or_default() }
    }
}

/// The answer, the same from the server and in the browser.
pub fn answer(verified: &Verified, words: &VerifyWords) -> AnyView {
    let index = Outcome::ALL.iter().position(|outcome| *outcome == verified.outcome);
    let (title, words_of) = index.and_then(|index| words.outcomes.get(index)).cloned().unwrap_or_default();
    let kind = if verified.outcome == Outcome::Genuine { "pass" } else { "refuse" };
    let class = format!("lt-verdict lt-verdict--{kind}");
    let rows = verified.lines.iter().map(|(name, value)| {
        let known = words.names.iter().find(|(code, _)| code == name);
        let name = known.map_or(name, |(_, words)| words).clone();
        view! {
            <div class="govuk-summary-list__row">
                <dt class="govuk-summary-list__key">{name}</dt>
                <dd class="govuk-summary-list__value">{value.clone()}</dd>
            </div>
        }
    });
    let rows = rows.collect_view();
    let list = (!verified.lines.is_empty()).then(|| view! { <dl class="govuk-summary-list">{rows}</dl> });
    view! { <p class=class data-outcome=verified.outcome.code()>{title}</p> <p>{words_of}</p> {list} }
        .into_any()
}

#[island(lazy)]
pub fn VerifyReceipt(keys: Vec<PublishedKey>, words: VerifyWords) -> impl IntoView {
    let verified = RwSignal::new(None::<Verified>);
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let keys = keys.clone();
        follow(root, move |pasted| verified.set(Some(Verified::of(&pasted, &keys))));
    });
    let words = StoredValue::new(words);
    let shown = move || verified.get().map(|verified| words.with_value(|words| answer(&verified, words)));
    view! { <div id="answer-now" role="status" node_ref=root>{shown}</div> }
}

/// Tells what the link's fragment or the form says, and keeps the form from being sent.
#[cfg(feature = "hydrate")]
fn follow(root: NodeRef<leptos::html::Div>, pasted: impl Fn(String) + 'static) {
    use std::rc::Rc;
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(form) = root.get().and_then(|place| place.closest("form").ok().flatten()) else { return };
    let Ok(Some(field)) = form.query_selector("[name=proof]") else { return };
    let pasted = Rc::new(move |text: String| {
        // The server's answer is of another text by now.
        if let Some(answer) = document().get_element_by_id("answer") {
            drop(answer.set_attribute("hidden", ""));
        }
        pasted(text);
    });
    let (of_link, shown) = (Rc::clone(&pasted), field.clone());
    let read_link = move || {
        let fragment = window().location().hash().unwrap_or_default();
        let Some(proof) = fragment.strip_prefix('#').and_then(Proof::from_fragment) else { return };
        drop(js_sys::Reflect::set(&shown, &"value".into(), &proof.block().into()));
        of_link(proof.block());
    };
    read_link();
    let on_link = Closure::<dyn Fn()>::new(read_link);
    drop(window().add_event_listener_with_callback("hashchange", on_link.as_ref().unchecked_ref()));
    on_link.forget();
    let on_submit = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        event.prevent_default();
        let value = js_sys::Reflect::get(&field, &"value".into()).ok();
        pasted(value.and_then(|value| value.as_string()).unwrap_or_default());
    });
    drop(form.add_event_listener_with_callback("submit", on_submit.as_ref().unchecked_ref()));
    on_submit.forget();
}

#[cfg(not(feature = "hydrate"))]
fn follow(_: NodeRef<leptos::html::Div>, _: impl Fn(String) + 'static) {}
