//! Records and offices as pages show them.

use app::api::violations::{Hotline, Laws, Office, PaperOffice, RecordCard};
use rules::families::camera::{self, RecordFacts};
use rules::rulebook::{self, Jurisdiction};
use rules::violation::{self, ViolationCode};

use super::{Judged, region};
use crate::db::Fault;
use crate::db::registry::RecordRow;
use crate::state::State;

impl Judged {
    pub fn card(
        &self,
        row: &RecordRow,
        record: RecordFacts,
        person: &str,
        state: &State,
    ) -> Result<RecordCard, Fault> {
        let (act_zh, act_en) = act(&row.code);
        let rulebook = &state.rulebook;
        let jurisdiction = rulebook.place_of(&record.region);
        let place = jurisdiction.unwrap_or_else(|| rulebook.national());
        let case = self.case(&record, rulebook);
        Ok(RecordCard {
            id: row.id.clone(),
            vehicle_id: row.vehicle_id.clone(),
            laws: laws(&row.code, case.record.points.0 > 0),
            code: row.code.clone(),
            act_zh,
            act_en,
            location: row.location.clone(),
            city: region::city(&record.region),
            place: jurisdiction.map(|place| place.id.clone()),
            place_zh: place.name.zh.clone(),
            place_en: place.name.en.clone(),
            order: row.held_order.clone().filter(|_| row.held_person.as_deref() == Some(person)),
            proof: None,
            has_evidence: row.evidence.is_some(),
            verdict: camera::assess(&case, rulebook),
            facts: case.record,
            vehicle_facts: case.vehicle,
            office: office(place),
        })
    }
}

/// The act in plain words, Chinese and English.
pub fn act(code: &ViolationCode) -> (String, String) {
    violation::find(code).map_or_else(
        || (format!("交通违法（代码 {code}）"), format!("Traffic violation (code {code})")),
        |known| (known.act_zh.to_owned(), known.act_en.to_owned()),
    )
}

/// The laws that the penalty rests on, and its points where it has some.
pub fn laws(code: &ViolationCode, has_points: bool) -> Laws {
    let known = violation::find(code);
    Laws {
        penalty: known.map(|known| known.penalty_law.to_owned()),
        points: known.filter(|_| has_points).and_then(violation::KnownViolation::points_law),
    }
}

fn office(place: &Jurisdiction) -> Office {
    Office {
        name_zh: place.office.name.zh.clone(),
        name_en: place.office.name.en.clone(),
        address: place.office.address.clone(),
        phone: place.office.phone.clone(),
        hotline: place.hotline.as_ref().map(|hotline| Hotline {
            name_zh: hotline.name.zh.clone(),
            name_en: hotline.name.en.clone(),
            phone: hotline.phone.clone(),
            hours_zh: hotline.hours.as_ref().map(|hours| hours.zh.clone()),
            hours_en: hotline.hours.as_ref().map(|hours| hours.en.clone()),
        }),
    }
}

/// Offices that give stamped papers.
pub fn paper_offices(offices: &[rulebook::PaperOffice]) -> Vec<PaperOffice> {
    let shown = offices.iter().map(|office| PaperOffice {
        name_zh: office.name.zh.clone(),
        name_en: office.name.en.clone(),
        address: office.address.clone(),
        phone: office.phone.clone(),
        bring_zh: office.bring.as_ref().map(|bring| bring.zh.clone()),
        bring_en: office.bring.as_ref().map(|bring| bring.en.clone()),
    });
    shown.collect()
}
