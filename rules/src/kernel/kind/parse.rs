//! A parameter's value as the files write it.

use toml::de::DeValue;

use crate::kernel::{Description, Kind, List, Setting};
use crate::money::Fen;
use crate::plate::PlatePrefix;

impl Description {
    /// Reads a parameter's value; `"none"` means that the place asks nothing. The error says what must stand there.
    pub(crate) fn parse(&self, value: &DeValue<'_>) -> Result<Setting, String> {
        if value.as_str() == Some("none") {
            let required = || format!("'{}' cannot be left open", self.code);
            return if self.optional { Ok(Setting::None) } else { Err(required()) };
        }
        let or_none = if self.optional { ", or \"none\"" } else { "" };
        self.kind.parse(value).map_err(|problem| format!("{problem}{or_none}"))
    }
}

impl Kind {
    fn parse(self, value: &DeValue<'_>) -> Result<Setting, String> {
        let number = |read: Option<i64>, must: &str| read.map(Setting::Number).ok_or_else(|| must.to_owned());
        match self {
            Self::YesNo => match value.as_bool() {
                Some(true) => Ok(Setting::Number(1)),
                Some(false) => Ok(Setting::None),
                None => Err("must be true or false".into()),
            },
            Self::Money => {
                let text = value.as_str().ok_or("an amount is a text such as \"200.00\"")?;
                let amount = Fen::parse(text).map_err(|error| error.to_string())?;
                Ok(Setting::Number(amount.fen()))
            }
            Self::Points => whole(value, 0, 12),
            Self::Count { least, most } => whole(value, least, most),
            Self::Share { .. } => whole(value, 0, 1000),
            Self::Moment => number(moment(value), "must be a moment such as 2026-01-01T00:00:00Z"),
            Self::MinuteOfDay => number(minute(value), "must be a time of day such as \"22:00\""),
            Self::Choice(list) => {
                let read = value.as_str().and_then(|code| list.index(code));
                number(read, &format!("must be one of {}", list.codes.join(", ")))
            }
            Self::Set(list) => set(value, list),
            Self::PlatePrefix => number(
                value.as_str().and_then(|text| PlatePrefix::parse(text).ok()).map(PlatePrefix::number),
                "must be a plate prefix such as 桂A",
            ),
            Self::PlatePrefixes => prefixes(value),
        }
    }
}

fn whole(value: &DeValue<'_>, least: i64, most: i64) -> Result<Setting, String> {
    let read =
        value.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
    read.filter(|number| (least..=most).contains(number))
        .map(Setting::Number)
        .ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn moment(value: &DeValue<'_>) -> Option<i64> {
    let text = value.as_datetime()?.to_string();
    text.parse::<crate::Moment>().ok().map(|moment| moment.timestamp())
}

fn minute(value: &DeValue<'_>) -> Option<i64> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b':';
    let text = value.as_str().filter(|text| text.len() == 5 && text.bytes().all(plain))?;
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

fn set(value: &DeValue<'_>, list: &List) -> Result<Setting, String> {
    let problem = || format!("must be a list of {}", list.codes.join(", "));
    let entries = value.as_array().ok_or_else(problem)?;
    let bits = entries.iter().try_fold(0, |bits, entry| {
        let index = entry.get_ref().as_str().and_then(|code| list.index(code))?;
        Some(bits | 1 << index)
    });
    bits.map(Setting::Set).ok_or_else(problem)
}

fn prefixes(value: &DeValue<'_>) -> Result<Setting, String> {
    let problem = || "must be a list of plate prefixes such as 桂A".to_owned();
    let list = value.as_array().ok_or_else(problem)?;
    let read = |text: &str| PlatePrefix::parse(text).ok().map(PlatePrefix::number);
    let numbers: Option<Vec<i64>> =
        list.iter().map(|entry| entry.get_ref().as_str().and_then(read)).collect();
    numbers.map(Setting::List).ok_or_else(problem)
}
