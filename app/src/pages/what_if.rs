//! Judges a case that a visitor makes up, without signing in. The address holds the whole case, so it can be shared.

mod form;
mod late_fee;

use leptos::prelude::*;
use rules::calendar::DayCount;
use rules::camera::Request;
use rules::licence::LicenceState;
use rules::money::Fen;
use rules::parameters::{Confirmation, Parameter, PaymentChannel, Value};
use rules::person::IdentityLevel;
use rules::plate::PlatePrefix;
use rules::rule::CAMERA_RULES;
use rules::set::{CodeSet, Coded};
use rules::vehicle::{Relation, VehicleKind, VehicleUse};

use super::{loaded, query};
use crate::api::services;
use crate::components::{
    ActionBar, Button, Layout, RefusalCard, RefusalWords, Tab, money_words, rule_key, say, say_with,
    source_words,
};
use crate::islands::{WhatIfAnswer, WhatIfRules, WhatIfWords};
use crate::made_up::{Input, PLACES, Wrong};
use crate::visit::{FieldError, visit};
use form::Choices;

pub use late_fee::LateFeeOfFine;

/// A parameter's value in words.
pub fn parameter_words(parameter: Parameter, value: &Value) -> String {
    use Parameter as P;
    let and = say("refusal.and");
    match (parameter, value) {
        (_, Value::None) => say("page.rulebook.none"),
        (P::FineLimit, Value::Number(fen)) => money_words(Fen::new(*fen)),
        (P::ClosedFrom | P::ClosedUntil, Value::Number(minute)) => {
            format!("{:02}:{:02}", minute / 60, minute % 60)
        }
        (P::IdentityLevel, Value::Number(index)) => {
            choice::<IdentityLevel>(|code| format!("identity.{code}"), *index)
        }
        (P::Confirmation, Value::Number(index)) => {
            choice::<Confirmation>(|code| format!("confirmation.{code}"), *index)
        }
        (P::LateFeeCount, Value::Number(index)) => {
            choice::<DayCount>(|code| format!("day-count.{code}"), *index)
        }
        (P::BindingBefore, Value::Number(_)) => say("page.rulebook.asked"),
        (P::LateFeeRate, Value::Number(thousandths)) => percent(*thousandths),
        (P::LateFeeCap, Value::Number(hundredths)) => percent(10 * *hundredths),
        (_, Value::Number(number)) => number.to_string(),
        (P::VehicleKinds | P::OrganisationVehicleKinds | P::LeasedVehicleKinds, Value::Set(bits)) => {
            names::<VehicleKind>(|code| format!("vehicle-kind.{code}"), *bits, &and)
        }
        (P::VehicleUse, Value::Set(bits)) => {
            names::<VehicleUse>(|code| format!("vehicle-use.{code}"), *bits, &and)
        }
        (P::LicenceStatesRefused, Value::Set(bits)) => {
            names::<LicenceState>(|code| format!("licence-state.{code}"), *bits, &and)
        }
        (P::PaymentChannels, Value::Set(bits)) => {
            names::<PaymentChannel>(|code| format!("payment-channel.{code}"), *bits, &and)
        }
        (_, Value::Set(bits)) => names::<Relation>(|code| format!("relation.{code}"), *bits, &and),
        (_, Value::List(numbers)) => {
            let prefixes = numbers.iter().filter_map(|number| PlatePrefix::from_number(*number));
            prefixes.map(|prefix| prefix.to_string()).collect::<Vec<_>>().join(&and)
        }
    }
}

/// Thousandths as a percentage, with a decimal only where there is one.
fn percent(thousandths: i64) -> String {
    match (thousandths / 10, thousandths % 10) {
        (whole, 0) => format!("{whole}%"),
        (whole, tenths) => format!("{whole}.{tenths}%"),
    }
}

fn choice<T: Coded>(key: impl Fn(&str) -> String, index: i64) -> String {
    let found = usize::try_from(index).ok().and_then(|index| T::ALL.get(index));
    found.map(|value| say(&key(value.code()))).unwrap_or_default()
}

fn names<T: Coded>(key: impl Fn(&str) -> String, bits: i64, and: &str) -> String {
    let set: CodeSet<T> = CodeSet::from_bits(bits);
    if set.is_empty() {
        return say("page.rulebook.nobody");
    }
    set.iter().map(|value| say(&key(value.code()))).collect::<Vec<_>>().join(and)
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
        Some(((*region).to_owned(), rulebook.camera_parameters(place.map(|place| &place.id), day)))
    });
    WhatIfRules { request, places: places.collect() }
}

fn words() -> WhatIfWords {
    let rulebook = services().portal.rulebook();
    let rules = CAMERA_RULES.iter().map(|rule| {
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
