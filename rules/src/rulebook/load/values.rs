//! A parameter's value as the files write it.

use toml::de::DeValue;

use crate::calendar::DayCount;
use crate::licence::LicenceState;
use crate::money::Fen;
use crate::parameters::{Confirmation, Parameter, PaymentChannel, Value};
use crate::person::IdentityLevel;
use crate::plate::PlatePrefix;
use crate::set::{CodeSet, Coded};
use crate::vehicle::{Relation, VehicleKind, VehicleUse};

/// Reads the value; `"none"` means that the place asks nothing.
pub(super) fn value_of(parameter: Parameter, value: &DeValue<'_>) -> Result<Value, String> {
    use Parameter as P;
    if value.as_str() == Some("none") {
        let required = || format!("'{}' cannot be left open", parameter.code());
        return if parameter.is_optional() { Ok(Value::None) } else { Err(required()) };
    }
    match parameter {
        P::FineLimit => {
            let text = value.as_str().ok_or("an amount is a text such as \"200.00\"")?;
            Fen::parse(text).map(|amount| Value::Number(amount.fen())).map_err(|error| error.to_string())
        }
        P::RecordPointsLimit | P::PointsLimit => number(parameter, value, 0, 12),
        P::FullMarksLimit => number(parameter, value, 1, 100),
        P::PaymentWindow => number(parameter, value, 1, 1440),
        P::LateFeeRate | P::LateFeeCap => number(parameter, value, 0, 1000),
        P::LateFeeGrace => number(parameter, value, 0, 365),
        P::BindingBefore => match value.as_bool() {
            Some(true) => Ok(Value::Number(1)),
            Some(false) => Ok(Value::None),
            None => Err("must be true, false or \"none\"".into()),
        },
        P::ClosedFrom | P::ClosedUntil => minute(value),
        P::Relations | P::RelationsWithoutPoints => set::<Relation>(parameter, value),
        P::VehicleKinds | P::OrganisationVehicleKinds | P::LeasedVehicleKinds => {
            set::<VehicleKind>(parameter, value)
        }
        P::VehicleUse => set::<VehicleUse>(parameter, value),
        P::LicenceStatesRefused => set::<LicenceState>(parameter, value),
        P::PaymentChannels => set::<PaymentChannel>(parameter, value),
        P::IdentityLevel => choice::<IdentityLevel>(value),
        P::Confirmation => choice::<Confirmation>(value),
        P::LateFeeCount => choice::<DayCount>(value),
        P::PlatePrefixes => prefixes(value),
    }
}

/// The end of a problem's sentence: an optional parameter may also be left open.
fn or_none(parameter: Parameter) -> &'static str {
    if parameter.is_optional() { ", or \"none\"" } else { "" }
}

fn number(parameter: Parameter, value: &DeValue<'_>, least: i64, most: i64) -> Result<Value, String> {
    let read =
        value.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
    read.filter(|number| (least..=most).contains(number))
        .map(Value::Number)
        .ok_or_else(|| format!("must be a whole number from {least} to {most}{}", or_none(parameter)))
}

fn minute(value: &DeValue<'_>) -> Result<Value, String> {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b':';
    let read = value.as_str().filter(|text| text.len() == 5 && text.bytes().all(plain)).and_then(|text| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
    });
    read.map(Value::Number).ok_or_else(|| "must be a time of day such as \"22:00\", or \"none\"".into())
}

fn known<T: Coded>() -> String {
    T::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", ")
}

fn choice<T: Coded>(value: &DeValue<'_>) -> Result<Value, String> {
    let read = value.as_str().and_then(T::from_code);
    let index = read.and_then(|choice| i64::try_from(choice.index()).ok());
    index.map(Value::Number).ok_or_else(|| format!("must be one of {}", known::<T>()))
}

fn set<T: Coded>(parameter: Parameter, value: &DeValue<'_>) -> Result<Value, String> {
    let problem = || format!("must be a list of {}{}", known::<T>(), or_none(parameter));
    let list = value.as_array().ok_or_else(problem)?;
    let codes: Option<CodeSet<T>> =
        list.iter().map(|entry| entry.get_ref().as_str().and_then(T::from_code)).collect();
    codes.map(|codes| Value::Set(codes.bits())).ok_or_else(problem)
}

fn prefixes(value: &DeValue<'_>) -> Result<Value, String> {
    let problem = || "must be a list of plate prefixes such as 桂A, or \"none\"".to_owned();
    let list = value.as_array().ok_or_else(problem)?;
    let read = |text: &str| PlatePrefix::parse(text).ok().map(PlatePrefix::number);
    let numbers: Option<Vec<i64>> =
        list.iter().map(|entry| entry.get_ref().as_str().and_then(read)).collect();
    numbers.map(Value::List).ok_or_else(problem)
}
