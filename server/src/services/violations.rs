//! A person's vehicles and their camera records, each with its verdict. Placing orders is in `orders`.

mod attention;
mod card;
pub mod facts;
pub mod region;

use std::collections::BTreeSet;

use app::api::ServiceError;
use app::api::violations::{Attention, RecordDetail, VehicleCard, VehicleRecords, Violations};
use app::visit::FieldError;
use async_trait::async_trait;
use rules::Moment;
use rules::calendar;
use rules::camera::{self, Applicant, CameraCase, RecordFacts, Request, VehicleFacts};
use rules::money::Fen;
use rules::plate::PlateNumber;
use rules::rulebook::Rulebook;
use rules::vehicle::{Relation, VehicleKind, VehicleUse};
use rules::violation::{PointsUnderLaw, ViolationCode};
use sqlx::AnyConnection;

use crate::db::Fault;
use crate::db::registry::{self, HoldEnd, RecordRow, VehicleRow};
use crate::http::current::{Person, person};
use crate::state::State;
pub use card::{act, laws, paper_offices};
use facts::{Asking, Standing, moment, stored};

pub struct ViolationService(pub State);

/// A vehicle with everything that its records are judged by.
pub struct Judged {
    pub vehicle: VehicleRow,
    pub standing: Standing,
    pub applicant: Applicant,
    pub request: Request,
}

/// Loads the vehicle for the person, or says that there is none: another person's vehicle is not found. To an order that
/// asks it is never lost: what was paid for is decided, if only to be refused.
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
    if judged.shows(&row)? { Ok(row) } else { Err(ServiceError::NotFound.into()) }
}

impl Judged {
    /// Whether the record concerns the person at all.
    pub fn shows(&self, row: &RecordRow) -> Result<bool, Fault> {
        Ok(self.standing.shows(moment(row.violated_at)?))
    }

    /// The case of one record as it would be decided alone. Who has both a lease and a binding asks by the one that is
    /// refused for fewer reasons.
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
        cases.reduce(fewer).expect("a person stands to a vehicle in one way at least, if only in none")
    }
}

/// The name of the record's picture, for whom the record is visible.
pub async fn evidence(state: &State, person: &Person, vehicle: &str, record: &str) -> Result<String, Fault> {
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, state.request(), Asking::default()).await?;
    let row = load_record(&mut connection, &judged, record).await?;
    Ok(row.evidence.ok_or(ServiceError::NotFound)?)
}

fn vehicle_card(row: &VehicleRow, facts: &VehicleFacts, open: (i64, i64)) -> VehicleCard {
    VehicleCard {
        id: row.id.clone(),
        plate: facts.plate.clone(),
        kind: facts.kind,
        usage: facts.usage,
        states: facts.states,
        relation: facts.relation,
        open_records: u32::try_from(open.0).unwrap_or(u32::MAX),
        open_fines: Fen::new(open.1),
    }
}

/// The vehicle's card, counting the open ones among its records.
pub fn card_of(judged: &Judged, records: &[RecordRow]) -> VehicleCard {
    let open = records.iter().filter(|record| matches!(record.state.as_str(), "unprocessed" | "held"));
    let (count, fines) = open.fold((0, 0), |(count, fines), record| (count + 1, fines + record.fine));
    vehicle_card(&judged.vehicle, &judged.standing.vehicle(), (count, fines))
}

/// The record's facts; `ends` are those of the holds on the vehicle's records.
pub fn record_facts(
    row: &RecordRow,
    now: Moment,
    asking: Asking<'_>,
    ends: &[HoldEnd],
) -> Result<RecordFacts, Fault> {
    let end = ends.iter().find(|end| Some(&end.id) == row.held_order.as_ref());
    facts::record(row, now, asking, end.map(|end| moment(end.pays_until)).transpose()?)
}

#[async_trait]
impl Violations for ViolationService {
    async fn vehicles(&self) -> Result<Vec<VehicleCard>, ServiceError> {
        let person = person()?;
        Ok(vehicles(&self.0, &person).await?)
    }

    async fn records(&self, vehicle: &str) -> Result<VehicleRecords, ServiceError> {
        let person = person()?;
        Ok(records(&self.0, &person, vehicle).await?)
    }

    async fn record(&self, vehicle: &str, record: &str) -> Result<RecordDetail, ServiceError> {
        let person = person()?;
        Ok(record_detail(&self.0, &person, vehicle, record).await?)
    }

    async fn dispute(&self, vehicle: &str, record: &str) -> Result<(), ServiceError> {
        let person = person()?;
        let (request, vehicle, record) = (self.0.request(), vehicle.to_owned(), record.to_owned());
        let marked = self.0.store.write(move |connection| {
            let (person, vehicle, record) = (person.clone(), vehicle.clone(), record.clone());
            Box::pin(async move {
                let judged = load_vehicle(connection, &person, &vehicle, request, Asking::default()).await?;
                load_record(connection, &judged, &record).await?;
                if registry::mark_disputed(connection, &vehicle, &record).await? {
                    return Ok(());
                }
                let held = load_record(connection, &judged, &record).await?.state == "held";
                let text = if held { "error.dispute.held" } else { "error.dispute.processed" };
                Err(ServiceError::Invalid(vec![FieldError::new("", text)]).into())
            })
        });
        Ok(marked.await?)
    }

    async fn attention(&self) -> Result<Vec<Attention>, ServiceError> {
        let person = person()?;
        Ok(attention::due(&self.0, &person).await?)
    }
}

async fn vehicles(state: &State, person: &Person) -> Result<Vec<VehicleCard>, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let rows = registry::vehicles_of(&mut connection, &person.id, now.timestamp_millis()).await?;
    let bound: BTreeSet<String> =
        registry::bound_vehicles(&mut connection, &person.id, now.timestamp_millis())
            .await?
            .into_iter()
            .collect();
    rows.iter()
        .map(|row| {
            let vehicle = &row.vehicle;
            let relation = match vehicle.owner_kind.as_str() {
                "person" if vehicle.owner_id == person.id => Relation::Own,
                _ if !bound.contains(&vehicle.id) => Relation::Leased,
                "organisation" => Relation::Organisation,
                _ => Relation::Other,
            };
            Ok(VehicleCard {
                id: vehicle.id.clone(),
                plate: PlateNumber::parse(&vehicle.plate).map_err(|error| Fault::stored("plate", error))?,
                kind: stored("vehicle kind", &vehicle.kind, VehicleKind::from_code)?,
                usage: stored("vehicle use", &vehicle.usage, VehicleUse::from_code)?,
                states: facts::stored_set(
                    "vehicle state",
                    &vehicle.states,
                    rules::vehicle::VehicleState::from_code,
                )?,
                relation,
                open_records: u32::try_from(row.open_records).unwrap_or(u32::MAX),
                open_fines: Fen::new(row.open_fines),
            })
        })
        .collect()
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

async fn records(state: &State, person: &Person, vehicle: &str) -> Result<VehicleRecords, Fault> {
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
        let record = record_facts(row, now, Asking::default(), &ends)?;
        cards.push(judged.card(row, record, &person.id, state)?);
    }
    let places: BTreeSet<_> = cards.iter().map(|card| card.place.clone()).collect();
    let today = calendar::local(now).date();
    Ok(VehicleRecords {
        vehicle: card_of(&judged, &rows),
        parameters: places.iter().map(|place| rulebook.camera_parameters(place.as_ref(), today)).collect(),
        applicant: judged.applicant,
        request,
        records: cards,
    })
}

async fn record_detail(
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
    let record = record_facts(&row, now, Asking::default(), &ends)?;
    let then = calendar::local(record.violated_at).date();
    let code = ViolationCode::parse(&row.code).map_err(|error| Fault::stored("violation code", error))?;
    let today = calendar::local(now).date();
    let rows = shown_records(&mut connection, &judged, &person.id).await?;
    Ok(RecordDetail {
        vehicle: card_of(&judged, &rows),
        record: judged.card(&row, record, &person.id, state)?,
        rulebook: state.rulebook.version.clone(),
        points_under_law: PointsUnderLaw::of(&code, then, today),
    })
}
