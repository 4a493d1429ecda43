//! Columns in types of the domain. A stored value that its type does not accept is a `ColumnDecode` error, which names
//! the column.

use std::ops::Deref;

use chrono::NaiveDate;
use rules::Moment;
use rules::kernel::CaseState;
use rules::licence::Points;
use rules::money::Fen;
use rules::person::IdentityLevel;
use rules::place::PlaceId;
use rules::plate::PlateNumber;
use rules::set::{CodeSet, Coded};
use rules::violation::ViolationCode;
use sqlx::any::{Any, AnyArguments, AnyTypeInfo, AnyValueRef};
use sqlx::error::BoxDynError;
use sqlx::{Arguments, Decode, Type};

use super::cases::CaseKey;
use super::payments::PaymentState;

/// A moment, stored as milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub Moment);

impl Deref for Timestamp {
    type Target = Moment;
    fn deref(&self) -> &Moment {
        &self.0
    }
}

impl Type<Any> for Timestamp {
    fn type_info() -> AnyTypeInfo {
        <i64 as Type<Any>>::type_info()
    }
}

impl<'r> Decode<'r, Any> for Timestamp {
    fn decode(value: AnyValueRef<'r>) -> Result<Self, BoxDynError> {
        let millis = <i64 as Decode<Any>>::decode(value)?;
        let moment = Moment::from_timestamp_millis(millis);
        moment.map(Self).ok_or_else(|| format!("no moment has {millis} milliseconds").into())
    }
}

/// A day, stored as an ISO date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

/// Days, stored as ISO dates with spaces between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Days(pub Vec<NaiveDate>);

/// A set of codes, stored with spaces between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes<T: Coded>(pub CodeSet<T>);

fn day(text: &str) -> Result<NaiveDate, BoxDynError> {
    text.parse().map_err(|_| format!("'{text}' is no day").into())
}

fn code<T: Coded>(text: &str) -> Result<T, BoxDynError> {
    T::from_code(text).ok_or_else(|| format!("unknown code '{text}'").into())
}

/// Values that are read from a text.
macro_rules! from_text {
    ($(impl($($of:ident: $bound:ident)?) $type:ty, $text:ident => $value:expr;)*) => {
        $(
            impl$(<$of: $bound>)? Type<Any> for $type {
                fn type_info() -> AnyTypeInfo {
                    <String as Type<Any>>::type_info()
                }
            }

            impl<'r $(, $of: $bound)?> Decode<'r, Any> for $type {
                fn decode(value: AnyValueRef<'r>) -> Result<Self, BoxDynError> {
                    let $text = <String as Decode<Any>>::decode(value)?;
                    $value
                }
            }
        )*
    };
}
from_text! {
    impl() Day, text => day(&text).map(Self);
    impl() Days, text => text.split_whitespace().map(day).collect::<Result<_, _>>().map(Self);
    impl(T: Coded) Codes<T>, text => text.split_whitespace().map(code::<T>).collect::<Result<_, _>>().map(Self);
}

/// A value that a query takes.
pub(crate) trait Bind {
    fn bind(self, arguments: &mut AnyArguments) -> Result<(), BoxDynError>;
}

/// Values that the driver takes as they are.
macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Bind for $type {
            fn bind(self, arguments: &mut AnyArguments) -> Result<(), BoxDynError> {
                arguments.add(self)
            }
        })*
    };
}
plain!(i64, Option<i64>, &str, &String, &Option<String>);

/// Values that are stored in another form.
macro_rules! stored {
    ($($type:ty, $value:ident => $form:expr;)*) => {
        $(impl Bind for $type {
            fn bind(self, arguments: &mut AnyArguments) -> Result<(), BoxDynError> {
                let $value = self;
                arguments.add($form)
            }
        })*
    };
}
stored! {
    Moment, moment => moment.timestamp_millis();
    Timestamp, at => at.timestamp_millis();
    Option<Timestamp>, at => at.map(|at| at.timestamp_millis());
    Option<Moment>, at => at.map(|at| at.timestamp_millis());
    Fen, amount => amount.fen();
    Points, points => i64::from(points.0);
    CaseState, state => state.code();
    PaymentState, state => state.code();
    IdentityLevel, level => level.code();
    &PlaceId, place => place.to_string();
    &PlateNumber, plate => plate.to_string();
    &ViolationCode, code => code.to_string();
}

/// Stored as person and number.
impl Bind for &CaseKey {
    fn bind(self, arguments: &mut AnyArguments) -> Result<(), BoxDynError> {
        arguments.add(&self.person_id)?;
        arguments.add(&self.id)
    }
}
