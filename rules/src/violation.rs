//! Violation codes, how records come about, and the points that an act carries under the law of a day.
//! The fine of a record is the registry's; the table's is what is common.

mod table;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Moment;
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

coded! {
    /// Where a record stands, as far as the rules tell it apart.
    Standing {
        Unprocessed = "unprocessed",
        HeldByThisOrder = "held-by-this-order",
        HeldByOther = "held-by-other",
        Processed = "processed",
        ProcessedElsewhere = "processed-elsewhere",
    }
}

/// Where the record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordStanding {
    Unprocessed,
    /// The order that asks holds it.
    HeldByThisOrder,
    /// Another order holds it, until then unless it is paid.
    HeldByOther {
        until: Option<Moment>,
    },
    Processed,
    ProcessedElsewhere,
}

impl RecordStanding {
    pub fn standing(self) -> Standing {
        match self {
            Self::Unprocessed => Standing::Unprocessed,
            Self::HeldByThisOrder => Standing::HeldByThisOrder,
            Self::HeldByOther { .. } => Standing::HeldByOther,
            Self::Processed => Standing::Processed,
            Self::ProcessedElsewhere => Standing::ProcessedElsewhere,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have four or five digits, and may end with a letter")]
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

/// An article of order 163 and its item, each of which names points: 第十二条第（四）项.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointsItem {
    /// 8 to 12.
    pub article: u8,
    pub item: &'static str,
}

impl PointsItem {
    /// The points that the article gives.
    pub const fn points(self) -> Points {
        Points(match self.article {
            8 => 12,
            9 => 9,
            10 => 6,
            11 => 3,
            _ => 1,
        })
    }

    fn article_words(self) -> &'static str {
        match self.article {
            8 => "八",
            9 => "九",
            10 => "十",
            11 => "十一",
            _ => "十二",
        }
    }
}

/// A code with the act, its common fine and the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownViolation {
    pub code: &'static str,
    pub act_zh: &'static str,
    pub act_en: &'static str,
    /// The common fine.
    pub fine: Fen,
    /// Points of orders 123 and 139, in force until 2022-03-31.
    pub points_2013: Points,
    /// The items of order 163, in force from 2022-04-01, that the code's acts fall under. Several where the road, the
    /// excess or the vehicle decides; none where the order gives no points.
    pub items: &'static [PointsItem],
    /// Some acts of the code carry no points under order 163.
    pub some_without: bool,
    /// The law that forbids and punishes the act, with its full title.
    pub penalty_law: &'static str,
}

/// The code's entry, or that of the national code that a local digit or letter splits.
pub fn find(code: &ViolationCode) -> Option<&'static KnownViolation> {
    let by = |text: &str| KNOWN.iter().find(|known| known.code == text);
    by(&code.0).or_else(|| by(code.0.get(..4)?))
}

const ORDER_163: NaiveDate = NaiveDate::from_ymd_opt(2022, 4, 1).expect("a day");

impl KnownViolation {
    /// The fewest and the most points that acts of the code carry under order 163.
    pub fn points_2022(&self) -> (Points, Points) {
        let points = || self.items.iter().map(|item| item.points());
        let least = points().min().filter(|_| !self.some_without);
        (least.unwrap_or_default(), points().max().unwrap_or_default())
    }

    /// The fewest points that acts of the code carry under the law of the day.
    pub fn points_on(&self, day: NaiveDate) -> Points {
        if day < ORDER_163 { self.points_2013 } else { self.points_2022().0 }
    }

    /// The articles that give the points, with the full title of the order; none where it gives none.
    pub fn points_law(&self) -> Option<String> {
        let mut words = String::new();
        let mut article = 0;
        for item in self.items {
            if item.article != article {
                let before = if article == 0 { "" } else { "、" };
                words.push_str(&format!("{before}第{}条", item.article_words()));
                article = item.article;
            } else {
                words.push('、');
            }
            words.push_str(&format!("第（{}）项", item.item));
        }
        (!words.is_empty()).then(|| format!("《道路交通安全违法行为记分管理办法》{words}"))
    }
}

/// The points of an act that was done on one day and is decided on another, as the law tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointsUnderLaw {
    /// The points in force on either day; the milder count (penalty 37).
    Known { then: Points, now: Points },
    /// The law has changed since, and under the newer one acts of this code carry from `least` points up: which of
    /// them it was, only the registry can tell.
    Depends { least: Points },
    /// The table does not know the code, or the code covers acts of different points: the registry's points stand.
    RegistryStands,
}

impl PointsUnderLaw {
    pub fn of(code: &ViolationCode, violated_on: NaiveDate, decided_on: NaiveDate) -> Self {
        let Some(known) = find(code) else { return Self::RegistryStands };
        let (least, most) = known.points_2022();
        let newer = |day: NaiveDate| day >= ORDER_163;
        match (least == most, newer(violated_on), newer(decided_on)) {
            (true, ..) => {
                Self::Known { then: known.points_on(violated_on), now: known.points_on(decided_on) }
            }
            (false, false, true) => Self::Depends { least },
            (false, ..) => Self::RegistryStands,
        }
    }

    /// The points that count for a record to which the registry gives so many, never more than those; with a warning
    /// none (points 28).
    pub fn of_record(self, registry: Points, penalty: PenaltyKind) -> RecordPoints {
        if penalty == PenaltyKind::Warning {
            return RecordPoints { points: Points(0), known: true };
        }
        match self {
            Self::Known { then, now } => RecordPoints { points: then.min(now).min(registry), known: true },
            Self::Depends { least } => RecordPoints { points: registry, known: registry <= least },
            Self::RegistryStands => RecordPoints { points: registry, known: true },
        }
    }
}

/// A record's points; not known where they may be fewer than these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordPoints {
    pub points: Points,
    pub known: bool,
}
