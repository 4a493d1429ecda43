//! The one table of camera rules: identifier, facts read, parameters, predicate, remedy. The verdict, its explanation,
//! the rulebook page and the oracles all come from it.

mod analysis;
mod expression;
mod table;

pub use analysis::{Analysis, Gap, Overlap, analyse};
pub use expression::{Expr, Term, Values};
pub use table::CAMERA_RULES;

use crate::facts::Fact;
use crate::parameters::Parameter;
use crate::set::coded;
use crate::verdict::Remedy;

coded! {
    /// Every rule by its identifier in the catalogue, in catalogue order.
    RuleId {
        PlaceOpen = "camera.place-open",
        ServiceHours = "camera.service-hours",
        ByDevice = "camera.by-device",
        RecordOpen = "camera.record-open",
        NotDisputed = "camera.not-disputed",
        SimpleProcedure = "camera.simple-procedure",
        FineLimit = "camera.fine-limit",
        RecordPoints = "camera.record-points",
        PointsKnown = "camera.points-known",
        PointsTotal = "camera.points-total",
        Identity = "camera.identity",
        LicenceBound = "camera.licence-bound",
        LicenceState = "camera.licence-state",
        FullMarks = "camera.full-marks",
        VehicleBound = "camera.vehicle-bound",
        VehicleOwner = "camera.vehicle-owner",
        BindingBefore = "camera.binding-before",
        VehicleKind = "camera.vehicle-kind",
        VehicleUse = "camera.vehicle-use",
        VehicleState = "camera.vehicle-state",
        PlateArea = "camera.plate-area",
        Lease = "camera.lease",
        Channel = "camera.channel",
        LateFee = "fine.late-fee",
    }
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    Money,
    Points,
    Count,
    Moment,
    Capture,
    Standing,
    Identity,
    LicenceStates,
    VehicleStates,
    Kind,
    Kinds,
    Use,
    Uses,
    Relation,
    Penalty,
    Penalties,
    Channels,
    Plate,
    Plates,
}

/// What a refusal shows of what it found or asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    Nothing,
    Number(As, Term),
    /// Codes that stand both in the fact and in the parameter.
    Common(As, Fact, Parameter),
    /// One where the fact has this value, the other where it has not.
    When(Fact, i64, &'static Show, &'static Show),
    /// Codes that stand in both parameters; one that is not set allows everything.
    Both(As, Parameter, Parameter),
    /// Relations allowed for every record, and those for records without points only.
    Allowed(Parameter, Parameter),
    /// Two ends of a time.
    Hours(Parameter, Parameter),
    Term(Fact, Fact),
}

/// What time alone may change about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// Only another value of a parameter, on its day.
    WithParameters,
    /// The closed hours end.
    WithHours,
    /// The next scoring cycle begins.
    WithCycle,
    /// Another order's hold ends.
    WithHold,
}

/// The text that a refusal names as its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cites {
    /// The one that sets the value of the rule's first parameter, or else the one that states the rule.
    Value,
    /// The one that states the rule.
    Rule,
    /// The one that sets the parameter beside the first fact that has this value; otherwise as `Value`.
    ByFact(&'static [(Fact, i64, Parameter)]),
}

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub id: RuleId,
    /// What it reads of the case.
    pub facts: &'static [Fact],
    /// What places set for it.
    pub parameters: &'static [Parameter],
    pub cites: Cites,
    /// Whether the rule has anything to say about the case.
    pub applies: Expr,
    pub passes: Expr,
    pub found: Show,
    pub required: Show,
    pub remedy: Remedy,
    pub changes: Changes,
}

impl Rule {
    /// True where the rule never applies, because the place does not set what it asks for.
    pub fn asks_nothing(&self, parameters: &impl Values) -> bool {
        is_unasked(&self.applies, parameters)
    }
}

/// True where the predicate never holds, because the place does not set a parameter that it asks for.
fn is_unasked(predicate: &Expr, parameters: &impl Values) -> bool {
    match predicate {
        Expr::Asked(asked) => parameters.number(*asked).is_none(),
        Expr::All(parts) => parts.iter().any(|part| is_unasked(part, parameters)),
        Expr::Any(parts) => parts.iter().all(|part| is_unasked(part, parameters)),
        _ => false,
    }
}
