//! Region codes and places.

use std::fmt;
use std::sync::Arc;

use crate::set::parsed_text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("must have six digits and begin with 1 to 8")]
    Region,
    #[error("must be lower-case letters")]
    Place,
}

impl PlaceError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Place => "place",
        }
    }
}

/// A region of GB/T 2260: six digits, province, city, county.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(String);

impl RegionCode {
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let fits = text.len() == 6
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (b'1'..=b'8').contains(&text.as_bytes()[0]);
        if fits { Ok(Self(text.into())) } else { Err(PlaceError::Region) }
    }

    /// Whether the region lies in the province, city or county whose code begins so.
    pub fn within(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(RegionCode, PlaceError);

/// A jurisdiction by its file's name: `kunming`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceId(Arc<str>);

impl PlaceId {
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let fits = (2..=32).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if fits { Ok(Self(text.into())) } else { Err(PlaceError::Place) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
parsed_text!(PlaceId, PlaceError);
