//! Columns in types of the domain. A stored value that its type does not accept is a `ColumnDecode` error, which names
//! the column.

use std::ops::Deref;

use rules::Moment;
use rules::kernel::CaseState;
use rules::licence::Points;
use rules::money::Fen;
use rules::person::IdentityLevel;
use rules::place::PlaceId;
use rules::plate::PlateNumber;
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
