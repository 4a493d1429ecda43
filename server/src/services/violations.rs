//! A person's vehicles and their camera records, each with its verdict. Placing orders is in `orders`.

pub mod attention;
mod card;
pub mod dispute;
pub mod facts;
pub mod region;
pub mod vehicles;

use std::collections::BTreeSet;

use app::api::ServiceError;
use app::api::violations::{Proof, RecordCard, RecordDetail, VehicleCard, VehicleRecords};
use rules::Moment;
use rules::calendar;
use rules::families::camera::{self, Applicant, CameraCase, RecordFacts, Request};
use rules::rulebook::Rulebook;
use rules::vehicle::Relation;
use rules::violation::PointsUnderLaw;
use sqlx::AnyConnection;

use crate::caller::Person;
use crate::db::Fault;
use crate::db::registry::{self, HoldEnd, RecordRow, VehicleRow};
use crate::state::State;
pub use card::{act, laws, paper_offices};
use facts::{Asking, Standing};

/// A vehicle with everything that its records are judged by.
pub struct Judged {
    pub vehicle: VehicleRow,
    pub standing: Standing,
    pub applicant: Applicant,
    pub request: Request,
}

/// Loads the vehicle for the person; another person's vehicle is not found. An order always finds its vehicle, so that a
/// captured payment can still be judged.
pub async fn load_vehicle(
    connection: &mut AnyConnection,
    person: &Person,
    vehicle: &str,
    request: Request,
    asking: Asking<'_>,
) -> Result<Judged, Fault> {
    let now = request.now;
    let row = registry::find_vehicle(connection, vehicle).await?.ok_or(ServiceError::NotFound)?;
    let standing = facts::standing(connection, &row, &person.id, now).await?;
    if asking.order.is_empty() && standing.vehicle().relation == Relation::None {
        return Err(ServiceError::NotFound.into());
    }
    let applicant = facts::applicant(connection, &person.id, person.identity, now, asking).await?;
    Ok(Judged { vehicle: row, standing, applicant, request })
}

/// Loads one record of the vehicle for the person; what happened while another person leased it is not found.
pub async fn load_record(
    connection: &mut AnyConnection,
    judged: &Judged,
    record: &str,
) -> Result<RecordRow, Fault> {
    let row = registry::find_record(connection, &judged.vehicle.id, record).await?;
    let row = row.ok_or(ServiceError::NotFound)?;
    if judged.shows(&row) { Ok(row) } else { Err(ServiceError::NotFound.into()) }
}

impl Judged {
    /// Whether the record concerns the person at all.
    pub fn shows(&self, row: &RecordRow) -> bool {
        self.standing.shows(*row.violated_at)
    }

    /// The case of one record as it would be decided alone. With several relations to the vehicle, uses the one with the
    /// fewest refusals.
    pub fn case(&self, record: &RecordFacts, rulebook: &Rulebook) -> CameraCase {
        let cases = self.standing.ways(record.violated_at).into_iter().map(|vehicle| CameraCase {
            now: self.request.now,
            channels: self.request.channels,
            applicant: self.applicant.clone(),
            vehicle,
            selected_points: record.points,
            record: record.clone(),
            dispute_declared: false,
        });
        let reasons = |case: &CameraCase| camera::assess(case, rulebook).refusals.len();
        let fewer = |best, other| if reasons(&other) < reasons(&best) { other } else { best };
        cases.reduce(fewer).expect("there is at least one relation")
    }
}

/// The name of the record's picture, for whom the record is visible.
pub async fn evidence(state: &State, person: &Person, vehicle: &str, record: &str) -> Result<String, Fault> {
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, state.request(), Asking::default()).await?;
    let row = load_record(&mut connection, &judged, record).await?;
    Ok(row.evidence.ok_or(ServiceError::NotFound)?)
}

/// The vehicle's card.
pub fn card_of(judged: &Judged) -> VehicleCard {
    let facts = judged.standing.vehicle();
    VehicleCard {
        id: judged.vehicle.id.clone(),
        plate: facts.plate,
        kind: facts.kind,
        usage: facts.usage,
        states: facts.states,
        relation: facts.relation,
    }
}

/// The record's facts; `ends` are those of the holds on the vehicle's records.
pub fn record_facts(row: &RecordRow, now: Moment, asking: Asking<'_>, ends: &[HoldEnd]) -> RecordFacts {
    let end = ends.iter().find(|end| Some(&end.id) == row.held_order.as_ref());
    facts::record(row, now, asking, end.map(|end| *end.deadline_at))
}

/// The records that the person sees of the vehicle.
pub async fn shown_records(
    connection: &mut AnyConnection,
    judged: &Judged,
    person: &str,
) -> Result<Vec<RecordRow>, Fault> {
    let since = judged.standing.whole_since().map_or(i64::MAX, |since| since.timestamp_millis());
    Ok(registry::records_of(connection, &judged.vehicle.id, person, since).await?)
}

/// Adds decision and receipt to the cards of records that the person's orders settled.
async fn prove(
    connection: &mut AnyConnection,
    person: &Person,
    vehicle: &str,
    cards: &mut [RecordCard],
) -> Result<(), Fault> {
    if cards.iter().all(|card| card.order.is_none()) {
        return Ok(());
    }
    for proof in registry::proofs_of(connection, &person.id, vehicle).await? {
        if let Some(card) = cards.iter_mut().find(|card| card.id == proof.record_id) {
            card.proof = Some(Proof { decision: proof.decision, receipt: proof.receipt });
        }
    }
    Ok(())
}

pub async fn records(state: &State, person: &Person, vehicle: &str) -> Result<VehicleRecords, Fault> {
    let request = state.request();
    let now = request.now;
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, request, Asking::default()).await?;
    let rows = shown_records(&mut connection, &judged, &person.id).await?;
    if rows.is_empty() && !judged.standing.lasts(now) {
        return Err(ServiceError::NotFound.into());
    }
    let ends = registry::hold_ends_of(&mut connection, vehicle).await?;
    let rulebook = &state.rulebook;
    let mut cards = Vec::with_capacity(rows.len());
    for row in &rows {
        let record = record_facts(row, now, Asking::default(), &ends);
        cards.push(judged.card(row, record, &person.id, state)?);
    }
    prove(&mut connection, person, vehicle, &mut cards).await?;
    let places: BTreeSet<_> = cards.iter().map(|card| card.place.clone()).collect();
    let today = calendar::local(now).date();
    Ok(VehicleRecords {
        vehicle: card_of(&judged),
        parameters: places.iter().map(|place| rulebook.parameters(place.as_ref(), today)).collect(),
        applicant: judged.applicant,
        request,
        records: cards,
    })
}

pub async fn record_detail(
    state: &State,
    person: &Person,
    vehicle: &str,
    record: &str,
) -> Result<RecordDetail, Fault> {
    let request = state.request();
    let now = request.now;
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, request, Asking::default()).await?;
    let row = load_record(&mut connection, &judged, record).await?;
    let ends = registry::hold_ends_of(&mut connection, vehicle).await?;
    let record = record_facts(&row, now, Asking::default(), &ends);
    let then = calendar::local(record.violated_at).date();
    let today = calendar::local(now).date();
    let rulebook = &state.rulebook;
    let dispute = dispute::rights(&mut connection, person, &judged, &record, &row, rulebook).await?;
    let mut card = judged.card(&row, record, &person.id, state)?;
    prove(&mut connection, person, vehicle, std::slice::from_mut(&mut card)).await?;
    Ok(RecordDetail {
        vehicle: card_of(&judged),
        dispute,
        record: card,
        rulebook: state.rulebook.version.clone(),
        points_under_law: PointsUnderLaw::of(&row.code, then, today),
    })
}
