//! JSON read strictly: nothing twice, nothing unknown, nothing left over, nothing endless, and reasons that echo no
//! value.
//! It knows no kind of fact.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Why a line is not taken: a stable code, the path of the field, and a sentence without the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub code: &'static str,
    pub field: String,
    pub reason: String,
}

impl Rejection {
    pub fn new(code: &'static str, reason: impl fmt::Display) -> Self {
        Self { code, field: String::new(), reason: reason.to_string() }
    }

    /// The same, seen from the object that holds the field.
    #[must_use]
    pub fn within(mut self, field: &str) -> Self {
        let dot = if self.field.is_empty() || self.field.starts_with('[') { "" } else { "." };
        self.field = format!("{field}{dot}{}", self.field);
        self
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    /// A number that is no whole one of 64 bits.
    OtherNumber,
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Object(Fields<'a>),
}

impl<'a> Json<'a> {
    pub fn bool(self) -> Result<bool, Rejection> {
        if let Self::Bool(value) = self {
            Ok(value)
        } else {
            Err(Rejection::new("type", "not true or false"))
        }
    }

    /// A whole number within the bounds, both included.
    pub fn whole(self, least: i64, most: i64) -> Result<i64, Rejection> {
        match self {
            Self::Whole(value) if (least..=most).contains(&value) => Ok(value),
            Self::Whole(_) => Err(Rejection::new("range", format_args!("not within {least} and {most}"))),
            _ => Err(Rejection::new("type", "not a whole number")),
        }
    }

    pub fn text(self) -> Result<Cow<'a, str>, Rejection> {
        if let Self::Text(value) = self { Ok(value) } else { Err(Rejection::new("type", "not a text")) }
    }

    pub fn object(self) -> Result<Fields<'a>, Rejection> {
        if let Self::Object(value) = self { Ok(value) } else { Err(Rejection::new("type", "not an object")) }
    }

    /// A list of at most so many, each read by the function.
    pub fn list<T>(
        self,
        most: usize,
        read: impl Fn(Self) -> Result<T, Rejection>,
    ) -> Result<Vec<T>, Rejection> {
        let Self::List(items) = self else { return Err(Rejection::new("type", "not a list")) };
        if items.len() > most {
            return Err(Rejection::new("range", format_args!("more than {most} entries")));
        }
        let numbered = items.into_iter().enumerate();
        numbered.map(|(at, item)| read(item).map_err(|wrong| wrong.within(&format!("[{at}]")))).collect()
    }
}

/// The most fields of one object and the deepest nesting. No kind of fact has as many; without a bound one line of many
/// small fields would cost as much as thousands of facts.
const MOST_FIELDS: usize = 64;
const DEEPEST: usize = 8;

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AnyJson { depth: 0 }.deserialize(deserializer)
    }
}

/// Reads a value within so many others.
#[derive(Clone, Copy)]
struct AnyJson {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for AnyJson {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl AnyJson {
    fn within<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth < DEEPEST {
            Ok(Self { depth: self.depth + 1 })
        } else {
            Err(E::custom("nested too deeply"))
        }
    }
}

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Json::OtherNumber, Json::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (inner, mut list) = (self.within()?, Vec::new());
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let inner = self.within()?;
        let mut fields = Fields { entries: Vec::with_capacity(16), ..Fields::default() };
        while let Some(name) = entries.next_key_seed(inner)? {
            let Json::Text(name) = name else {
                return Err(serde::de::Error::custom("a name that is no text"));
            };
            if fields.entries.len() == MOST_FIELDS {
                fields.too_many = true;
            }
            if fields.too_many {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            if fields.entries.iter().any(|(known, _)| *known == name) {
                fields.twice = Some(shown(&name));
            }
            fields.entries.push((name, entries.next_value_seed(inner)?));
        }
        Ok(Json::Object(fields))
    }
}

/// The fields of an object that nobody has read yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields<'a> {
    entries: Vec<(Cow<'a, str>, Json<'a>)>,
    twice: Option<String>,
    too_many: bool,
}

impl<'a> Fields<'a> {
    /// Reads one line of JSON, which must be an object.
    pub fn parse(line: &'a [u8]) -> Result<Self, Rejection> {
        let text = std::str::from_utf8(line).map_err(|_| Rejection::new("utf-8", "the line is not UTF-8"))?;
        let json: Json<'a> = serde_json::from_str(text)
            .map_err(|error| Rejection::new("json", format_args!("no JSON at column {}", error.column())))?;
        json.object()?.unique()
    }

    fn unique(self) -> Result<Self, Rejection> {
        if self.too_many {
            let reason = format_args!("more than {MOST_FIELDS} fields");
            return Err(Rejection::new("too-many-fields", reason));
        }
        match &self.twice {
            Some(name) => Err(Rejection::new("duplicate-field", "given twice").within(name)),
            None => Ok(self),
        }
    }

    fn take(&mut self, name: &str) -> Option<Json<'a>> {
        let at = self.entries.iter().position(|(known, _)| known == name)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// Reads a field that must be there.
    pub fn need<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Json<'a>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let missing = || Rejection::new("missing", "the field is missing");
        self.take(name).ok_or_else(missing).and_then(read).map_err(|wrong| wrong.within(name))
    }

    /// Reads a field that may be missing or null.
    pub fn may<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Json<'a>) -> Result<T, Rejection>,
    ) -> Result<Option<T>, Rejection> {
        match self.take(name) {
            None | Some(Json::Null) => Ok(None),
            Some(json) => read(json).map(Some).map_err(|wrong| wrong.within(name)),
        }
    }

    /// Reads an object from its fields and refuses what it does not know.
    pub fn whole<T>(self, read: impl FnOnce(&mut Self) -> Result<T, Rejection>) -> Result<T, Rejection> {
        let mut fields = self.unique()?;
        let done = read(&mut fields)?;
        match fields.entries.first() {
            Some((name, _)) => {
                Err(Rejection::new("unknown-field", "no such field in this kind").within(&shown(name)))
            }
            None => Ok(done),
        }
    }
}

/// A field's name as it may be shown: names are ours, anything else may be a person's.
fn shown(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    if name.len() <= 40 && name.bytes().all(plain) { name.to_owned() } else { "?".to_owned() }
}
