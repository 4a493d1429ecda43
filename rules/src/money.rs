//! Money in whole fen.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

use serde::{Deserialize, Serialize};

/// An amount in fen (1 yuan = 100 fen).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("must be written as 200 or 200.00")]
    Form,
    #[error("is too large")]
    TooLarge,
}

impl MoneyError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "money-form",
            Self::TooLarge => "money-too-large",
        }
    }
}

/// So many fen.
impl From<i64> for Fen {
    fn from(fen: i64) -> Self {
        Self::new(fen)
    }
}

impl Fen {
    pub const ZERO: Self = Self(0);

    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    pub const fn yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Reads yuan: `200`, `200.5` or `200.00`.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (yuan, fen) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(yuan) || !digits(fen) || fen.len() > 2 {
            return Err(MoneyError::Form);
        }
        if yuan.len() > 12 {
            return Err(MoneyError::TooLarge);
        }
        let scale = if fen.len() == 1 { 10 } else { 1 };
        let (yuan, fen): (i64, i64) =
            yuan.parse().and_then(|yuan| Ok((yuan, fen.parse()?))).map_err(|_| MoneyError::Form)?;
        Ok(Self(yuan * 100 + fen * scale))
    }

    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
