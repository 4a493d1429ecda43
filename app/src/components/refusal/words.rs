//! The texts of a refusal in the language of the page: sentence, values, source.

use rules::kernel::{Codes, List, Refusal, Value, Verdict};
use rules::lists;
use rules::place::PlaceId;
use rules::rulebook::Rulebook;
use rules::set::CodeSet;
use rules::vehicle::Relation;

use super::{Quote, RefusalWords};
use crate::components::moment::time_words;
use crate::components::money::money_words;
use crate::components::{say, say_with};

/// Texts that count articles (条); the others number their paragraphs as they like.
const LAWS: [&str; 5] = ["procedure", "points", "licence", "registration", "penalty"];

impl RefusalWords {
    /// The words of every refusal of the verdict.
    pub fn all(verdict: &Verdict, rulebook: &Rulebook) -> Vec<Self> {
        let place = verdict.place.as_ref();
        verdict.refusals.iter().map(|refusal| Self::of(refusal, place, rulebook)).collect()
    }

    /// The refusal's words; its source is looked up in the rulebook that judged.
    fn of(refusal: &Refusal, place: Option<&PlaceId>, rulebook: &Rulebook) -> Self {
        let rule = rule_key(refusal.rule.code());
        let found = value_words(&refusal.found);
        let required = value_words(&refusal.required);
        let (mut source, quote) = rulebook
            .source(refusal.source)
            .map(|source| (source_words(&source.text, source.article.as_deref()), Quote::of(source)))
            .unwrap_or_default();
        if rulebook.cited_from(refusal.source, place).is_some() {
            source = say_with("refusal.everywhere", &[("source", &source)]);
        }
        let sentence = match refusal.found {
            Value::Coded(codes) if *codes.list == lists::PENALTY_KIND => {
                format!("rule.{rule}.refusal-penalty")
            }
            _ => format!("rule.{rule}.refusal"),
        };
        Self {
            title: say(&format!("rule.{rule}.title-refused")),
            sentence: say_with(
                &sentence,
                &[
                    ("found", &found.as_deref().unwrap_or_default()),
                    ("required", &required.as_deref().unwrap_or_default()),
                ],
            ),
            found,
            required,
            source,
            quote,
            remedy: say(&format!("rule.{rule}.remedy")),
            passes_at: refusal.passes_at.map(time_words),
            rule_href: format!("/rulebook/{}", refusal.rule.code()),
        }
    }
}

/// The rule's part of a text key: a point separates keys, so the rule's own becomes a hyphen.
pub fn rule_key(code: &str) -> String {
    code.replace('.', "-")
}

/// Title and article of a text.
pub fn source_words(text: &str, article: Option<&str>) -> String {
    let title = say(&format!("law-text.{text}"));
    match article {
        Some(article) if LAWS.contains(&text) => {
            let (article, part) = article.split_once(' ').unwrap_or((article, ""));
            let article = say_with("refusal.article", &[("article", &article), ("part", &part)]);
            say_with("refusal.source", &[("title", &title), ("article", &article.trim())])
        }
        Some(article) => say_with("refusal.source", &[("title", &title), ("article", &article)]),
        None => say_with("refusal.source-whole", &[("title", &title)]),
    }
}

/// A value as people read it; none where the rule's sentence says it all.
pub fn value_words(value: &Value) -> Option<String> {
    Some(match value {
        Value::Nothing => return None,
        Value::Yes(true) => say("page.rulebook.asked"),
        Value::Yes(false) => say("page.rulebook.none"),
        Value::Money(amount) => money_words(*amount),
        Value::Points(points) => say_with("frame.points", &[("points", &points.0)]),
        Value::Count(count) => say_with("refusal.times", &[("count", count)]),
        Value::At(moment) => time_words(*moment),
        Value::Minute(minute) => clock_words(*minute),
        Value::Hours(from, until) => hours_words(*from, *until),
        Value::Share { number, whole } => share_words(*number, *whole),
        Value::Coded(codes) => codes_words(*codes),
        Value::Allowed(always, without_points) => {
            let without = relations_words(*without_points);
            let without = say_with("refusal.without-points", &[("relations", &without)]);
            if always.is_empty() {
                without
            } else {
                format!("{}{}{without}", relations_words(*always), say("refusal.also"))
            }
        }
        Value::Plates(prefixes) => joined(prefixes.iter().map(ToString::to_string)),
        Value::Term(from, until) => {
            say_with("refusal.term", &[("from", &time_words(*from)), ("until", &time_words(*until))])
        }
    })
}

/// The codes of a list as people read them.
fn codes_words(codes: Codes) -> String {
    if codes.is_empty() {
        return say("page.rulebook.nobody");
    }
    joined(codes.iter().map(|code| code_words(codes.list, code)))
}

/// A code of a list in the language of the page.
pub fn code_words(list: &List, code: &str) -> String {
    say(&format!("{}.{code}", list.name))
}

fn relations_words(relations: CodeSet<Relation>) -> String {
    joined(relations.iter().map(|relation| code_words(&lists::RELATION, relation.code())))
}

fn joined(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(&say("refusal.and"))
}

/// "3%", with a decimal only where there is one.
pub fn share_words(number: i64, whole: i64) -> String {
    let thousandths = number * 1000 / whole.max(1);
    match (thousandths / 10, thousandths % 10) {
        (percent, 0) => format!("{percent}%"),
        (percent, tenths) => format!("{percent}.{tenths}%"),
    }
}

/// "22:00"; minutes since local midnight.
fn clock_words(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

/// "22:00 至次日 01:00"; minutes since local midnight.
pub fn hours_words(from: i64, until: i64) -> String {
    let key = if until < from { "refusal.hours-overnight" } else { "refusal.hours" };
    say_with(key, &[("from", &clock_words(from)), ("until", &clock_words(until))])
}
