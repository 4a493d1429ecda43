//! Loads and validates the parameter files: no unknown key, no value and no rule without a source, and for each day and
//! place exactly one value of each parameter and closed hours with both ends.

mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::families;
use crate::kernel::{Dated, Setting, Source, SourceId, Version};
use crate::rulebook::{Jurisdiction, Rulebook};
use read::Reader;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {key}: {problem}")]
pub struct LoadError {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// The path of the key: `parameters.fine-limit.value`.
    pub key: String,
    pub problem: String,
}

const SHIPPED: [(&str, &str); 5] = [
    ("national.toml", include_str!("../parameters/national.toml")),
    ("kunming.toml", include_str!("../parameters/kunming.toml")),
    ("nanning.toml", include_str!("../parameters/nanning.toml")),
    ("shandong.toml", include_str!("../parameters/shandong.toml")),
    ("chongqing.toml", include_str!("../parameters/chongqing.toml")),
];

impl Rulebook {
    /// The rulebook of the files in `rules/parameters`.
    pub fn shipped() -> Self {
        Self::load(&SHIPPED).expect("the shipped parameter files are proven by tests")
    }

    /// Reads the files, `(name, text)`; the first must be the national one.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, LoadError> {
        let mut sources = Sources::default();
        let mut jurisdictions: Vec<Jurisdiction> = Vec::new();
        let mut readers = Vec::new();
        let mut hash = Sha256::new();
        for (name, text) in files {
            for part in [name.as_bytes(), &[0], text.as_bytes(), &[0]] {
                hash.update(part);
            }
            let reader = Reader::open(name, text)?;
            let place = reader.jurisdiction(&mut sources)?;
            let twice = jurisdictions.iter().any(|known| known.id == place.id);
            if twice {
                return Err(reader.error(0, "jurisdiction.id", format!("'{}' is defined twice", place.id)));
            }
            prove_no_overlap(&reader, &place)?;
            if jurisdictions.is_empty() {
                prove_no_gap(&reader, &place)?;
            }
            jurisdictions.push(place);
            readers.push(reader);
        }
        if jurisdictions.first().is_none_or(|first| first.id.as_str() != "national") {
            return Err(LoadError {
                file: files.first().map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
                line: 1,
                key: "jurisdiction.id".into(),
                problem: "the first file must be the national one, the base of all others".into(),
            });
        }
        let version: String = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let version = Version(version.into());
        let rulebook = Self { version, jurisdictions, sources: sources.list };
        for (reader, place) in readers.iter().zip(&rulebook.jurisdictions) {
            prove_each_day(reader, place, &rulebook)?;
        }
        Ok(rulebook)
    }
}

/// Each text once.
#[derive(Default)]
struct Sources {
    list: Vec<Source>,
    known: std::collections::HashMap<Source, SourceId>,
}

impl Sources {
    /// The number of the text; none where there are too many to count.
    fn keep(&mut self, source: Source) -> Option<SourceId> {
        if let Some(known) = self.known.get(&source) {
            return Some(*known);
        }
        let id = SourceId(u16::try_from(self.list.len()).ok()?);
        self.list.push(source.clone());
        self.known.insert(source, id);
        Some(id)
    }
}

fn in_order(entries: &[Dated]) -> Vec<&Dated> {
    let mut ordered: Vec<&Dated> = entries.iter().collect();
    ordered.sort_by_key(|dated| dated.from.unwrap_or(NaiveDate::MIN));
    ordered
}

fn prove_no_overlap(reader: &Reader<'_>, place: &Jurisdiction) -> Result<(), LoadError> {
    for (name, entries) in &place.parameters {
        let key = format!("parameters.{name}");
        for pair in in_order(entries).windows(2) {
            let (Some(from), until) = (pair[1].from, pair[0].until) else {
                return Err(reader.error_at(&key, "two values hold from the beginning".into()));
            };
            if until.is_none_or(|until| until >= from) {
                return Err(reader.error_at(&key, format!("two values hold on {from}")));
            }
        }
    }
    Ok(())
}

/// National values hold on every day; a place's own gaps fall back to them.
fn prove_no_gap(reader: &Reader<'_>, national: &Jurisdiction) -> Result<(), LoadError> {
    for parameter in families::parameters() {
        let key = format!("parameters.{}", parameter.code);
        let Some(entries) = national.parameters.get(parameter.code) else {
            return Err(reader.error_at("parameters", format!("'{}' has no national value", parameter.code)));
        };
        let ordered = in_order(entries);
        if let Some(from) = ordered.first().and_then(|dated| dated.from) {
            return Err(reader.error_at(&key, format!("no value holds before {from}")));
        }
        for pair in ordered.windows(2) {
            if pair[0].until.and_then(|until| until.succ_opt()) != pair[1].from {
                let after = pair[0].until.map(|day| day.to_string()).unwrap_or_default();
                return Err(reader.error_at(&key, format!("no value holds after {after}")));
            }
        }
        if let Some(until) = ordered.last().and_then(|dated| dated.until) {
            return Err(reader.error_at(&key, format!("no value holds after {until}")));
        }
    }
    Ok(())
}

/// Checks each day on which a parameter of the place changes, and the time before.
fn prove_each_day(reader: &Reader<'_>, place: &Jurisdiction, rulebook: &Rulebook) -> Result<(), LoadError> {
    for day in std::iter::once(NaiveDate::MIN).chain(rulebook.change_days(Some(&place.id))) {
        let since = if day == NaiveDate::MIN { String::new() } else { format!(" from {day}") };
        for family in families::ALL {
            for (one, other) in family.together() {
                prove_together(reader, place, rulebook, (one, other), day, &since)?;
            }
            if let Some(rule) = family.rule_without_source(rulebook, &place.id, day) {
                let problem = format!("no text states rule '{}'{since}", rule.code());
                return Err(reader.error_at("rules", problem));
            }
        }
    }
    Ok(())
}

/// On no day is one of the two set without the other.
fn prove_together(
    reader: &Reader<'_>,
    place: &Jurisdiction,
    rulebook: &Rulebook,
    (one, other): (&str, &str),
    day: NaiveDate,
    since: &str,
) -> Result<(), LoadError> {
    let is_set = |parameter: &str| {
        let dated = rulebook.in_force(Some(&place.id), parameter, day);
        dated.is_some_and(|dated| dated.value != Setting::None)
    };
    let (set, missing) = match (is_set(one), is_set(other)) {
        (true, false) => (one, other),
        (false, true) => (other, one),
        _ => return Ok(()),
    };
    Err(reader.error_at(&format!("parameters.{set}"), format!("is set without '{missing}'{since}")))
}

type ByName<T> = BTreeMap<String, T>;
