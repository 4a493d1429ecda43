//! ID numbers, credit codes, phones and names: parsing and masking.

use std::fmt;

use chrono::NaiveDate;

use crate::set::{coded, parsed_text};
use crate::text::half_width;

coded! {
    /// How surely the account's holder is the person (ordered).
    IdentityLevel {
        None = "none",
        /// The phone answered a code.
        Phone = "phone",
        /// A real-person check (实人认证) was passed.
        RealPerson = "real-person",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("has the wrong number of characters")]
    Length,
    #[error("contains an invalid character")]
    Character,
    #[error("contains a day that does not exist")]
    Date,
    #[error("has a wrong check digit")]
    CheckDigit,
}

impl NumberError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Character => "character",
            Self::Date => "date",
            Self::CheckDigit => "check-digit",
        }
    }
}

/// Full-width digits and letters as ASCII, spaces and hyphens dropped.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace() && !matches!(character, '-' | '－'))
        .map(half_width)
        .collect()
}

/// A resident's ID number (GB 11643): 18 characters with a check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber(String);

impl IdNumber {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = plain(text).to_ascii_uppercase();
        if text.len() != 18 {
            return Err(NumberError::Length);
        }
        let (body, check) = text.split_at_checked(17).ok_or(NumberError::Character)?;
        let wrong = body.bytes().any(|byte| !byte.is_ascii_digit());
        if wrong || !matches!(check.as_bytes(), [b'0'..=b'9' | b'X']) {
            return Err(NumberError::Character);
        }
        let number = Self(text);
        number.find_birth().ok_or(NumberError::Date)?;
        if check_digit(&number.0[..17]) != number.0.as_bytes()[17] {
            return Err(NumberError::CheckDigit);
        }
        Ok(number)
    }

    /// The number of these 17 digits, with its check digit.
    pub fn of_body(body: &str) -> Result<Self, NumberError> {
        if body.len() != 17 || !body.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberError::Character);
        }
        Self::parse(&format!("{body}{}", char::from(check_digit(body))))
    }

    fn find_birth(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(&self.0[6..14], "%Y%m%d").ok().filter(|day| *day >= EARLIEST_BIRTH)
    }

    pub fn birth(&self) -> NaiveDate {
        self.find_birth().unwrap_or(EARLIEST_BIRTH)
    }

    /// `110***********001X`
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.0[..3], &self.0[14..])
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const EARLIEST_BIRTH: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");

/// ISO 7064 MOD 11-2 over 17 digits.
fn check_digit(body: &str) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    b"10X98765432"[(sum % 11) as usize]
}

impl fmt::Display for IdNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(IdNumber, NumberError);

/// A unified social credit code (GB 32100): 18 characters with a check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = plain(text).to_ascii_uppercase();
        if text.chars().count() != 18 {
            return Err(NumberError::Length);
        }
        let check = credit_check(&text.as_bytes()[..17.min(text.len())])?;
        if text.len() != 18 || !CREDIT_ALPHABET.contains(&text.as_bytes()[17]) {
            return Err(NumberError::Character);
        }
        if text.as_bytes()[17] != check {
            return Err(NumberError::CheckDigit);
        }
        Ok(Self(text))
    }

    /// The code of these 17 characters, with its check character.
    pub fn of_body(body: &str) -> Result<Self, NumberError> {
        let check = credit_check(body.as_bytes())?;
        Self::parse(&format!("{body}{}", char::from(check)))
    }
}

/// MOD 31-3 over 17 characters of the standard's alphabet.
fn credit_check(body: &[u8]) -> Result<u8, NumberError> {
    let (mut sum, mut weight) = (0, 1);
    for byte in body {
        let value = CREDIT_ALPHABET.iter().position(|known| known == byte).ok_or(NumberError::Character)?;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    Ok(CREDIT_ALPHABET[(31 - sum % 31) % 31])
}

impl fmt::Display for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(CreditCode, NumberError);

/// A driving licence's file number (驾驶证档案编号): 12 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceFileNumber(String);

impl LicenceFileNumber {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        digits_of(text, 12).map(Self)
    }
}

fn digits_of(text: &str, length: usize) -> Result<String, NumberError> {
    let text = plain(text);
    if text.chars().count() != length {
        return Err(NumberError::Length);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(text) } else { Err(NumberError::Character) }
}

impl fmt::Display for LicenceFileNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(LicenceFileNumber, NumberError);

/// A mainland mobile number: 11 digits that begin 13 to 19.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = plain(text);
        let text = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086")).unwrap_or(&text);
        let digits = digits_of(text, 11)?;
        if matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) {
            Ok(Self(digits))
        } else {
            Err(NumberError::Character)
        }
    }

    /// `138****5678`
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(Phone, NumberError);

/// `*明`: all but the last character of a name is hidden.
pub fn mask_name(name: &str) -> String {
    let last = name.chars().last().map(String::from).unwrap_or_default();
    let hidden = name.chars().count().saturating_sub(1).clamp(1, 2);
    format!("{}{last}", "*".repeat(hidden))
}
