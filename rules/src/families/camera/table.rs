//! The camera rules in catalogue order.

use super::facts::Timer;
use super::{Camera, Fact as F, Parameter as P};
use crate::kernel::Term::{Const, Fact as Of, Parameter as Set, Sum};
use crate::kernel::{self, Cites, Remedy};
use crate::vehicle::{Relation, VehicleState};
use crate::violation::{Capture, PenaltyKind, Standing};

type Expr = kernel::Expr<Camera>;
type Rule = kernel::Rule<Camera>;
type Show = kernel::Show<Camera>;

/// The identifiers of the rules.
pub mod rule {
    use crate::kernel::RuleId;

    pub const PLACE_OPEN: RuleId = RuleId::new("camera.place-open");
    pub const SERVICE_HOURS: RuleId = RuleId::new("camera.service-hours");
    pub const BY_DEVICE: RuleId = RuleId::new("camera.by-device");
    pub const RECORD_OPEN: RuleId = RuleId::new("camera.record-open");
    pub const NOT_DISPUTED: RuleId = RuleId::new("camera.not-disputed");
    pub const SIMPLE_PROCEDURE: RuleId = RuleId::new("camera.simple-procedure");
    pub const FINE_LIMIT: RuleId = RuleId::new("camera.fine-limit");
    pub const RECORD_POINTS: RuleId = RuleId::new("camera.record-points");
    pub const POINTS_KNOWN: RuleId = RuleId::new("camera.points-known");
    pub const POINTS_TOTAL: RuleId = RuleId::new("camera.points-total");
    pub const IDENTITY: RuleId = RuleId::new("camera.identity");
    pub const LICENCE_BOUND: RuleId = RuleId::new("camera.licence-bound");
    pub const LICENCE_STATE: RuleId = RuleId::new("camera.licence-state");
    pub const FULL_MARKS: RuleId = RuleId::new("camera.full-marks");
    pub const VEHICLE_BOUND: RuleId = RuleId::new("camera.vehicle-bound");
    pub const VEHICLE_OWNER: RuleId = RuleId::new("camera.vehicle-owner");
    pub const BINDING_BEFORE: RuleId = RuleId::new("camera.binding-before");
    pub const VEHICLE_KIND: RuleId = RuleId::new("camera.vehicle-kind");
    pub const VEHICLE_USE: RuleId = RuleId::new("camera.vehicle-use");
    pub const VEHICLE_STATE: RuleId = RuleId::new("camera.vehicle-state");
    pub const PLATE_AREA: RuleId = RuleId::new("camera.plate-area");
    pub const LEASE: RuleId = RuleId::new("camera.lease");
    pub const CHANNEL: RuleId = RuleId::new("camera.channel");
}

const RELATION_NONE: i64 = Relation::None as i64;
const LEASED: i64 = Relation::Leased as i64;
const OTHER: i64 = Relation::Other as i64;
const ORGANISATION: i64 = Relation::Organisation as i64;
const DEVICE: i64 = Capture::Device as i64;
const UNPROCESSED: i64 = Standing::Unprocessed as i64;
const HELD_BY_THIS_ORDER: i64 = Standing::HeldByThisOrder as i64;
const WARNING: i64 = PenaltyKind::Warning as i64;
const FINE: i64 = PenaltyKind::Fine as i64;
const VEHICLE_GONE: i64 = 1 << VehicleState::TransferredOut as i64
    | 1 << VehicleState::Scrapped as i64
    | 1 << VehicleState::Cancelled as i64
    | 1 << VehicleState::Stolen as i64;

/// Penalties that the simple procedure may impose.
const SIMPLE: i64 = 1 << WARNING | 1 << FINE;
const FINE_FOUND: Show = Show::Number(Of(F::Fine));
const FINE_ALLOWED: Show = Show::Number(Set(P::FineLimit));

const ALL_POINTS: &[F] = &[F::CyclePoints, F::HeldPoints, F::SelectedPoints];

pub const RULES: &[Rule] = &[
    // The record names its place; of one that is not served nothing more is known.
    Rule { facts: &[F::PlaceServed], passes: Expr::Is(F::PlaceServed), ..Rule::new(rule::PLACE_OPEN) },
    Rule {
        facts: &[F::MinuteOfDay],
        parameters: &[P::ClosedFrom, P::ClosedUntil],
        applies: Expr::IsSet(P::ClosedFrom),
        passes: Expr::Any(&[
            Expr::All(&[
                Expr::AtMost(Set(P::ClosedFrom), Set(P::ClosedUntil)),
                Expr::Any(&[
                    Expr::Less(Of(F::MinuteOfDay), Set(P::ClosedFrom)),
                    Expr::AtMost(Set(P::ClosedUntil), Of(F::MinuteOfDay)),
                ]),
            ]),
            Expr::All(&[
                Expr::Less(Set(P::ClosedUntil), Set(P::ClosedFrom)),
                Expr::Less(Of(F::MinuteOfDay), Set(P::ClosedFrom)),
                Expr::AtMost(Set(P::ClosedUntil), Of(F::MinuteOfDay)),
            ]),
        ]),
        required: Show::Hours(P::ClosedFrom, P::ClosedUntil),
        remedy: Remedy::Wait,
        timer: Some(Timer::Hours),
        ..Rule::new(rule::SERVICE_HOURS)
    },
    Rule {
        facts: &[F::Capture],
        passes: Expr::Equals(F::Capture, DEVICE),
        found: Show::Number(Of(F::Capture)),
        required: Show::Like(F::Capture, DEVICE),
        ..Rule::new(rule::BY_DEVICE)
    },
    Rule {
        facts: &[F::Standing],
        passes: Expr::Any(&[
            Expr::Equals(F::Standing, UNPROCESSED),
            Expr::Equals(F::Standing, HELD_BY_THIS_ORDER),
        ]),
        found: Show::Number(Of(F::Standing)),
        required: Show::Like(F::Standing, UNPROCESSED),
        remedy: Remedy::FinishOrder,
        timer: Some(Timer::Hold),
        ..Rule::new(rule::RECORD_OPEN)
    },
    // A dispute is there or it is not: whoever marked it, the sentence says all.
    Rule {
        facts: &[F::Disputed, F::DisputeDeclared],
        passes: Expr::All(&[Expr::Not(F::Disputed), Expr::Not(F::DisputeDeclared)]),
        ..Rule::new(rule::NOT_DISPUTED)
    },
    Rule {
        facts: &[F::PenaltyKind, F::Fine],
        parameters: &[P::FineLimit],
        passes: Expr::Any(&[
            Expr::Equals(F::PenaltyKind, WARNING),
            Expr::All(&[Expr::Equals(F::PenaltyKind, FINE), Expr::AtMost(Of(F::Fine), Set(P::FineLimit))]),
        ]),
        cites: Cites::Rule,
        found: Show::When(F::PenaltyKind, FINE, &FINE_FOUND, &Show::Number(Of(F::PenaltyKind))),
        required: Show::When(F::PenaltyKind, FINE, &FINE_ALLOWED, &Show::Codes(F::PenaltyKind, SIMPLE)),
        ..Rule::new(rule::SIMPLE_PROCEDURE)
    },
    Rule {
        facts: &[F::Fine],
        parameters: &[P::FineLimit],
        passes: Expr::AtMost(Of(F::Fine), Set(P::FineLimit)),
        found: FINE_FOUND,
        required: FINE_ALLOWED,
        ..Rule::new(rule::FINE_LIMIT)
    },
    Rule {
        facts: &[F::RecordPoints],
        parameters: &[P::RecordPointsLimit],
        applies: Expr::IsSet(P::RecordPointsLimit),
        passes: Expr::AtMost(Of(F::RecordPoints), Set(P::RecordPointsLimit)),
        found: Show::Number(Of(F::RecordPoints)),
        required: Show::Number(Set(P::RecordPointsLimit)),
        ..Rule::new(rule::RECORD_POINTS)
    },
    // The refusal's sentence says why; how many points it is, only the counter can tell.
    Rule { facts: &[F::PointsKnown], passes: Expr::Is(F::PointsKnown), ..Rule::new(rule::POINTS_KNOWN) },
    Rule {
        facts: ALL_POINTS,
        parameters: &[P::PointsLimit],
        passes: Expr::Less(Sum(ALL_POINTS), Set(P::PointsLimit)),
        found: Show::Number(Sum(ALL_POINTS)),
        required: Show::Number(Set(P::PointsLimit)),
        remedy: Remedy::ChooseFewer,
        timer: Some(Timer::Cycle),
        ..Rule::new(rule::POINTS_TOTAL)
    },
    Rule {
        facts: &[F::IdentityLevel],
        parameters: &[P::IdentityLevel],
        passes: Expr::AtMost(Set(P::IdentityLevel), Of(F::IdentityLevel)),
        found: Show::Number(Of(F::IdentityLevel)),
        required: Show::Number(Set(P::IdentityLevel)),
        remedy: Remedy::Identify,
        ..Rule::new(rule::IDENTITY)
    },
    // There is nothing to show of a licence that is not there.
    Rule {
        facts: &[F::LicenceBound],
        passes: Expr::Is(F::LicenceBound),
        remedy: Remedy::BindLicence,
        ..Rule::new(rule::LICENCE_BOUND)
    },
    Rule {
        facts: &[F::LicenceBound, F::LicenceStates],
        parameters: &[P::LicenceStatesRefused],
        applies: Expr::All(&[Expr::IsSet(P::LicenceStatesRefused), Expr::Is(F::LicenceBound)]),
        passes: Expr::Disjoint(F::LicenceStates, P::LicenceStatesRefused),
        found: Show::Common(F::LicenceStates, P::LicenceStatesRefused),
        remedy: Remedy::MendLicence,
        ..Rule::new(rule::LICENCE_STATE)
    },
    Rule {
        facts: &[F::LicenceBound, F::FullMarks],
        parameters: &[P::FullMarksLimit],
        applies: Expr::All(&[Expr::IsSet(P::FullMarksLimit), Expr::Is(F::LicenceBound)]),
        passes: Expr::Less(Of(F::FullMarks), Set(P::FullMarksLimit)),
        found: Show::Number(Of(F::FullMarks)),
        required: Show::Number(Set(P::FullMarksLimit)),
        timer: Some(Timer::Cycle),
        ..Rule::new(rule::FULL_MARKS)
    },
    // No `found` value: there is no relation to show.
    Rule {
        facts: &[F::VehicleCovered],
        passes: Expr::Is(F::VehicleCovered),
        remedy: Remedy::BindVehicle,
        ..Rule::new(rule::VEHICLE_BOUND)
    },
    Rule {
        facts: &[F::Relation, F::RecordPoints],
        parameters: &[P::Relations, P::RelationsWithoutPoints],
        applies: Expr::NotEqual(F::Relation, RELATION_NONE),
        passes: Expr::Any(&[
            Expr::In(F::Relation, P::Relations),
            Expr::All(&[Expr::Equals(F::RecordPoints, 0), Expr::In(F::Relation, P::RelationsWithoutPoints)]),
        ]),
        found: Show::Number(Of(F::Relation)),
        required: Show::Allowed(P::Relations, P::RelationsWithoutPoints),
        remedy: Remedy::AnotherPerson,
        ..Rule::new(rule::VEHICLE_OWNER)
    },
    Rule {
        facts: &[F::Relation, F::VehicleCovered, F::RecordPoints, F::BoundSince, F::ViolatedAt],
        parameters: &[P::BindingBefore],
        applies: Expr::All(&[
            Expr::IsSet(P::BindingBefore),
            Expr::Any(&[Expr::Equals(F::Relation, OTHER), Expr::Equals(F::Relation, ORGANISATION)]),
            Expr::Is(F::VehicleCovered),
        ]),
        passes: Expr::Any(&[
            Expr::Equals(F::RecordPoints, 0),
            Expr::Less(Of(F::BoundSince), Of(F::ViolatedAt)),
        ]),
        found: Show::Number(Of(F::ViolatedAt)),
        required: Show::Number(Of(F::BoundSince)),
        ..Rule::new(rule::BINDING_BEFORE)
    },
    Rule {
        facts: &[F::Relation, F::VehicleKind],
        parameters: &[P::VehicleKinds, P::OrganisationVehicleKinds, P::LeasedVehicleKinds],
        cites: Cites::ByFact(&[
            (F::Relation, ORGANISATION, P::OrganisationVehicleKinds),
            (F::Relation, LEASED, P::LeasedVehicleKinds),
        ]),
        applies: Expr::Any(&[
            Expr::IsSet(P::VehicleKinds),
            Expr::IsSet(P::OrganisationVehicleKinds),
            Expr::IsSet(P::LeasedVehicleKinds),
        ]),
        passes: Expr::All(&[
            Expr::Any(&[Expr::IsUnset(P::VehicleKinds), Expr::In(F::VehicleKind, P::VehicleKinds)]),
            Expr::Any(&[
                Expr::NotEqual(F::Relation, ORGANISATION),
                Expr::IsUnset(P::OrganisationVehicleKinds),
                Expr::In(F::VehicleKind, P::OrganisationVehicleKinds),
            ]),
            Expr::Any(&[
                Expr::NotEqual(F::Relation, LEASED),
                Expr::IsUnset(P::LeasedVehicleKinds),
                Expr::In(F::VehicleKind, P::LeasedVehicleKinds),
            ]),
        ]),
        found: Show::Number(Of(F::VehicleKind)),
        required: Show::When(
            F::Relation,
            ORGANISATION,
            &Show::Both(P::VehicleKinds, P::OrganisationVehicleKinds),
            &Show::When(
                F::Relation,
                LEASED,
                &Show::Both(P::VehicleKinds, P::LeasedVehicleKinds),
                &Show::Number(Set(P::VehicleKinds)),
            ),
        ),
        ..Rule::new(rule::VEHICLE_KIND)
    },
    Rule {
        facts: &[F::Relation, F::VehicleUse],
        parameters: &[P::VehicleUse],
        applies: Expr::All(&[Expr::IsSet(P::VehicleUse), Expr::NotEqual(F::Relation, LEASED)]),
        passes: Expr::In(F::VehicleUse, P::VehicleUse),
        found: Show::Number(Of(F::VehicleUse)),
        required: Show::Number(Set(P::VehicleUse)),
        ..Rule::new(rule::VEHICLE_USE)
    },
    Rule {
        facts: &[F::VehicleStates],
        passes: Expr::Without(F::VehicleStates, VEHICLE_GONE),
        found: Show::Number(Of(F::VehicleStates)),
        required: Show::Nothing,
        ..Rule::new(rule::VEHICLE_STATE)
    },
    Rule {
        facts: &[F::PlatePrefix],
        parameters: &[P::PlatePrefixes],
        applies: Expr::IsSet(P::PlatePrefixes),
        passes: Expr::Listed(F::PlatePrefix, P::PlatePrefixes),
        found: Show::Number(Of(F::PlatePrefix)),
        required: Show::Listed(P::PlatePrefixes),
        ..Rule::new(rule::PLATE_AREA)
    },
    Rule {
        facts: &[
            F::Relation,
            F::LeaseDriver,
            F::LeaseRegisteredAt,
            F::LeaseFrom,
            F::LeaseUntil,
            F::ViolatedAt,
        ],
        applies: Expr::Equals(F::Relation, LEASED),
        passes: Expr::All(&[
            Expr::Is(F::LeaseDriver),
            Expr::AtMost(Of(F::LeaseRegisteredAt), Of(F::ViolatedAt)),
            Expr::AtMost(Of(F::LeaseFrom), Of(F::ViolatedAt)),
            Expr::AtMost(Of(F::ViolatedAt), Of(F::LeaseUntil)),
        ]),
        found: Show::Number(Of(F::ViolatedAt)),
        required: Show::Term(F::LeaseFrom, F::LeaseUntil),
        ..Rule::new(rule::LEASE)
    },
    // Where nothing is to be paid no channel is needed.
    Rule {
        facts: &[F::Fine, F::Channels],
        parameters: &[P::PaymentChannels],
        applies: Expr::All(&[Expr::IsSet(P::PaymentChannels), Expr::Less(Const(0), Of(F::Fine))]),
        passes: Expr::Intersects(F::Channels, P::PaymentChannels),
        found: Show::Number(Of(F::Channels)),
        required: Show::Number(Set(P::PaymentChannels)),
        ..Rule::new(rule::CHANNEL)
    },
];
