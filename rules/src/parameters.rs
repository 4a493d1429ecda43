//! Parameters of places: names, dated values, sources.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::rulebook::{Name, SourceId};
use crate::set::{CodeSet, coded};

coded! {
    /// Every parameter of the catalogue. Amounts are fen, hours are minutes since midnight, sets are codes.
    Parameter {
        FineLimit = "fine-limit",
        RecordPointsLimit = "record-points-limit",
        PointsLimit = "points-limit",
        Relations = "relations",
        /// Relations allowed for records without points only, beside `relations`.
        RelationsWithoutPoints = "relations-without-points",
        BindingBefore = "binding-before",
        VehicleKinds = "vehicle-kinds",
        /// Kinds allowed of an organisation's vehicle, among `vehicle-kinds`.
        OrganisationVehicleKinds = "organisation-vehicle-kinds",
        /// Kinds allowed of a leased vehicle, among `vehicle-kinds`.
        LeasedVehicleKinds = "leased-vehicle-kinds",
        VehicleUse = "vehicle-use",
        PlatePrefixes = "plate-prefixes",
        LicenceStatesRefused = "licence-states-refused",
        FullMarksLimit = "full-marks-limit",
        ClosedFrom = "closed-from",
        ClosedUntil = "closed-until",
        PaymentWindow = "payment-window",
        PaymentChannels = "payment-channels",
        IdentityLevel = "identity-level",
        Confirmation = "confirmation",
        LateFeeRate = "late-fee-rate",
        LateFeeGrace = "late-fee-grace",
        LateFeeCap = "late-fee-cap",
        LateFeeCount = "late-fee-count",
    }
}

impl Parameter {
    /// Checks that a place may leave it open with the value `none`.
    pub fn is_optional(self) -> bool {
        matches!(
            self,
            Self::RecordPointsLimit
                | Self::BindingBefore
                | Self::VehicleKinds
                | Self::OrganisationVehicleKinds
                | Self::LeasedVehicleKinds
                | Self::VehicleUse
                | Self::PlatePrefixes
                | Self::LicenceStatesRefused
                | Self::FullMarksLimit
                | Self::ClosedFrom
                | Self::ClosedUntil
                | Self::PaymentChannels
        )
    }
}

coded! {
    PaymentChannel {
        WeChat = "wechat",
        UnionPay = "unionpay",
    }
}

pub type PaymentChannels = CodeSet<PaymentChannel>;

coded! {
    /// How a person confirms a decision.
    Confirmation {
        SmsCode = "sms-code",
    }
}

/// A parameter's value as judged: a number, a list of numbers, or not set, which means that the place asks nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    None,
    /// An amount, a count, minutes, or the index of a code in its list.
    Number(i64),
    /// One bit per code of the list.
    Set(i64),
    /// Numbers of plate prefixes.
    List(Vec<i64>),
}

/// Where a value or a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The text's short name: `kunming`, `procedure`.
    pub text: String,
    /// The article or paragraph, as the text counts.
    pub article: Option<String>,
    /// The text's own words.
    pub words: String,
    /// Our translation of words that are not Chinese.
    #[serde(default)]
    pub words_zh: Option<String>,
}

/// A value, the days on which it holds (both included, none is open-ended) and its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub value: Value,
    /// None where no text says anything, which only the value `none` may be.
    pub source: Option<SourceId>,
    /// How this platform reads the text.
    pub note: Option<Name>,
}

impl Dated {
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
