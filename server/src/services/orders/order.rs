//! An order for camera records as it is stored: a case with a body of its own.

use rules::Moment;
use rules::plate::PlateNumber;
use serde::{Deserialize, Serialize};

use crate::db::Fault;
use crate::db::cases::CaseRow;
use crate::engine::Body;

/// The kind of the cases.
pub const KIND: &str = "camera-order";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBody {
    pub vehicle: String,
    pub plate: PlateNumber,
    /// When the person agreed to the notice, in milliseconds since 1970 UTC; none for orders from before agreements
    /// were kept.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub agreed_at: Option<Moment>,
    /// The version of the notice.
    pub notice: String,
}

impl Body for OrderBody {
    const VERSION: u32 = 1;
}

/// A case with its body.
pub struct Order {
    pub case: CaseRow,
    pub body: OrderBody,
}

impl Order {
    /// The order of the case.
    pub fn of(case: CaseRow) -> Result<Self, Fault> {
        Ok(Self { body: OrderBody::of(&case)?, case })
    }

    /// The end of its time to pay.
    pub fn pays_until(&self) -> Result<Moment, Fault> {
        let none = || Fault::corrupt(format!("cases:{}:deadline_at", self.case.id), "none");
        self.case.deadline_at.map(|end| *end).ok_or_else(none)
    }
}
