//! A selection of records, judged as a whole.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::families::camera::{
    self, CameraCase, LARGEST_SELECTION, RecordFacts, Request, Selection, VehicleFacts,
};
use rules::kernel::Verdict;
use rules::place::PlaceId;
use rules::rulebook::Rulebook;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use crate::caller::Person;
use crate::db::Fault;
use crate::db::registry::{self, RecordRow};
use crate::engine::Decision;
use crate::services::violations::facts::Asking;
use crate::services::violations::{Judged, load_vehicle, record_facts};

/// What was chosen: one vehicle's records, each once, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub vehicle: String,
    pub records: Vec<String>,
}

/// What a registry may call a thing: anything else is no record of anybody, and no text for the database.
fn is_number(text: &str) -> bool {
    (1..=64).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// As many as a list shows: whoever ticks them all is told how they are divided among orders.
const MAX_TICKED: usize = 500;

impl Chosen {
    /// What one order may take.
    pub fn parse(vehicle: &str, records: &[String]) -> Result<Self, ServiceError> {
        Self::of(vehicle, records, LARGEST_SELECTION)
    }

    /// What may be ticked.
    pub fn ticked(vehicle: &str, records: &[String]) -> Result<Self, ServiceError> {
        Self::of(vehicle, records, MAX_TICKED)
    }

    fn of(vehicle: &str, records: &[String], most: usize) -> Result<Self, ServiceError> {
        let mut records = records.to_vec();
        records.sort();
        records.dedup();
        let error = match records.len() {
            0 => FieldError::new("records", "error.records.none"),
            count if count > most => {
                FieldError::new("records", "error.records.too-many").with("limit", LARGEST_SELECTION)
            }
            _ if is_number(vehicle) && records.iter().all(|record| is_number(record)) => {
                return Ok(Self { vehicle: vehicle.to_owned(), records });
            }
            _ => return Err(ServiceError::NotFound),
        };
        Err(ServiceError::Invalid(vec![error]))
    }

    /// The same for the same records and for no others: what a code confirms and a key stands for.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in std::iter::once(&self.vehicle).chain(&self.records) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hex::encode(&hash.finalize()[..16])
    }
}

/// The chosen records with what they are judged by.
pub struct Loaded {
    pub judged: Judged,
    pub rows: Vec<RecordRow>,
    pub facts: Vec<RecordFacts>,
}

impl Loaded {
    pub fn selection(&self, rulebook: &Rulebook) -> Selection {
        let all: Vec<usize> = (0..self.facts.len()).collect();
        self.selection_of(&all, rulebook)
    }

    /// The most records among these that would pass as one order.
    pub fn most_that_pass(&self, among: &[usize], rulebook: &Rulebook) -> Vec<usize> {
        self.selection_of(among, rulebook).largest.iter().map(|index| among[*index]).collect()
    }

    fn selection_of(&self, among: &[usize], rulebook: &Rulebook) -> Selection {
        let facts: Vec<RecordFacts> = among.iter().map(|index| self.facts[*index].clone()).collect();
        let vehicles: Vec<VehicleFacts> =
            facts.iter().map(|record| self.judged.case(record, rulebook).vehicle).collect();
        let all: Vec<usize> = (0..facts.len()).collect();
        let (request, applicant) = (self.judged.request, &self.judged.applicant);
        camera::assess_selection_by(request, applicant, |index| &vehicles[index], &facts, &all, rulebook)
    }

    /// What is decided, record by record, for the file: judging it again gives the same.
    pub fn decision(&self, rulebook: &Rulebook) -> Result<Decision, Fault> {
        let selected_points = self.facts.iter().map(|record| record.points).sum();
        let cases: Vec<CameraCase> = self
            .facts
            .iter()
            .map(|record| CameraCase { selected_points, ..self.judged.case(record, rulebook) })
            .collect();
        Decision::of(&cases, judge(&cases, rulebook))
    }
}

pub fn judge(cases: &[CameraCase], rulebook: &Rulebook) -> Vec<Verdict> {
    cases.iter().map(|case| camera::assess(case, rulebook)).collect()
}

/// The facts of a stored decision, record by record.
pub fn cases_of(facts: &str) -> Result<Vec<CameraCase>, serde_json::Error> {
    serde_json::from_str(facts)
}

/// Loads the chosen records; one that is not this vehicle's, or not of the person's own lease, is not found. An order that
/// asks finds what it holds.
pub async fn load(
    connection: &mut AnyConnection,
    person: &Person,
    chosen: &Chosen,
    request: Request,
    asking: Asking<'_>,
) -> Result<Loaded, Fault> {
    let judged = load_vehicle(connection, person, &chosen.vehicle, request, asking).await?;
    let rows = registry::find_records(connection, &chosen.vehicle, &chosen.records).await?;
    if rows.len() != chosen.records.len() {
        return Err(ServiceError::NotFound.into());
    }
    let held = rows.iter().any(|row| row.held_order.is_some());
    let ends = if held { registry::hold_ends_of(connection, &chosen.vehicle).await? } else { Vec::new() };
    let mut facts = Vec::with_capacity(rows.len());
    for row in &rows {
        if asking.order.is_empty() && !judged.shows(row) {
            return Err(ServiceError::NotFound.into());
        }
        facts.push(record_facts(row, request.now, asking, &ends));
    }
    Ok(Loaded { judged, rows, facts })
}

/// The records by the orders that they take: an order is paid to one place, and takes so many at most.
pub fn parts(loaded: &Loaded, rulebook: &Rulebook) -> Vec<Vec<usize>> {
    let mut places: Vec<(Option<&PlaceId>, Vec<usize>)> = Vec::new();
    for (index, record) in loaded.facts.iter().enumerate() {
        let place = rulebook.place_of(&record.region).map(|place| &place.id);
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, of_place)) => of_place.push(index),
            None => places.push((place, vec![index])),
        }
    }
    let of_places = places.iter().flat_map(|(_, of_place)| of_place.chunks(LARGEST_SELECTION));
    of_places.map(<[usize]>::to_vec).collect()
}

/// An order is of one place: records of several places make several orders.
pub fn one_place(loaded: &Loaded, rulebook: &Rulebook) -> Result<(), ServiceError> {
    if parts(loaded, rulebook).len() > 1 {
        return Err(ServiceError::Invalid(vec![FieldError::new("", "error.records.one-place")]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_registry_gives_is_not_found_and_cannot_pass_for_two() {
        let chosen = |vehicle: &str, records: &[&str]| {
            let records: Vec<String> = records.iter().map(|record| (*record).to_owned()).collect();
            Chosen::parse(vehicle, &records)
        };
        assert!(chosen("V1", &["R1", "R2"]).is_ok());
        for (vehicle, records) in
            [("V1\0R1", &["R2"][..]), ("V1", &["R1\0R2"]), ("", &["R1"]), ("V1", &[""]), ("V1", &["R1\n"])]
        {
            assert_eq!(chosen(vehicle, records), Err(ServiceError::NotFound), "{vehicle:?} {records:?}");
        }
        assert_eq!(chosen("V1", &[&"R".repeat(65)]), Err(ServiceError::NotFound));
    }
}
