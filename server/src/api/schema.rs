//! Schemas of values whose Rust type says less than the API asks of them. What fits its schema is accepted, unless two
//! values contradict each other; what does not fit is refused.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rules::plate::PlatePrefix;
use rules::rulebook::Rulebook;
use rules::set::Coded;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

/// The years that `times` takes.
const YEAR: &str = "(19[5-9][0-9]|20[0-9][0-9]|21[0-9][0-9])";
const MONTH_AND_DAY: &str = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";

fn or_null(schema: SchemaType) -> SchemaType {
    match schema {
        SchemaType::Type(kind) => SchemaType::Array(vec![kind, Type::Null]),
        other => other,
    }
}

fn string() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn one_of(codes: &[&str]) -> Object {
    string().enum_values(Some(codes.iter().copied())).build()
}

/// One of the codes.
pub fn code<T: Coded>() -> Object {
    one_of(T::CODES)
}

/// A list of the codes.
pub fn codes<T: Coded>() -> Array {
    ArrayBuilder::new().items(code::<T>()).build()
}

/// A list of the codes, or none.
pub fn codes_or_none<T: Coded>() -> Array {
    ArrayBuilder::new().schema_type(or_null(Type::Array.into())).items(code::<T>()).build()
}

pub fn record_state() -> Object {
    string().enum_values(Some(["unprocessed", "held", "processed", "processed-elsewhere"])).build()
}

/// Six digits of GB/T 2260.
pub fn region() -> Object {
    string().pattern(Some("^[1-8][0-9]{5}$")).build()
}

/// Places of the rulebook, or none.
pub fn place_or_none() -> Object {
    let rulebook = Rulebook::shipped();
    let places = rulebook.jurisdictions.iter().map(|place| serde_json::Value::from(place.id.as_str()));
    let values = places.chain([serde_json::Value::Null]);
    ObjectBuilder::new().schema_type(or_null(Type::String.into())).enum_values(Some(values)).build()
}

/// Fen of a fine.
pub fn fine() -> Object {
    let largest = rules::families::late_fee::LARGEST_FINE.fen();
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .maximum(Some(largest))
        .description(Some("Whole fen."))
        .build()
}

fn points_of(kind: SchemaType) -> Object {
    ObjectBuilder::new()
        .schema_type(kind)
        .minimum(Some(0))
        .maximum(Some(super::assessments::MOST_POINTS))
        .build()
}

pub fn points() -> Object {
    points_of(Type::Integer.into())
}

pub fn points_or_none() -> Object {
    points_of(or_null(Type::Integer.into()))
}

fn day_of(kind: SchemaType) -> Object {
    let pattern = format!("^{YEAR}-{MONTH_AND_DAY}$");
    let format = SchemaFormat::KnownFormat(KnownFormat::Date);
    ObjectBuilder::new().schema_type(kind).format(Some(format)).pattern(Some(pattern)).build()
}

pub fn day() -> Object {
    day_of(Type::String.into())
}

pub fn day_or_none() -> Object {
    day_of(or_null(Type::String.into()))
}

fn moment_of(kind: SchemaType) -> Object {
    let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?";
    let zone = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    let pattern = format!("^{YEAR}-{MONTH_AND_DAY}T{time}{zone}$");
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    ObjectBuilder::new().schema_type(kind).format(Some(format)).pattern(Some(pattern)).build()
}

pub fn moment() -> Object {
    moment_of(Type::String.into())
}

pub fn moment_or_none() -> Object {
    moment_of(or_null(Type::String.into()))
}

/// A plate's number as the rules write it: no dot, no space, capital letters.
pub fn plate() -> Object {
    static PATTERN: LazyLock<String> = LazyLock::new(plate_pattern);
    string().pattern(Some(PATTERN.as_str())).build()
}

fn plate_pattern() -> String {
    let mut offices: BTreeMap<char, String> = BTreeMap::new();
    for prefix in (0..2_000).filter_map(PlatePrefix::from_number).map(|prefix| prefix.to_string()) {
        let mut characters = prefix.chars();
        if let (Some(province), Some(office)) = (characters.next(), characters.next()) {
            offices.entry(province).or_default().push(office);
        }
    }
    let prefixes: Vec<_> =
        offices.iter().map(|(province, letters)| format!("{province}[{letters}]")).collect();
    let (energy, any) = ("[A-HJK]", "[0-9A-HJ-NP-Z]");
    let serials = [
        at_most_two_letters(5),
        format!("({})[学挂警港澳领]", at_most_two_letters(4)),
        format!("{energy}{any}[0-9]{{4}}"),
        format!("[0-9]{{5}}{energy}"),
    ];
    format!("^({})({})$", prefixes.join("|"), serials.join("|"))
}

/// Alternatives of so many characters, of which two at most are letters.
fn at_most_two_letters(length: usize) -> String {
    let mut alternatives = Vec::new();
    for first in 0..length {
        for second in first..length {
            let part = |place| if place == first || place == second { "[A-HJ-NP-Z]" } else { "[0-9]" };
            alternatives.push((0..length).map(part).collect::<String>());
        }
    }
    alternatives.push(format!("[0-9]{{{length}}}"));
    alternatives.join("|")
}
