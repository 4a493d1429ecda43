//! The answer of the what-if page, judged in the browser while the form is filled in.

use leptos::prelude::*;
use rules::families::camera::{Camera, CameraParameters, Request, assess_with};
use rules::kernel::{Family, SourceId, Verdict};
use rules::place::PlaceId;
use serde::{Deserialize, Serialize};

use crate::made_up::Input;

/// The parameters in force at each region that the form offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WhatIfRules {
    pub request: Request,
    pub places: Vec<(String, CameraParameters)>,
}

/// Sentences, `{count}` left open; what each rule says against a case and its remedy, in table order; the sources in the rulebook's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIfWords {
    pub passes: String,
    pub refused: String,
    pub unfinished: String,
    pub rules: Vec<(String, String)>,
    /// Each with the place whose own text it is.
    pub sources: Vec<(String, Option<PlaceId>)>,
    /// Around a source that is another place's text, `{source}` left open.
    pub everywhere: String,
}

/// What is said under the form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// Nothing was changed since the server answered.
    Unasked,
    Unfinished,
    Judged(Vec<Refused>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused {
    href: String,
    title: String,
    source: String,
    remedy: String,
}

impl WhatIfRules {
    fn judge(&self, input: &Input) -> Option<Verdict> {
        let case = input.case(self.request).ok()?;
        let (_, parameters) = self.places.iter().find(|(region, _)| *region == input.place)?;
        Some(assess_with(&case, parameters))
    }
}

impl WhatIfWords {
    fn source(&self, source: SourceId, place: Option<&PlaceId>) -> String {
        match self.sources.get(usize::from(source.0)) {
            Some((words, Some(of))) if Some(of) != place => self.everywhere.replace("{source}", words),
            Some((words, _)) => words.clone(),
            None => String::new(),
        }
    }

    fn answer(&self, verdict: Option<&Verdict>) -> Answer {
        let Some(verdict) = verdict else { return Answer::Unfinished };
        let refused = verdict.refusals.iter().map(|refusal| {
            let known = Camera::RULES.iter().position(|rule| rule.id == refusal.rule);
            let (title, remedy) = known.and_then(|index| self.rules.get(index)).cloned().unwrap_or_default();
            Refused {
                href: format!("/rulebook/{}", refusal.rule.code()),
                title,
                source: self.source(refusal.source, verdict.place.as_ref()),
                remedy,
            }
        });
        Answer::Judged(refused.collect())
    }
}

#[island(lazy)]
pub fn WhatIfAnswer(rules: WhatIfRules, words: WhatIfWords) -> impl IntoView {
    let answer = RwSignal::new(Answer::Unasked);
    let root = NodeRef::<leptos::html::Div>::new();
    let said = StoredValue::new(words.clone());
    Effect::new(move |_| {
        let (rules, words) = (rules.clone(), words.clone());
        follow(root, move |input| answer.set(words.answer(rules.judge(&input).as_ref())));
    });
    let shown = move || {
        let sentence = |pick: fn(&WhatIfWords) -> &String| said.with_value(|words| pick(words).clone());
        match answer.get() {
            Answer::Unasked => ().into_any(),
            Answer::Unfinished => view! { <p>{sentence(|words| &words.unfinished)}</p> }.into_any(),
            Answer::Judged(refused) if refused.is_empty() => {
                view! { <p class="lt-verdict lt-verdict--pass">{sentence(|words| &words.passes)}</p> }
                    .into_any()
            }
            Answer::Judged(refused) => {
                let count = refused.len().to_string();
                let sentence = sentence(|words| &words.refused).replace("{count}", &count);
                let lines = refused.into_iter().map(|refused| {
                    view! {
                        <li>
                            <a class="govuk-link" href=refused.href>{refused.title}</a>
                            <p class="lt-quiet">{refused.source}</p>
                            <p>{refused.remedy}</p>
                        </li>
                    }
                });
                view! {
                    <p class="lt-verdict lt-verdict--refuse">{sentence}</p>
                    <ul class="govuk-list govuk-list--spaced">{lines.collect_view()}</ul>
                }
                .into_any()
            }
        }
    };
    view! { <div id="answer-now" role="status" node_ref=root>{shown}</div> }
}

/// Tells what the form says after each change, and hides the server's answer, which is then of another case.
#[cfg(feature = "hydrate")]
fn follow(root: NodeRef<leptos::html::Div>, changed: impl Fn(Input) + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(form) = root.get().and_then(|place| place.closest("form").ok().flatten()) else { return };
    let of = form.clone();
    let read = move || {
        let field = |name: &str| {
            let found = of.query_selector(&format!("[name={name}]")).ok().flatten();
            let value = found.and_then(|field| js_sys::Reflect::get(&field, &"value".into()).ok());
            value.and_then(|value| value.as_string()).unwrap_or_default()
        };
        if let Some(answer) = document().get_element_by_id("answer") {
            drop(answer.set_attribute("hidden", ""));
        }
        changed(Input::read(field));
    };
    let listener = Closure::<dyn Fn()>::new(read);
    drop(form.add_event_listener_with_callback("input", listener.as_ref().unchecked_ref()));
    listener.forget();
}

#[cfg(not(feature = "hydrate"))]
fn follow(_: NodeRef<leptos::html::Div>, _: impl Fn(Input) + 'static) {}
