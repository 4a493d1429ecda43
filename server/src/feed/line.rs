//! One line of a feed: its kind, the fact's own time, and the fact. It writes nothing.

use chrono::TimeDelta;
use rules::Moment;

use super::fact::{self, Fact, Kind};
use super::json::{Fields, Rejection};

/// How far a registry's clock may run ahead of ours. Beyond it a fact could never be corrected again.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::days(1);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: Moment,
    pub fact: Fact,
}

/// A line that is not taken, with its kind as far as that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub kind: Option<Kind>,
    pub why: Rejection,
}

/// Reads a line without its newline; `now` bounds the fact's own time.
pub fn parse(line: &[u8], now: Moment) -> Result<(Kind, Line), Refused> {
    let mut kind = None;
    let read = Fields::parse(line).and_then(|fields| {
        fields.whole(|fields| {
            let known = fields.need("kind", |json| {
                let text = json.text()?;
                Kind::from_code(&text).ok_or_else(|| Rejection::new("unknown-kind", "no such kind of fact"))
            })?;
            kind = Some(known);
            let at = fields.need("at", fact::moment)?;
            if at > now + MAX_CLOCK_SKEW {
                return Err(Rejection::new("future", "later than tomorrow").within("at"));
            }
            Ok((known, Line { at, fact: fact::read(known, fields)? }))
        })
    });
    read.map_err(|why| Refused { kind, why })
}
