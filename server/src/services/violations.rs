//! A person's vehicles and their camera records, each with its verdict. Placing orders is in `orders`.

mod attention;
mod dispute;
pub mod facts;

use std::collections::BTreeSet;

use app::api::ServiceError;
use app::api::account::CodeSent;
use app::api::violations::{
    Attention, Office, RecordCard, RecordDetail, VehicleCard, VehicleRecords, Violations,
};
use async_trait::async_trait;
use rules::Moment;
use rules::calendar;
use rules::camera::{self, Applicant, CameraCase, RecordFacts, VehicleFacts};
use rules::money::Fen;
use rules::plate::PlateNumber;
use rules::rulebook::Rulebook;
use rules::vehicle::{Relation, VehicleKind, VehicleUse};
use rules::violation::{self, PointsUnderLaw, ViolationCode};
use sqlx::AnyConnection;

use crate::db::Fault;
use crate::db::registry::{self, HoldEnd, RecordRow, VehicleRow};
use crate::http::current::{Person, person};
use crate::state::State;
use dispute::Disputed;
use facts::{Asking, Standing, moment, stored};

pub struct ViolationService(pub State);

/// A vehicle with everything that its records are judged by.
pub struct Judged {
    pub vehicle: VehicleRow,
    pub standing: Standing,
    pub applicant: Applicant,
    pub now: Moment,
}

/// Loads the vehicle for the person, or says that there is none: another person's vehicle is not found. To an order that
/// asks it is never lost: what was paid for is decided, if only to be refused.
pub async fn load_vehicle(
    connection: &mut AnyConnection,
    person: &Person,
    vehicle: &str,
    now: Moment,
    asking: Asking<'_>,
) -> Result<Judged, Fault> {
    let row = registry::find_vehicle(connection, vehicle).await?.ok_or(ServiceError::NotFound)?;
    let standing = facts::standing(connection, &row, &person.id, now).await?;
    if asking.order.is_empty() && standing.vehicle().relation == Relation::None {
        return Err(ServiceError::NotFound.into());
    }
    let applicant = facts::applicant(connection, &person.id, person.identity, now, asking).await?;
    Ok(Judged { vehicle: row, standing, applicant, now })
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
            now: self.now,
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

    pub fn card(
        &self,
        row: &RecordRow,
        record: RecordFacts,
        person: &str,
        rulebook: &Rulebook,
    ) -> Result<RecordCard, Fault> {
        let code = ViolationCode::parse(&row.code).map_err(|error| Fault::stored("violation code", error))?;
        let (act_zh, act_en) = act(&code);
        let jurisdiction = rulebook.place_of(&record.region);
        let place = jurisdiction.unwrap_or_else(|| rulebook.national());
        let case = self.case(&record, rulebook);
        Ok(RecordCard {
            id: row.id.clone(),
            vehicle_id: row.vehicle_id.clone(),
            code,
            act_zh,
            act_en,
            location: row.location.clone(),
            place: jurisdiction.map(|place| place.id.clone()),
            place_zh: place.name.zh.clone(),
            place_en: place.name.en.clone(),
            order: row.held_order.clone().filter(|_| row.held_person.as_deref() == Some(person)),
            has_evidence: row.evidence.is_some(),
            verdict: camera::assess(&case, rulebook),
            facts: case.record,
            vehicle_facts: case.vehicle,
            office: Office {
                name_zh: place.office.name.zh.clone(),
                name_en: place.office.name.en.clone(),
                address: place.office.address.clone(),
                phone: place.office.phone.clone(),
            },
        })
    }
}

/// What was done, in plain words, Chinese and English.
pub fn act(code: &ViolationCode) -> (String, String) {
    violation::find(code).map_or_else(
        || (format!("交通违法(代码 {code})"), format!("Traffic violation (code {code})")),
        |known| (known.act_zh.to_owned(), known.act_en.to_owned()),
    )
}

/// The name of the record's picture, for whom the record is visible.
pub async fn evidence(state: &State, person: &Person, vehicle: &str, record: &str) -> Result<String, Fault> {
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, state.clock.now(), Asking::default()).await?;
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

    async fn send_dispute_code(&self, vehicle: &str, record: &str) -> Result<(), ServiceError> {
        let person = person()?;
        dispute::send_code(&self.0, &person, &disputed(vehicle, record)).await
    }

    async fn dispute_code_sent(&self, vehicle: &str, record: &str) -> Result<CodeSent, ServiceError> {
        let person = person()?;
        dispute::code_sent(&self.0, &person, &disputed(vehicle, record)).await
    }

    async fn dispute(&self, vehicle: &str, record: &str, code: &str) -> Result<(), ServiceError> {
        let person = person()?;
        dispute::dispute(&self.0, &person, &disputed(vehicle, record), code).await
    }

    async fn withdraw_dispute(&self, vehicle: &str, record: &str) -> Result<(), ServiceError> {
        let person = person()?;
        Ok(dispute::withdraw(&self.0, &person, &disputed(vehicle, record)).await?)
    }

    async fn attention(&self) -> Result<Vec<Attention>, ServiceError> {
        let person = person()?;
        Ok(attention::due(&self.0, &person).await?)
    }
}

fn disputed(vehicle: &str, record: &str) -> Disputed {
    Disputed { vehicle: vehicle.to_owned(), record: record.to_owned() }
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

async fn shown_records(connection: &mut AnyConnection, judged: &Judged) -> Result<Vec<RecordRow>, Fault> {
    let mut shown = Vec::new();
    for row in registry::records_of(connection, &judged.vehicle.id).await? {
        if judged.shows(&row)? {
            shown.push(row);
        }
    }
    Ok(shown)
}

async fn records(state: &State, person: &Person, vehicle: &str) -> Result<VehicleRecords, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, now, Asking::default()).await?;
    let rows = shown_records(&mut connection, &judged).await?;
    if rows.is_empty() && !judged.standing.lasts(now) {
        return Err(ServiceError::NotFound.into());
    }
    let ends = registry::hold_ends_of(&mut connection, vehicle).await?;
    let rulebook = &state.rulebook;
    let mut cards = Vec::with_capacity(rows.len());
    for row in &rows {
        let record = record_facts(row, now, Asking::default(), &ends)?;
        cards.push(judged.card(row, record, &person.id, rulebook)?);
    }
    let places: BTreeSet<_> = cards.iter().map(|card| card.place.clone()).collect();
    let today = calendar::local(now).date();
    Ok(VehicleRecords {
        vehicle: card_of(&judged, &rows),
        parameters: places.iter().map(|place| rulebook.camera_parameters(place.as_ref(), today)).collect(),
        applicant: judged.applicant,
        now,
        records: cards,
    })
}

async fn record_detail(
    state: &State,
    person: &Person,
    vehicle: &str,
    record: &str,
) -> Result<RecordDetail, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let judged = load_vehicle(&mut connection, person, vehicle, now, Asking::default()).await?;
    let row = load_record(&mut connection, &judged, record).await?;
    let ends = registry::hold_ends_of(&mut connection, vehicle).await?;
    let record = record_facts(&row, now, Asking::default(), &ends)?;
    let then = calendar::local(record.violated_at).date();
    let code = ViolationCode::parse(&row.code).map_err(|error| Fault::stored("violation code", error))?;
    let today = calendar::local(now).date();
    let rows = shown_records(&mut connection, &judged).await?;
    let rulebook = &state.rulebook;
    let dispute = dispute::rights(&mut connection, person, &judged, &record, &row, rulebook).await?;
    Ok(RecordDetail {
        vehicle: card_of(&judged, &rows),
        dispute,
        record: judged.card(&row, record, &person.id, &state.rulebook)?,
        rulebook: state.rulebook.version.clone(),
        points_under_law: PointsUnderLaw::of(&code, then, today),
    })
}
