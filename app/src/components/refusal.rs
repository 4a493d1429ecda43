//! A refusal with its rule, the values found and required, the source, the remedy and the time when it would pass.

mod words;

use leptos::prelude::*;
use rules::kernel::Source;

use super::icon::{Icon, IconName};
use super::inset::Inset;
use super::{language, say, say_with};
use crate::texts::{Language, language_of};
pub use words::{code_words, hours_words, rule_key, share_words, source_words, value_words};

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
    pub quote: Quote,
    pub remedy: String,
    /// When it would pass if nothing else changes; none where only an act can change it.
    pub passes_at: Option<String>,
    /// The rule's page in the rulebook.
    pub rule_href: String,
}

/// The words of a text as they stand there, with our translation for a page in Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    pub words: String,
    pub translation: Option<String>,
}

impl Quote {
    pub fn of(source: &Source) -> Self {
        let translation = source.words_zh.clone().filter(|_| language() == Language::Zh);
        Self { words: source.words.clone(), translation }
    }
}

#[component]
pub fn QuoteWords(quote: Quote) -> impl IntoView {
    let lang = language_of(&quote.words);
    let translation = quote.translation.map(|words| say_with("refusal.translation", &[("words", &words)]));
    view! {
        <span lang=lang>{quote.words}</span>
        {translation.map(|words| view! { <p class="lt-quiet">{words}</p> })}
    }
}

#[component]
pub fn RefusalCard(refusal: RefusalWords) -> impl IntoView {
    let RefusalWords { title, sentence, found, required, source, quote, remedy, passes_at, rule_href } =
        refusal;
    let fact = |name: &str, value: Option<String>| {
        let name = say(name);
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
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
            {(!quote.words.is_empty()).then(|| view! { <Inset source=source><QuoteWords quote/></Inset> })}
            <p class="lt-refusal__rule"><a class="govuk-link lt-way" href=rule_href>{say("refusal.rule-link")}</a></p>
        </section>
    }
}
