//! The camera rules in catalogue order.

use super::Term::{Const, Fact as Of, Parameter as Set, Sum};
use super::{As, Changes, Cites, Expr, Rule, RuleId, Show};
use crate::camera::Standing;
use crate::facts::Fact as F;
use crate::parameters::Parameter as P;
use crate::vehicle::{Relation, VehicleState};
use crate::verdict::Remedy;
use crate::violation::{Capture, PenaltyKind};

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
const FINE_FOUND: Show = Show::Number(As::Money, Of(F::Fine));
const FINE_ALLOWED: Show = Show::Number(As::Money, Set(P::FineLimit));

const ALL_POINTS: &[F] = &[F::CyclePoints, F::HeldPoints, F::SelectedPoints];

/// Defaults of a row: the rule always applies, reads no parameters, and its remedy is the office.
const PLAIN: Rule = Rule {
    id: RuleId::PlaceOpen,
    facts: &[],
    parameters: &[],
    cites: Cites::Value,
    applies: Expr::Always,
    passes: Expr::Always,
    found: Show::Nothing,
    required: Show::Nothing,
    remedy: Remedy::Office,
    changes: Changes::WithParameters,
};

pub const CAMERA_RULES: [Rule; 23] = [
    // The record names its place; of one that is not served nothing more is known.
    Rule { id: RuleId::PlaceOpen, facts: &[F::PlaceServed], passes: Expr::Is(F::PlaceServed), ..PLAIN },
    Rule {
        id: RuleId::ServiceHours,
        facts: &[F::MinuteOfDay],
        parameters: &[P::ClosedFrom, P::ClosedUntil],
        applies: Expr::Asked(P::ClosedFrom),
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
        changes: Changes::WithHours,
        ..PLAIN
    },
    Rule {
        id: RuleId::ByDevice,
        facts: &[F::Capture],
        passes: Expr::Equals(F::Capture, DEVICE),
        found: Show::Number(As::Capture, Of(F::Capture)),
        required: Show::Number(As::Capture, Const(DEVICE)),
        ..PLAIN
    },
    Rule {
        id: RuleId::RecordOpen,
        facts: &[F::Standing],
        passes: Expr::Any(&[
            Expr::Equals(F::Standing, UNPROCESSED),
            Expr::Equals(F::Standing, HELD_BY_THIS_ORDER),
        ]),
        found: Show::Number(As::Standing, Of(F::Standing)),
        required: Show::Number(As::Standing, Const(UNPROCESSED)),
        remedy: Remedy::FinishOrder,
        changes: Changes::WithHold,
        ..PLAIN
    },
    // A dispute is there or it is not: whoever marked it, the sentence says all.
    Rule {
        id: RuleId::NotDisputed,
        facts: &[F::Disputed, F::DisputeDeclared],
        passes: Expr::All(&[Expr::Not(F::Disputed), Expr::Not(F::DisputeDeclared)]),
        ..PLAIN
    },
    Rule {
        id: RuleId::SimpleProcedure,
        facts: &[F::PenaltyKind, F::Fine],
        parameters: &[P::FineLimit],
        passes: Expr::Any(&[
            Expr::Equals(F::PenaltyKind, WARNING),
            Expr::All(&[Expr::Equals(F::PenaltyKind, FINE), Expr::AtMost(Of(F::Fine), Set(P::FineLimit))]),
        ]),
        cites: Cites::Rule,
        found: Show::When(F::PenaltyKind, FINE, &FINE_FOUND, &Show::Number(As::Penalty, Of(F::PenaltyKind))),
        required: Show::When(
            F::PenaltyKind,
            FINE,
            &FINE_ALLOWED,
            &Show::Number(As::Penalties, Const(SIMPLE)),
        ),
        ..PLAIN
    },
    Rule {
        id: RuleId::FineLimit,
        facts: &[F::Fine],
        parameters: &[P::FineLimit],
        passes: Expr::AtMost(Of(F::Fine), Set(P::FineLimit)),
        found: FINE_FOUND,
        required: FINE_ALLOWED,
        ..PLAIN
    },
    Rule {
        id: RuleId::RecordPoints,
        facts: &[F::RecordPoints],
        parameters: &[P::RecordPointsLimit],
        applies: Expr::Asked(P::RecordPointsLimit),
        passes: Expr::AtMost(Of(F::RecordPoints), Set(P::RecordPointsLimit)),
        found: Show::Number(As::Points, Of(F::RecordPoints)),
        required: Show::Number(As::Points, Set(P::RecordPointsLimit)),
        ..PLAIN
    },
    // The refusal's sentence says why; how many points it is, only the counter can tell.
    Rule { id: RuleId::PointsKnown, facts: &[F::PointsKnown], passes: Expr::Is(F::PointsKnown), ..PLAIN },
    Rule {
        id: RuleId::PointsTotal,
        facts: ALL_POINTS,
        parameters: &[P::PointsLimit],
        passes: Expr::Less(Sum(ALL_POINTS), Set(P::PointsLimit)),
        found: Show::Number(As::Points, Sum(ALL_POINTS)),
        required: Show::Number(As::Points, Set(P::PointsLimit)),
        remedy: Remedy::ChooseFewer,
        changes: Changes::WithCycle,
        ..PLAIN
    },
    Rule {
        id: RuleId::Identity,
        facts: &[F::IdentityLevel],
        parameters: &[P::IdentityLevel],
        passes: Expr::AtMost(Set(P::IdentityLevel), Of(F::IdentityLevel)),
        found: Show::Number(As::Identity, Of(F::IdentityLevel)),
        required: Show::Number(As::Identity, Set(P::IdentityLevel)),
        remedy: Remedy::Identify,
        ..PLAIN
    },
    // There is nothing to show of a licence that is not there.
    Rule {
        id: RuleId::LicenceBound,
        facts: &[F::LicenceBound],
        passes: Expr::Is(F::LicenceBound),
        remedy: Remedy::BindLicence,
        ..PLAIN
    },
    Rule {
        id: RuleId::LicenceState,
        facts: &[F::LicenceBound, F::LicenceStates],
        parameters: &[P::LicenceStatesRefused],
        applies: Expr::All(&[Expr::Asked(P::LicenceStatesRefused), Expr::Is(F::LicenceBound)]),
        passes: Expr::Apart(F::LicenceStates, P::LicenceStatesRefused),
        found: Show::Common(As::LicenceStates, F::LicenceStates, P::LicenceStatesRefused),
        remedy: Remedy::MendLicence,
        ..PLAIN
    },
    Rule {
        id: RuleId::FullMarks,
        facts: &[F::LicenceBound, F::FullMarks],
        parameters: &[P::FullMarksLimit],
        applies: Expr::All(&[Expr::Asked(P::FullMarksLimit), Expr::Is(F::LicenceBound)]),
        passes: Expr::Less(Of(F::FullMarks), Set(P::FullMarksLimit)),
        found: Show::Number(As::Count, Of(F::FullMarks)),
        required: Show::Number(As::Count, Set(P::FullMarksLimit)),
        changes: Changes::WithCycle,
        ..PLAIN
    },
    // No `found` value: there is no relation to show.
    Rule {
        id: RuleId::VehicleBound,
        facts: &[F::VehicleCovered],
        passes: Expr::Is(F::VehicleCovered),
        remedy: Remedy::BindVehicle,
        ..PLAIN
    },
    Rule {
        id: RuleId::VehicleOwner,
        facts: &[F::Relation, F::RecordPoints],
        parameters: &[P::Relations, P::RelationsWithoutPoints],
        applies: Expr::Differs(F::Relation, RELATION_NONE),
        passes: Expr::Any(&[
            Expr::In(F::Relation, P::Relations),
            Expr::All(&[Expr::Equals(F::RecordPoints, 0), Expr::In(F::Relation, P::RelationsWithoutPoints)]),
        ]),
        found: Show::Number(As::Relation, Of(F::Relation)),
        required: Show::Allowed(P::Relations, P::RelationsWithoutPoints),
        remedy: Remedy::AnotherPerson,
        ..PLAIN
    },
    Rule {
        id: RuleId::BindingBefore,
        facts: &[F::Relation, F::VehicleCovered, F::RecordPoints, F::BoundSince, F::ViolatedAt],
        parameters: &[P::BindingBefore],
        applies: Expr::All(&[
            Expr::Asked(P::BindingBefore),
            Expr::Any(&[Expr::Equals(F::Relation, OTHER), Expr::Equals(F::Relation, ORGANISATION)]),
            Expr::Is(F::VehicleCovered),
        ]),
        passes: Expr::Any(&[
            Expr::Equals(F::RecordPoints, 0),
            Expr::Less(Of(F::BoundSince), Of(F::ViolatedAt)),
        ]),
        found: Show::Number(As::Moment, Of(F::ViolatedAt)),
        required: Show::Number(As::Moment, Of(F::BoundSince)),
        ..PLAIN
    },
    Rule {
        id: RuleId::VehicleKind,
        facts: &[F::Relation, F::VehicleKind],
        parameters: &[P::VehicleKinds, P::OrganisationVehicleKinds, P::LeasedVehicleKinds],
        cites: Cites::ByFact(&[
            (F::Relation, ORGANISATION, P::OrganisationVehicleKinds),
            (F::Relation, LEASED, P::LeasedVehicleKinds),
        ]),
        applies: Expr::Any(&[
            Expr::Asked(P::VehicleKinds),
            Expr::Asked(P::OrganisationVehicleKinds),
            Expr::Asked(P::LeasedVehicleKinds),
        ]),
        passes: Expr::All(&[
            Expr::Any(&[Expr::Unasked(P::VehicleKinds), Expr::In(F::VehicleKind, P::VehicleKinds)]),
            Expr::Any(&[
                Expr::Differs(F::Relation, ORGANISATION),
                Expr::Unasked(P::OrganisationVehicleKinds),
                Expr::In(F::VehicleKind, P::OrganisationVehicleKinds),
            ]),
            Expr::Any(&[
                Expr::Differs(F::Relation, LEASED),
                Expr::Unasked(P::LeasedVehicleKinds),
                Expr::In(F::VehicleKind, P::LeasedVehicleKinds),
            ]),
        ]),
        found: Show::Number(As::Kind, Of(F::VehicleKind)),
        required: Show::When(
            F::Relation,
            ORGANISATION,
            &Show::Both(As::Kinds, P::VehicleKinds, P::OrganisationVehicleKinds),
            &Show::When(
                F::Relation,
                LEASED,
                &Show::Both(As::Kinds, P::VehicleKinds, P::LeasedVehicleKinds),
                &Show::Number(As::Kinds, Set(P::VehicleKinds)),
            ),
        ),
        ..PLAIN
    },
    Rule {
        id: RuleId::VehicleUse,
        facts: &[F::Relation, F::VehicleUse],
        parameters: &[P::VehicleUse],
        applies: Expr::All(&[Expr::Asked(P::VehicleUse), Expr::Differs(F::Relation, LEASED)]),
        passes: Expr::In(F::VehicleUse, P::VehicleUse),
        found: Show::Number(As::Use, Of(F::VehicleUse)),
        required: Show::Number(As::Uses, Set(P::VehicleUse)),
        ..PLAIN
    },
    Rule {
        id: RuleId::VehicleState,
        facts: &[F::VehicleStates],
        passes: Expr::Without(F::VehicleStates, VEHICLE_GONE),
        found: Show::Number(As::VehicleStates, Of(F::VehicleStates)),
        required: Show::Nothing,
        ..PLAIN
    },
    Rule {
        id: RuleId::PlateArea,
        facts: &[F::PlatePrefix],
        parameters: &[P::PlatePrefixes],
        applies: Expr::Asked(P::PlatePrefixes),
        passes: Expr::Listed(F::PlatePrefix, P::PlatePrefixes),
        found: Show::Number(As::Plate, Of(F::PlatePrefix)),
        required: Show::Number(As::Plates, Const(0)),
        ..PLAIN
    },
    Rule {
        id: RuleId::Lease,
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
        found: Show::Number(As::Moment, Of(F::ViolatedAt)),
        required: Show::Term(F::LeaseFrom, F::LeaseUntil),
        ..PLAIN
    },
    // Where nothing is to be paid no channel is needed.
    Rule {
        id: RuleId::Channel,
        facts: &[F::Fine, F::Channels],
        parameters: &[P::PaymentChannels],
        applies: Expr::All(&[Expr::Asked(P::PaymentChannels), Expr::Less(Const(0), Of(F::Fine))]),
        passes: Expr::Meets(F::Channels, P::PaymentChannels),
        found: Show::Number(As::Channels, Of(F::Channels)),
        required: Show::Number(As::Channels, Set(P::PaymentChannels)),
        ..PLAIN
    },
];
