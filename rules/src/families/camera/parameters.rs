//! The parameters of camera records.

use super::CameraParameters;
use crate::hours::ClosedHours;
use crate::kernel::{Values, described};
use crate::lists;
use crate::payment::{PaymentChannel, PaymentChannels};
use crate::set::CodeSet;

described! {
    /// Every parameter of camera records.
    Parameter {
        FineLimit = "fine-limit", Money;
        RecordPointsLimit = "record-points-limit", Points, optional;
        PointsLimit = "points-limit", Points;
        Relations = "relations", Set(&lists::RELATION);
        /// Relations allowed for records without points only, beside `relations`.
        RelationsWithoutPoints = "relations-without-points", Set(&lists::RELATION);
        BindingBefore = "binding-before", YesNo, optional;
        VehicleKinds = "vehicle-kinds", Set(&lists::VEHICLE_KIND), optional;
        /// Kinds allowed of an organisation's vehicle, among `vehicle-kinds`.
        OrganisationVehicleKinds = "organisation-vehicle-kinds", Set(&lists::VEHICLE_KIND), optional;
        /// Kinds allowed of a leased vehicle, among `vehicle-kinds`.
        LeasedVehicleKinds = "leased-vehicle-kinds", Set(&lists::VEHICLE_KIND), optional;
        VehicleUse = "vehicle-use", Set(&lists::VEHICLE_USE), optional;
        PlatePrefixes = "plate-prefixes", PlatePrefixes, optional;
        LicenceStatesRefused = "licence-states-refused", Set(&lists::LICENCE_STATE), optional;
        FullMarksLimit = "full-marks-limit", Count { least: 1, most: 100 }, optional;
        ClosedFrom = "closed-from", MinuteOfDay, optional;
        ClosedUntil = "closed-until", MinuteOfDay, optional;
        /// Minutes.
        PaymentWindow = "payment-window", Count { least: 1, most: 1440 };
        PaymentChannels = "payment-channels", Set(&lists::PAYMENT_CHANNEL), optional;
        IdentityLevel = "identity-level", Choice(&lists::IDENTITY);
        Confirmation = "confirmation", Choice(&lists::CONFIRMATION);
    }
}

impl CameraParameters {
    pub fn payment_window_minutes(&self) -> i64 {
        self.proven(Parameter::PaymentWindow)
    }

    /// A cycle stays below so many points.
    pub(super) fn points_limit(&self) -> i64 {
        self.proven(Parameter::PointsLimit)
    }

    pub fn closed_hours(&self) -> Option<ClosedHours> {
        let from_minute = self.number(Parameter::ClosedFrom)?;
        let until_minute = self.number(Parameter::ClosedUntil)?;
        Some(ClosedHours { from_minute, until_minute })
    }

    /// The channel through which the place is paid: the first of its own that has a configured gateway.
    pub fn channel(&self, configured: PaymentChannels) -> Option<PaymentChannel> {
        let taken =
            self.number(Parameter::PaymentChannels).map_or(PaymentChannels::all(), CodeSet::from_bits);
        taken.iter().find(|channel| configured.contains(*channel))
    }
}
