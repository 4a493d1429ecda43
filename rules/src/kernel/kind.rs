//! The kind of a fact or a parameter. How a value is read from a parameter file and how it is shown follow from it here.

#[cfg(feature = "load")]
mod parse;

use super::{Codes, List, Value};
use crate::Moment;
use crate::licence::Points;
use crate::money::Fen;

/// The meaning of the number of a fact or parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1 for yes, 0 for no.
    YesNo,
    /// Whole fen.
    Money,
    /// Demerit points; a parameter is 0 to 12.
    Points,
    /// A whole number; a parameter lies within the limits.
    Count { least: i64, most: i64 },
    /// Seconds since 1970 UTC.
    Moment,
    /// Minutes since local midnight.
    MinuteOfDay,
    /// A part of the whole: 1,000 is 100 % where `whole` is 1,000.
    Share { whole: i64 },
    /// The index of the code in its list.
    Choice(&'static List),
    /// One bit per code of the list.
    Set(&'static List),
    /// The number of the prefix.
    PlatePrefix,
    /// A list of numbers of prefixes; only a parameter has it.
    PlatePrefixes,
}

impl Kind {
    /// The list of codes, if the value is one or several of a list.
    pub fn list(self) -> Option<&'static List> {
        match self {
            Self::Choice(list) | Self::Set(list) => Some(list),
            _ => None,
        }
    }

    /// The number as a value that people can be shown.
    #[inline(always)]
    pub fn value(self, number: i64) -> Value {
        match self {
            Self::YesNo => Value::Yes(number != 0),
            Self::Money => Value::Money(Fen::new(number)),
            Self::Points => Value::Points(Points(u32::try_from(number).unwrap_or(u32::MAX))),
            Self::Count { .. } => Value::Count(number),
            Self::Moment => Value::At(moment(number)),
            Self::MinuteOfDay => Value::Minute(number),
            Self::Share { whole } => Value::Share { number, whole },
            Self::Choice(list) => Value::Coded(Codes::one(list, number)),
            Self::Set(list) => Value::Coded(Codes::several(list, number)),
            Self::PlatePrefix => Value::plates(&[number]),
            Self::PlatePrefixes => Value::plates(&[]),
        }
    }
}

/// The moment of so many seconds.
#[inline(always)]
pub(super) fn moment(seconds: i64) -> Moment {
    Moment::from_timestamp(seconds, 0).unwrap_or_default()
}
