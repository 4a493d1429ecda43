//! The public rulebook: every rule in plain words, with the words of the texts and the parameters by place and time.

use leptos::prelude::*;
use rules::families;
use rules::kernel::{Dated, Description, RuleId};
use rules::rulebook::{Jurisdiction, Rulebook as Book};

use super::parameter;
use super::portal::NotFound;
use crate::api::services;
use crate::components::{
    ButtonLink, Cell, Cells, IconName, Inset, Layout, Quote, QuoteWords, Tab, date_words, language, rule_key,
    say, say_with, source_words,
};
use crate::made_up::example_of;

#[component]
pub fn Rulebook() -> impl IntoView {
    let rulebook = services().portal.rulebook();
    let rules = families::rules().iter().map(|rule| {
        let key = rule_key(rule.code());
        let (title, short) = (say(&format!("rule.{key}.title")), say(&format!("rule.{key}.short")));
        view! { <Cell title=title note=short href=format!("/rulebook/{}", rule.code())/> }
    });
    view! {
        <Layout title=say("page.home.rulebook") tab=Tab::Business>
            <p>{say("page.rulebook.words")}</p>
            <p class="lt-quiet">{say_with("page.rulebook.version", &[("version", &rulebook.version)])}</p>
            <Cells>{rules.collect_view()}</Cells>
            {families::ALL.iter().flat_map(|family| family.settings()).map(|parameter| table(parameter, &rulebook)).collect_view()}
            <Cells><Cell title=say("page.rulebook.json") href="/api/v1/rulebook" icon=IconName::Book/></Cells>
        </Layout>
    }
}

/// The parameters that the rule reads.
fn parameters_of(rule: RuleId) -> Vec<Description> {
    families::of_rule(rule).map(|family| family.parameters_of(rule)).unwrap_or_default()
}

#[component]
pub fn Rule() -> impl IntoView {
    let Some(rule) = RuleId::from_code(&parameter("rule")) else {
        return view! { <NotFound/> }.into_any();
    };
    let key = rule_key(rule.code());
    let rulebook = services().portal.rulebook();
    let sources = rulebook
        .jurisdictions
        .iter()
        .flat_map(|place| place.rules.get(rule.code()).into_iter().flatten())
        .filter_map(|id| rulebook.source(*id))
        .map(|source| {
            let title = source_words(&source.text, source.article.as_deref());
            let quote = Quote::of(source);
            view! { <Inset source=title><QuoteWords quote/></Inset> }
        })
        .collect_view();
    let tables = parameters_of(rule).into_iter().map(|parameter| table(parameter, &rulebook)).collect_view();
    let whole = say(&format!("rule.{key}.short"));
    let remedy = say(&format!("rule.{key}.remedy"));
    view! {
        <Layout title=say(&format!("rule.{key}.title")) back="/rulebook" tab=Tab::Business>
            <p class="lt-answer">{whole}</p>
            <p class="lt-quiet">{format!("{} · {}", rule.code(), say_with("page.rulebook.version", &[("version", &rulebook.version)]))}</p>
            <section class="lt-section"><h2>{say("page.rulebook.otherwise")}</h2><p>{remedy}</p></section>
            {(!sources.is_empty()).then(|| view! {
                <section class="lt-section"><h2>{say("page.rulebook.sources")}</h2>{sources}</section>
            })}
            {tables}
            <ButtonLink href=example_of(rule)>{say("page.rulebook.try")}</ButtonLink>
        </Layout>
    }
    .into_any()
}

/// A parameter's values by place and time, each with the words that it comes from.
fn table(parameter: Description, rulebook: &Book) -> impl IntoView + use<> {
    let rows = rulebook.jurisdictions.iter().flat_map(|place| {
        let entries = place.parameters.get(parameter.code).into_iter().flatten();
        entries.map(move |dated| row(parameter, place, dated, rulebook))
    });
    let rows = rows.collect_view();
    view! {
        <section class="lt-section">
            <h2>{say(&format!("parameter.{}", parameter.code))}</h2>
            <div class="lt-scroll" tabindex="0" role="region" aria-label=say(&format!("parameter.{}", parameter.code))>
                <table class="govuk-table">
                    <thead class="govuk-table__head">
                        <tr class="govuk-table__row">
                            <th scope="col" class="govuk-table__header">{say("page.rulebook.place")}</th>
                            <th scope="col" class="govuk-table__header">{say("page.rulebook.value")}</th>
                            <th scope="col" class="govuk-table__header">{say("page.rulebook.time")}</th>
                            <th scope="col" class="govuk-table__header">{say("page.rulebook.quote")}</th>
                        </tr>
                    </thead>
                    <tbody class="govuk-table__body">{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(
    parameter: Description,
    place: &Jurisdiction,
    dated: &Dated,
    rulebook: &Book,
) -> impl IntoView + use<> {
    let name = language().pick(place.name.zh.clone(), place.name.en.clone());
    let time = match (dated.from, dated.until) {
        (None, None) => say("page.rulebook.always"),
        (Some(from), None) => say_with("page.rulebook.from", &[("day", &date_words(from))]),
        (None, Some(until)) => say_with("page.rulebook.until", &[("day", &date_words(until))]),
        (Some(from), Some(until)) => {
            say_with("refusal.term", &[("from", &date_words(from)), ("until", &date_words(until))])
        }
    };
    let source = dated.source.and_then(|source| rulebook.source(source));
    let quote = match source {
        Some(source) => {
            let quote = Quote::of(source);
            let title = source_words(&source.text, source.article.as_deref());
            view! { <QuoteWords quote/><p class="lt-quiet">{title}</p> }.into_any()
        }
        None => say("page.rulebook.unsaid").into_any(),
    };
    let note = dated.note.clone().map(|note| {
        let note = language().pick(note.zh, note.en);
        view! { <p class="lt-quiet">{say_with("page.rulebook.note", &[("note", &note)])}</p> }
    });
    view! {
        <tr class="govuk-table__row">
            <th scope="row" class="govuk-table__header">{name}</th>
            <td class="govuk-table__cell">{super::what_if::parameter_words(parameter, &dated.value)}</td>
            <td class="govuk-table__cell">{time}</td>
            <td class="govuk-table__cell">{quote}{note}</td>
        </tr>
    }
}
