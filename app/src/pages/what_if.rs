//! Judges a case that a visitor makes up, without signing in. The address holds the whole case, so it can be shared.

mod form;
mod late_fee;

use leptos::prelude::*;
use rules::families::camera::{Camera, Request};
use rules::kernel::{Description, Family, Kind, Setting, Value};

use super::{loaded, query};
use crate::api::services;
use crate::components::{
    ActionBar, Button, Layout, RefusalCard, RefusalWords, Tab, rule_key, say, say_with, source_words,
    value_words,
};
use crate::islands::{WhatIfAnswer, WhatIfRules, WhatIfWords};
use crate::made_up::{Input, PLACES, Wrong};
use crate::visit::{FieldError, visit};
use form::Choices;

pub use late_fee::LateFeeOfFine;

/// A parameter's value in words.
pub fn parameter_words(parameter: Description, setting: &Setting) -> String {
    match (parameter.kind, setting) {
        (_, Setting::None) => say("page.rulebook.none"),
        // A count is a number of whatever the parameter's name says.
        (Kind::Count { .. } | Kind::Points, Setting::Number(number)) => number.to_string(),
        (kind, Setting::Number(number) | Setting::Set(number)) => {
            value_words(&kind.value(*number)).unwrap_or_default()
        }
        (_, Setting::List(numbers)) => value_words(&Value::plates(numbers)).unwrap_or_default(),
    }
}

fn error(wrong: &Wrong) -> FieldError {
    let text = if wrong.choice { "choice" } else { wrong.field };
    FieldError::new(wrong.field, &format!("page.what-if.wrong-{text}"))
}

/// What the browser needs to judge any case of the form.
fn rules_of(request: Request) -> WhatIfRules {
    let rulebook = services().portal.rulebook();
    let day = rules::calendar::local(request.now).date();
    let places = PLACES.iter().filter_map(|(region, _)| {
        let place = rulebook.place_of(&rules::place::RegionCode::parse(region).ok()?);
        Some(((*region).to_owned(), rulebook.parameters(place.map(|place| &place.id), day)))
    });
    WhatIfRules { request, places: places.collect() }
}

fn words() -> WhatIfWords {
    let rulebook = services().portal.rulebook();
    let rules = Camera::RULES.iter().map(|rule| {
        let key = rule_key(rule.id.code());
        (say(&format!("rule.{key}.title-refused")), say(&format!("rule.{key}.remedy")))
    });
    let sources = rulebook.sources.iter().map(|source| {
        let words = source_words(&source.text, source.article.as_deref());
        let of_place = rulebook.jurisdictions.iter().find(|place| place.id.as_str() == source.text);
        (words, of_place.map(|place| place.id.clone()))
    });
    WhatIfWords {
        passes: say("page.what-if.passes"),
        refused: say_with("page.what-if.refused", &[("count", &"{count}")]),
        unfinished: say("page.what-if.unfinished"),
        rules: rules.collect(),
        sources: sources.collect(),
        everywhere: say_with("refusal.everywhere", &[("source", &"{source}")]),
    }
}

#[component]
pub fn WhatIf() -> impl IntoView {
    let input = Input::read(query);
    let request = Request { now: visit().now, channels: services().portal.channels() };
    let (case, errors) = match input.case(request) {
        Ok(case) => (Some(case), Vec::new()),
        Err(wrong) => (None, wrong.iter().map(error).collect()),
    };
    let answer = case.map(|case| {
        loaded(async move { services().portal.assess(case).await }, |verdict| {
            let rulebook = services().portal.rulebook();
            let refusals = RefusalWords::all(&verdict, &rulebook).into_iter().map(|refusal| view! { <RefusalCard refusal/> }).collect_view();
            view! {
                <section class="lt-section" id="answer" role="status">
                    {if verdict.passes() {
                        view! { <p class="lt-verdict lt-verdict--pass">{say("page.what-if.passes")}</p> }.into_any()
                    } else {
                        let count = verdict.refusals.len();
                        view! { <p class="lt-verdict lt-verdict--refuse">{say_with("page.what-if.refused", &[("count", &count)])}</p> }.into_any()
                    }}
                    {refusals}
                </section>
            }
        })
    });
    view! {
        <Layout title=say("page.home.what-if") back="/" tab=Tab::Business errors=errors.clone()>
            <p>{say("page.what-if.words")}</p>
            <form method="get" action="/what-if#answer" novalidate>
                <Choices input errors/>
                <ActionBar above=move || view! { <WhatIfAnswer rules=rules_of(request) words=words()/> }>
                    <Button>{say("page.what-if.act")}</Button>
                </ActionBar>
            </form>
            {answer}
        </Layout>
    }
}
