//! Judges a given camera record.

mod verdict;

use axum::Json;
use axum::extract::State as Extracted;
use axum::extract::rejection::JsonRejection;
use chrono::{DateTime, NaiveDate, Utc};
use rules::families::camera::{
    self, Applicant, CameraCase, LeaseFacts, LeaseRole, LicenceFacts, RecordFacts, Request, VehicleFacts,
};
use rules::families::late_fee::LARGEST_FINE;
use rules::licence::{LicenceState, LicenceStates, Points};
use rules::money::Fen;
use rules::payment::PaymentChannel;
use rules::person::IdentityLevel;
use rules::place::RegionCode;
use rules::plate::PlateNumber;
use rules::rulebook::Rulebook;
use rules::set::{CodeSet, Coded};
use rules::vehicle::{Relation, VehicleKind, VehicleState, VehicleStates, VehicleUse};
use rules::violation::{Capture, PenaltyKind, RecordStanding};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::schema;
use super::times::{day, moment};
use super::whole::{whole, whole_or_none};
use crate::state::State;
use verdict::Assessment;

/// More points than this no person and no selection has.
pub const MOST_POINTS: u32 = 1_000;

/// A case to judge. Codes are those of the rulebook page; moments are RFC 3339, and lie in the years 1950 to 2199.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "now": "2026-11-18T02:00:00Z",
    "identity": "real-person",
    "licence": { "states": ["normal"], "cycle_points": 3, "full_marks": 0, "next_cycle": "2027-03-01" },
    "vehicle": {
        "plate": "云A12345", "kind": "small", "usage": "non-operating", "states": ["normal"], "relation": "own"
    },
    "record": {
        "region": "530102", "violated_at": "2026-11-13T02:00:00Z", "capture": "device", "penalty": "fine",
        "fine": 20000, "points": 3, "state": "unprocessed"
    }
}))]
pub struct CameraRecordRequest {
    /// When it is asked; the server's own time where it is left out.
    #[schema(schema_with = schema::moment_or_none)]
    now: Option<DateTime<Utc>>,
    #[schema(schema_with = schema::code::<IdentityLevel>)]
    identity: String,
    licence: Option<LicenceInput>,
    /// Points of the person's other open orders.
    #[serde(default, deserialize_with = "whole")]
    #[schema(schema_with = schema::points)]
    held_points: u32,
    vehicle: VehicleInput,
    record: RecordInput,
    /// Points of all records chosen together; this record's own where it is left out.
    #[serde(default, deserialize_with = "whole_or_none")]
    #[schema(schema_with = schema::points_or_none)]
    selected_points: Option<u32>,
    #[serde(default)]
    dispute_declared: bool,
    /// Payment channels that have a gateway; the server's own where it is left out.
    #[schema(schema_with = schema::codes_or_none::<PaymentChannel>)]
    channels: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LicenceInput {
    #[schema(schema_with = schema::codes::<LicenceState>)]
    states: Vec<String>,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = schema::points)]
    cycle_points: u32,
    /// Points of the cycle whose fine is unpaid: the next cycle takes them over.
    #[serde(default, deserialize_with = "whole")]
    #[schema(schema_with = schema::points)]
    carried_points: u32,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = schema::points)]
    full_marks: u32,
    /// The first day of the next scoring cycle.
    #[schema(schema_with = schema::day)]
    next_cycle: NaiveDate,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VehicleInput {
    #[schema(schema_with = schema::plate)]
    plate: String,
    #[schema(schema_with = schema::code::<VehicleKind>)]
    kind: String,
    #[schema(schema_with = schema::code::<VehicleUse>)]
    usage: String,
    #[schema(schema_with = schema::codes::<VehicleState>)]
    states: Vec<String>,
    #[schema(schema_with = schema::code::<Relation>)]
    relation: String,
    #[schema(schema_with = schema::moment_or_none)]
    bound_since: Option<DateTime<Utc>>,
    lease: Option<LeaseInput>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaseInput {
    #[schema(schema_with = schema::moment)]
    registered_at: DateTime<Utc>,
    #[schema(schema_with = schema::moment)]
    from: DateTime<Utc>,
    #[schema(schema_with = schema::moment)]
    until: DateTime<Utc>,
    #[schema(schema_with = schema::code::<LeaseRole>)]
    role: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordInput {
    #[schema(schema_with = schema::region)]
    region: String,
    #[schema(schema_with = schema::moment)]
    violated_at: DateTime<Utc>,
    #[schema(schema_with = schema::code::<Capture>)]
    capture: String,
    #[schema(schema_with = schema::code::<PenaltyKind>)]
    penalty: String,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = schema::fine)]
    fine: i64,
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = schema::points)]
    points: u32,
    /// False where the points depend on what only the registry can tell.
    #[serde(default = "known")]
    points_known: bool,
    #[schema(schema_with = schema::record_state)]
    state: String,
    /// With `held`: when the other order's hold ends.
    #[schema(schema_with = schema::moment_or_none)]
    held_until: Option<DateTime<Utc>>,
    #[serde(default)]
    disputed: bool,
}

fn known() -> bool {
    true
}

fn code<T: Coded>(field: &str, text: &str) -> Result<T, Problem> {
    T::from_code(text).ok_or_else(|| {
        let known: Vec<_> = T::ALL.iter().map(|value| value.code()).collect();
        Problem::field(field, format!("'{text}' is not one of {}", known.join(", ")))
    })
}

fn codes<T: Coded>(field: &str, texts: &[String]) -> Result<CodeSet<T>, Problem> {
    texts.iter().map(|text| code(field, text)).collect()
}

fn points(field: &str, points: u32) -> Result<Points, Problem> {
    if points <= MOST_POINTS {
        return Ok(Points(points));
    }
    Err(Problem::field(field, format!("at most {MOST_POINTS}")))
}

impl CameraRecordRequest {
    /// The verdict under the rulebook, or the first field that is wrong.
    pub fn judge(self, here: Request, rulebook: &Rulebook) -> Result<Assessment, Problem> {
        let verdict = camera::assess(&self.case(here)?, rulebook);
        Ok(Assessment::of(&verdict, rulebook))
    }

    /// What the request leaves out is as it is `here`.
    fn case(self, here: Request) -> Result<CameraCase, Problem> {
        let record = self.record.facts()?;
        let licence = self.licence.map(LicenceInput::facts).transpose()?;
        let selected = self.selected_points.map(|sum| points("selected_points", sum)).transpose()?;
        let selected_points = selected.unwrap_or(record.points);
        if selected_points < record.points {
            return Err(Problem::contradiction("selected_points", "less than the record's own points"));
        }
        Ok(CameraCase {
            now: self.now.map_or(Ok(here.now), |now| moment("now", now))?,
            applicant: Applicant {
                identity: code::<IdentityLevel>("identity", &self.identity)?,
                licence,
                held_points: points("held_points", self.held_points)?,
            },
            vehicle: self.vehicle.facts()?,
            record,
            selected_points,
            dispute_declared: self.dispute_declared,
            channels: self.channels.map_or(Ok(here.channels), |known| codes("channels", &known))?,
        })
    }
}

impl LicenceInput {
    fn facts(self) -> Result<LicenceFacts, Problem> {
        let states: LicenceStates = codes("licence.states", &self.states)?;
        if self.carried_points > self.cycle_points {
            return Err(Problem::contradiction("licence.carried_points", "more than cycle_points"));
        }
        Ok(LicenceFacts {
            states,
            cycle_points: points("licence.cycle_points", self.cycle_points)?,
            carried_points: Points(self.carried_points),
            full_marks: points("licence.full_marks", self.full_marks)?.0,
            next_cycle: day("licence.next_cycle", self.next_cycle)?,
        })
    }
}

impl VehicleInput {
    fn facts(self) -> Result<VehicleFacts, Problem> {
        let states: VehicleStates = codes("vehicle.states", &self.states)?;
        Ok(VehicleFacts {
            plate: plate(&self.plate)?,
            kind: code::<VehicleKind>("vehicle.kind", &self.kind)?,
            usage: code::<VehicleUse>("vehicle.usage", &self.usage)?,
            states,
            relation: code::<Relation>("vehicle.relation", &self.relation)?,
            bound_since: self.bound_since.map(|since| moment("vehicle.bound_since", since)).transpose()?,
            lease: self.lease.map(LeaseInput::facts).transpose()?,
        })
    }
}

/// The plate's number in the one form that the API takes.
fn plate(text: &str) -> Result<PlateNumber, Problem> {
    let field = "vehicle.plate";
    let plate = PlateNumber::parse(text).map_err(|error| Problem::field(field, error))?;
    let written = plate.to_string();
    if written == text { Ok(plate) } else { Err(Problem::field(field, format!("write it as {written}"))) }
}

impl LeaseInput {
    fn facts(self) -> Result<LeaseFacts, Problem> {
        let role = code::<LeaseRole>("vehicle.lease.role", &self.role)?;
        Ok(LeaseFacts {
            registered_at: moment("vehicle.lease.registered_at", self.registered_at)?,
            from: moment("vehicle.lease.from", self.from)?,
            until: moment("vehicle.lease.until", self.until)?,
            role,
        })
    }
}

impl RecordInput {
    fn facts(self) -> Result<RecordFacts, Problem> {
        let largest = LARGEST_FINE.fen();
        if !(0..=largest).contains(&self.fine) {
            return Err(Problem::field("record.fine", format!("whole fen, 0 to {largest}")));
        }
        let held_until = self.held_until.map(|until| moment("record.held_until", until)).transpose()?;
        Ok(RecordFacts {
            region: RegionCode::parse(&self.region)
                .map_err(|error| Problem::field("record.region", error))?,
            violated_at: moment("record.violated_at", self.violated_at)?,
            capture: code::<Capture>("record.capture", &self.capture)?,
            penalty: code::<PenaltyKind>("record.penalty", &self.penalty)?,
            fine: Fen::new(self.fine),
            points: points("record.points", self.points)?,
            points_known: self.points_known,
            state: match self.state.as_str() {
                "unprocessed" => RecordStanding::Unprocessed,
                "held" => RecordStanding::HeldByOther { until: held_until },
                "processed" => RecordStanding::Processed,
                "processed-elsewhere" => RecordStanding::ProcessedElsewhere,
                other => {
                    let known = "unprocessed, held, processed, processed-elsewhere";
                    return Err(Problem::field("record.state", format!("'{other}' is not one of {known}")));
                }
            },
            disputed: self.disputed,
        })
    }
}

/// May this camera record be handled online by this person? Every rule that refuses, with what was found, what is
/// required, the text, what to do, and when it would pass.
#[utoipa::path(post, path = "/api/v1/assessments/camera-record", request_body = CameraRecordRequest, responses(
    (status = 200, description = "The verdict", body = Assessment),
    (status = 400, description = "Not JSON", body = ProblemBody),
    (status = 409, description = "Two fields contradict each other", body = ProblemBody),
    (status = 413, description = "Too large", body = ProblemBody),
    (status = 415, description = "No JSON content type", body = ProblemBody),
    (status = 422, description = "A field is wrong", body = ProblemBody),
    (status = 429, description = "Too many requests", body = ProblemBody),
))]
pub async fn camera_record(
    Extracted(state): Extracted<State>,
    body: Result<Json<CameraRecordRequest>, JsonRejection>,
) -> Result<Json<Assessment>, Problem> {
    let Json(request) = body?;
    Ok(Json(request.judge(state.request(), &state.rulebook)?))
}
