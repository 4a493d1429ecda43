//! What the targets share.

pub mod feed;
/// The payment provider's shapes, of the server as well.
pub mod wire;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads the text; what it gives prints so that it reads again as the same, and survives JSON.
pub fn read<T>(text: &str) -> Option<T>
where
    T: FromStr + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let value: T = text.parse().ok()?;
    let printed = value.to_string();
    assert_eq!(printed.parse::<T>().ok().as_ref(), Some(&value), "{printed}");
    let json = serde_json::to_string(&value).expect("a value has a JSON form");
    assert_eq!(serde_json::from_str::<T>(&json).expect("its own JSON is read"), value);
    Some(value)
}

#[path = "../../rules/tests/support/generator.rs"]
mod generator;

/// Made-up cases of every kind, the same ones every time.
pub fn cases(count: usize) -> Vec<rules::families::camera::CameraCase> {
    generator::cases(count).collect()
}
