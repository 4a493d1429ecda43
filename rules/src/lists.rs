//! Every list of codes that a fact or a parameter has. A new list gets its line here.

use crate::calendar::DayCount;
use crate::kernel::List;
use crate::licence::LicenceState;
use crate::payment::{Confirmation, PaymentChannel};
use crate::person::IdentityLevel;
use crate::vehicle::{Relation, VehicleKind, VehicleState, VehicleUse};
use crate::violation::{Capture, PenaltyKind, Standing};

/// Declares the lists, and the table that finds one by its tag.
macro_rules! lists {
    ($($constant:ident = $form:ident $type:ty, $name:literal, $tag:literal;)*) => {
        $(pub static $constant: List = List::$form::<$type>($name, $tag);)*

        pub static ALL: &[&List] = &[$(&$constant),*];
    };
}

lists! {
    CAPTURE = one Capture, "capture", "capture";
    STANDING = one Standing, "record-standing", "standing";
    IDENTITY = one IdentityLevel, "identity", "identity";
    CONFIRMATION = one Confirmation, "confirmation", "confirmation";
    DAY_COUNT = one DayCount, "day-count", "day-count";
    LICENCE_STATE = several LicenceState, "licence-state", "licence-states";
    VEHICLE_STATE = several VehicleState, "vehicle-state", "vehicle-states";
    VEHICLE_KIND = several VehicleKind, "vehicle-kind", "kinds";
    VEHICLE_USE = several VehicleUse, "vehicle-use", "uses";
    RELATION = several Relation, "relation", "relations";
    PENALTY_KIND = several PenaltyKind, "penalty-kind", "penalties";
    PAYMENT_CHANNEL = several PaymentChannel, "payment-channel", "channels";
}

/// The list that a serialised value names.
pub fn tagged(tag: &str) -> Option<&'static List> {
    ALL.iter().copied().find(|list| list.tag == tag)
}
