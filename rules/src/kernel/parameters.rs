//! Parameters of places: dated values and their sources.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::rulebook::Name;

/// The first 16 hex digits of the SHA-256 over all files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub Arc<str>);

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text of the rulebook by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u16);

/// A parameter's value as judged: a number, a list of numbers, or not set, which means that the place asks nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    None,
    /// An amount, a count, minutes, or the index of a code in its list.
    Number(i64),
    /// One bit per code of the list.
    Set(i64),
    /// Numbers of plate prefixes.
    List(Vec<i64>),
}

/// Where a value or a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The text's short name: `kunming`, `procedure`.
    pub text: String,
    /// The article or paragraph, as the text counts.
    pub article: Option<String>,
    /// The text's own words.
    pub words: String,
    /// Our translation of words that are not Chinese.
    #[serde(default)]
    pub words_zh: Option<String>,
}

/// A value, the days on which it holds (both included, none is open-ended) and its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub value: Setting,
    /// None where no text says anything, which only the value `none` may be.
    pub source: Option<SourceId>,
    /// How this platform reads the text.
    pub note: Option<Name>,
}

impl Dated {
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
