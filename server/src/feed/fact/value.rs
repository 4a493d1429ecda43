//! Reads the values that several kinds of facts share. Which field they stand in, their caller says.

use std::collections::BTreeSet;
use std::fmt::Display;

use chrono::{DateTime, Datelike, NaiveDate};
use rules::Moment;
use rules::person::{CreditCode, IdNumber, NumberError};
use rules::set::{CodeSet, Coded};

use super::RegistryState;
use crate::feed::json::{Json, Rejection};

/// A value type's own parser and its error's own code; the text itself stays out of the reason.
pub fn parsed<T, E: Display>(
    json: Json<'_>,
    parse: impl FnOnce(&str) -> Result<T, E>,
    code: impl FnOnce(E) -> &'static str,
) -> Result<T, Rejection> {
    parse(&json.text()?).map_err(|error| {
        let reason = error.to_string();
        Rejection::new(code(error), reason)
    })
}

pub fn id_number(json: Json<'_>) -> Result<IdNumber, Rejection> {
    parsed(json, IdNumber::parse, NumberError::code)
}

pub fn credit_code(json: Json<'_>) -> Result<CreditCode, Rejection> {
    parsed(json, CreditCode::parse, NumberError::code)
}

pub fn points(json: Json<'_>) -> Result<i64, Rejection> {
    json.whole(0, 12)
}

/// A number that the registry gave: letters, digits, `-`, `_` and `.`, at most 64.
pub fn number(json: Json<'_>) -> Result<String, Rejection> {
    let text = json.text()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.into_owned())
    } else {
        Err(Rejection::new("number", "1 to 64 letters, digits, '-', '_' or '.'"))
    }
}

/// The name of a picture, never a path.
pub fn picture(json: Json<'_>) -> Result<String, Rejection> {
    let name = number(json)?;
    let ends = [".jpg", ".jpeg", ".png"].iter().any(|end| name.len() > end.len() && name.ends_with(end));
    if ends && !name.starts_with('.') {
        Ok(name)
    } else {
        Err(Rejection::new("picture", "the name of a .jpg, .jpeg or .png file without a folder"))
    }
}

pub fn words(json: Json<'_>, most: usize) -> Result<String, Rejection> {
    let text = json.text()?;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most {
        return Err(Rejection::new("length", format_args!("1 to {most} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Rejection::new("character", "control characters"));
    }
    Ok(text.to_owned())
}

/// A moment with its offset, between 1950 and 2199.
pub fn moment(json: Json<'_>) -> Result<Moment, Rejection> {
    let moment = DateTime::parse_from_rfc3339(&json.text()?).map(|moment| moment.to_utc());
    match moment {
        Ok(moment) if (1950..2200).contains(&moment.year()) => Ok(moment),
        _ => Err(Rejection::new("moment", "a moment as in 2026-03-01T08:30:00+08:00")),
    }
}

pub fn day(json: Json<'_>) -> Result<NaiveDate, Rejection> {
    let text = json.text()?;
    let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok();
    day.filter(|day| text.len() == 10 && (1900..2200).contains(&day.year()))
        .ok_or_else(|| Rejection::new("day", "a day as in 2026-03-01"))
}

pub fn code<T: Coded>(json: Json<'_>) -> Result<T, Rejection> {
    T::from_code(&json.text()?).ok_or_else(|| {
        let known: Vec<_> = T::ALL.iter().map(|value| value.code()).collect();
        Rejection::new("code", format_args!("one of {}", known.join(", ")))
    })
}

pub fn codes<T: Coded>(json: Json<'_>) -> Result<CodeSet<T>, Rejection> {
    let values = distinct(json.list(T::ALL.len(), code::<T>)?, |value| value.index())?;
    if values.is_empty() {
        return Err(Rejection::new("range", "at least one"));
    }
    Ok(values.into_iter().collect())
}

pub fn registry_state(json: Json<'_>) -> Result<RegistryState, Rejection> {
    let text = json.text()?;
    [RegistryState::Unprocessed, RegistryState::ProcessedElsewhere]
        .into_iter()
        .find(|state| state.code() == text)
        .ok_or_else(|| Rejection::new("code", "one of unprocessed, processed-elsewhere"))
}

pub fn distinct<T, K: Ord>(items: Vec<T>, key: impl Fn(&T) -> K) -> Result<Vec<T>, Rejection> {
    let keys: BTreeSet<K> = items.iter().map(key).collect();
    if keys.len() == items.len() { Ok(items) } else { Err(Rejection::new("duplicate-entry", "listed twice")) }
}

pub fn ordered(from: Moment, until: Option<Moment>) -> Result<(), Rejection> {
    if until.is_some_and(|until| until < from) {
        return Err(Rejection::new("order", "it ends before it begins").within("until"));
    }
    Ok(())
}
