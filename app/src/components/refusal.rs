//! A refusal that explains itself: the rule, what was found and required, whose words, what to do, when it would pass.
//! It judges nothing; the words of a refusal are put together in `refusal/words.rs`.

mod words;

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use super::inset::Inset;
use super::say;
use crate::texts::language_of;
pub use words::{hours_words, rule_key, source_words, value_words};

/// A refusal in the words of the page's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusalWords {
    /// The finding: what stands against it.
    pub title: String,
    /// One sentence with the value found and the value required.
    pub sentence: String,
    pub found: Option<String>,
    pub required: Option<String>,
    /// Title and article of the text that the rule comes from.
    pub source: String,
    /// Its words, as they stand there.
    pub quote: String,
    pub remedy: String,
    /// When it would pass if nothing else changes; none where only an act can change it.
    pub passes_at: Option<String>,
    /// The rule's page in the rulebook.
    pub rule_href: String,
}

#[component]
pub fn RefusalCard(refusal: RefusalWords) -> impl IntoView {
    let RefusalWords { title, sentence, found, required, source, quote, remedy, passes_at, rule_href } =
        refusal;
    let fact = |name: &str, value: Option<String>| {
        let name = say(name);
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    let quote_language = language_of(&quote);
    view! {
        <section class="lt-refusal">
            <h2 class="lt-refusal__title"><Icon name=IconName::Cross/><span>{title}</span></h2>
            <p class="lt-refusal__sentence">{sentence}</p>
            <dl class="lt-refusal__facts">
                {fact("refusal.found", found)}
                {fact("refusal.required", required)}
                {fact("refusal.passes-at", passes_at)}
            </dl>
            <p class="lt-refusal__remedy"><strong>{say("refusal.remedy")}</strong>{remedy}</p>
            {(!quote.is_empty()).then(|| view! {
                <Inset source=source><span lang=quote_language>{quote}</span></Inset>
            })}
            <p class="lt-refusal__rule"><a class="govuk-link lt-way" href=rule_href>{say("refusal.rule-link")}</a></p>
        </section>
    }
}
