//! Violation codes, how records come about, and the points that an act carries under the law of a day.
//! The fine of a record is the registry's; the table's is what is common.

mod table;

use std::fmt;

use chrono::NaiveDate;

use crate::licence::Points;
use crate::money::Fen;
use crate::set::{coded, parsed_text};

pub use table::KNOWN;

coded! {
    /// How the violation was recorded.
    Capture {
        /// By a device (交通技术监控设备).
        Device = "device",
        /// By an officer on the spot.
        Officer = "officer",
    }
}

coded! {
    /// The kind of penalty that the law has for it.
    PenaltyKind {
        Warning = "warning",
        Fine = "fine",
        /// Withholding or revoking the licence, detention.
        Other = "other",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a violation code has four or five digits, and may end with a letter")]
pub struct ViolationCodeError;

impl ViolationCodeError {
    pub fn code(self) -> &'static str {
        "violation-code"
    }
}

/// A code of GA 408, with a local digit or letter at the end where a place splits it: `1344`, `10391`, `1352A`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViolationCode(String);

impl ViolationCode {
    pub fn parse(text: &str) -> Result<Self, ViolationCodeError> {
        let digits = text.strip_suffix(|last: char| last.is_ascii_uppercase()).unwrap_or(text);
        let fits = matches!(digits.len(), 4 | 5) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(ViolationCodeError) }
    }
}

impl fmt::Display for ViolationCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(ViolationCode, ViolationCodeError);

/// What is known of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownViolation {
    pub code: &'static str,
    pub act_zh: &'static str,
    pub act_en: &'static str,
    /// What is commonly fined.
    pub fine: Fen,
    /// Points of orders 123 and 139, in force until 2022-03-31.
    pub points_2013: Points,
    /// Points of order 163, in force from 2022-04-01.
    pub points_2022: Points,
    /// The article of order 163 that names the points, or of the Road Traffic Safety Law where it names none.
    pub law: &'static str,
}

/// The code's entry, or that of the national code that a local digit or letter splits.
pub fn find(code: &ViolationCode) -> Option<&'static KnownViolation> {
    let by = |text: &str| KNOWN.iter().find(|known| known.code == text);
    by(&code.0).or_else(|| by(code.0.get(..4)?))
}

const ORDER_163: NaiveDate = NaiveDate::from_ymd_opt(2022, 4, 1).expect("a day");

impl KnownViolation {
    /// The points for the act under the law of the day.
    pub fn points_on(&self, day: NaiveDate) -> Points {
        if day < ORDER_163 { self.points_2013 } else { self.points_2022 }
    }
}

/// What the law says of the points of an act that was done on one day and is decided on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointsUnderLaw {
    /// The points in force on either day; the milder count (penalty 37).
    Known { then: Points, now: Points },
    /// The table does not know the code: the registry's points stand.
    RegistryStands,
}

impl PointsUnderLaw {
    pub fn of(code: &ViolationCode, violated_on: NaiveDate, decided_on: NaiveDate) -> Self {
        find(code).map_or(Self::RegistryStands, |known| Self::Known {
            then: known.points_on(violated_on),
            now: known.points_on(decided_on),
        })
    }

    /// The points that count for a record to which the registry gives so many: never more than those.
    pub fn of_record(self, registry: Points) -> Points {
        match self {
            Self::Known { then, now } => then.min(now).min(registry),
            Self::RegistryStands => registry,
        }
    }
}
