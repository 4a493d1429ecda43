//! Vehicles as the rules see them: kind, use, state, and how a person stands to one.

use crate::set::{CodeSet, coded};

coded! {
    /// What kind of vehicle (车辆类型), as far as a rule tells them apart.
    VehicleKind {
        Small = "small",
        Medium = "medium",
        Large = "large",
        Motorcycle = "motorcycle",
        Other = "other",
    }
}

coded! {
    /// What it is used for (使用性质).
    VehicleUse {
        NonOperating = "non-operating",
        Operating = "operating",
        Rental = "rental",
    }
}

coded! {
    /// States of a registered vehicle (机动车状态); several at once are possible.
    VehicleState {
        Normal = "normal",
        TransferredOut = "transferred-out",
        Scrapped = "scrapped",
        Cancelled = "cancelled",
        Stolen = "stolen",
    }
}

pub type VehicleStates = CodeSet<VehicleState>;

coded! {
    /// How the person stands to the vehicle.
    Relation {
        None = "none",
        Own = "own",
        /// Another person's, by an approved binding.
        Other = "other",
        /// An organisation's, by an approved binding.
        Organisation = "organisation",
        /// A rental company's, by a lease.
        Leased = "leased",
    }
}
