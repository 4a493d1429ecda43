//! Computes the late fee of a given fine.

use axum::Json;
use axum::extract::State as Extracted;
use axum::extract::rejection::JsonRejection;
use chrono::NaiveDate;
use rules::families::late_fee::{self, FineCase, FineCaseError, LARGEST_FINE};
use rules::money::Fen;
use rules::place::PlaceId;
use rules::rulebook::Rulebook;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::schema;
use super::times::day;
use super::whole::whole;
use crate::state::State;

/// More reviews and lawsuits than this no fine has.
const MOST_SUSPENSIONS: usize = 20;

/// A decided fine that is paid on a day.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "fine": 20000, "served_on": "2026-10-01", "paid_on": "2026-11-01",
    "suspensions": [{ "from": "2026-10-20", "until": "2026-10-25" }]
}))]
pub struct LateFeeRequest {
    #[serde(deserialize_with = "whole")]
    #[schema(schema_with = schema::fine)]
    fine: i64,
    #[schema(schema_with = schema::day)]
    served_on: NaiveDate,
    #[schema(schema_with = schema::day)]
    paid_on: NaiveDate,
    /// A place of the rulebook; national where it is left out.
    #[schema(schema_with = schema::place_or_none)]
    place: Option<String>,
    /// Reviews and lawsuits: first and last day, no last day while they run.
    #[serde(default)]
    #[schema(max_items = 20)]
    suspensions: Vec<Suspension>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    #[schema(schema_with = schema::day)]
    from: NaiveDate,
    #[schema(schema_with = schema::day_or_none)]
    until: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LateFeeBody {
    /// The last day on which nothing is added: where the fifteenth day is a day off, the next working day.
    due_on: NaiveDate,
    days_late: u32,
    days_suspended: u32,
    /// Whole fen.
    fee: i64,
    total: i64,
    rulebook: String,
}

impl LateFeeRequest {
    /// The fee under the rulebook, or the first field that is wrong.
    pub fn compute(self, rulebook: &Rulebook) -> Result<LateFeeBody, Problem> {
        let (served_on, paid_on) = (day("served_on", self.served_on)?, day("paid_on", self.paid_on)?);
        let case = FineCase {
            fine: Fen::new(self.fine),
            served_on,
            today: paid_on,
            suspensions: suspensions(&self.suspensions)?,
        };
        case.check().map_err(|error| match error {
            FineCaseError::Fine => Problem::field("fine", format!("whole fen, 0 to {}", LARGEST_FINE.fen())),
            FineCaseError::Paid => {
                Problem::contradiction("paid_on", "not before served_on, and within a hundred years of it")
            }
        })?;
        let place = self.place.as_deref().map(|place| known_place(rulebook, place)).transpose()?;
        let late_fee = late_fee::assess(&case, place.as_ref(), rulebook);
        Ok(LateFeeBody {
            due_on: late_fee.due_on,
            days_late: late_fee.days_late,
            days_suspended: late_fee.days_suspended,
            fee: late_fee.fee().fen(),
            total: late_fee.total().fen(),
            rulebook: rulebook.version.to_string(),
        })
    }
}

/// The additional fine for paying late: 3 % a day after the 15th day, never more than the fine.
#[utoipa::path(post, path = "/api/v1/assessments/late-fee", request_body = LateFeeRequest, responses(
    (status = 200, description = "The fee", body = LateFeeBody),
    (status = 400, description = "Not JSON", body = ProblemBody),
    (status = 409, description = "Two fields contradict each other", body = ProblemBody),
    (status = 413, description = "Too large", body = ProblemBody),
    (status = 415, description = "No JSON content type", body = ProblemBody),
    (status = 422, description = "A field is wrong", body = ProblemBody),
    (status = 429, description = "Too many requests", body = ProblemBody),
))]
pub async fn late_fee(
    Extracted(state): Extracted<State>,
    body: Result<Json<LateFeeRequest>, JsonRejection>,
) -> Result<Json<LateFeeBody>, Problem> {
    let Json(request) = body?;
    Ok(Json(request.compute(&state.rulebook)?))
}

fn suspensions(pauses: &[Suspension]) -> Result<Vec<(NaiveDate, Option<NaiveDate>)>, Problem> {
    if pauses.len() > MOST_SUSPENSIONS {
        return Err(Problem::field("suspensions", format!("at most {MOST_SUSPENSIONS}")));
    }
    let checked = pauses.iter().enumerate().map(|(number, pause)| {
        let field = |name: &str| format!("suspensions[{number}].{name}");
        let from = day(&field("from"), pause.from)?;
        let until = pause.until.map(|until| day(&field("until"), until)).transpose()?;
        match until {
            Some(until) if until < from => Err(Problem::contradiction(&field("until"), "not before from")),
            _ => Ok((from, until)),
        }
    });
    checked.collect()
}

fn known_place(rulebook: &Rulebook, place: &str) -> Result<PlaceId, Problem> {
    let parsed = PlaceId::parse(place).ok().filter(|place| rulebook.jurisdiction(place).is_some());
    parsed.ok_or_else(|| Problem::field("place", format!("'{place}' is not a place of the rulebook")))
}
