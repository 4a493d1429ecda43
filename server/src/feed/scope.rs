//! Which facts a registry may tell: records in its regions, vehicles with its plates, licences that it issued, and
//! bindings and leases of its vehicles. What another registry told is changed by that registry alone.

use std::collections::{HashMap, HashSet};

use sqlx::AnyConnection;

use super::batch::{Batch, Claim};
use super::fact::{Fact, Kind};
use super::json::Rejection;
use crate::db::feed as store;
use crate::sealing::Sealer;

/// Stands for every region or plate.
const ALL: &str = "*";

#[derive(Clone, Debug)]
pub struct Scope {
    /// Beginnings of region codes: two, four or six digits.
    regions: Vec<String>,
    /// Beginnings of plates: 云, 云A.
    plates: Vec<String>,
    kinds: Vec<Kind>,
}

impl Scope {
    pub fn new(regions: Vec<String>, plates: Vec<String>, kinds: Vec<Kind>) -> Result<Self, String> {
        let digits = |region: &&String| region.bytes().all(|byte| byte.is_ascii_digit());
        let region = |region: &String| matches!(region.len(), 2 | 4 | 6) && digits(&region);
        if let Some(wrong) = regions.iter().find(|text| *text != ALL && !region(text)) {
            return Err(format!("the region {wrong:?} is no two, four or six digits"));
        }
        let plate = |plate: &String| plate.chars().next().is_some_and(|first| !first.is_ascii());
        if let Some(wrong) = plates.iter().find(|text| *text != ALL && !plate(text)) {
            return Err(format!("the plate {wrong:?} does not begin with a province"));
        }
        Ok(Self { regions, plates, kinds })
    }

    /// Every fact of every place.
    pub fn everything() -> Self {
        Self { regions: vec![ALL.into()], plates: vec![ALL.into()], kinds: Kind::ALL.to_vec() }
    }

    /// False where the store has to be asked about nothing.
    pub fn is_limited(&self) -> bool {
        !self.all_regions() || !self.all_plates()
    }

    fn all_regions(&self) -> bool {
        self.regions.iter().any(|region| region == ALL)
    }

    fn all_plates(&self) -> bool {
        self.plates.iter().any(|plate| plate == ALL)
    }

    fn has_region(&self, code: &str) -> bool {
        self.all_regions() || self.regions.iter().any(|region| code.starts_with(region.as_str()))
    }

    fn has_plate(&self, plate: &str) -> bool {
        self.all_plates() || self.plates.iter().any(|known| plate.starts_with(known.as_str()))
    }

    /// A licence is issued where the first four digits of its file number say.
    fn has_licence(&self, file_number: &str) -> bool {
        let issued = file_number.get(..4).unwrap_or_default();
        let here = |region: &String| issued.starts_with(&region[..region.len().min(4)]);
        self.all_regions() || self.regions.iter().any(here)
    }

    /// Refuses what the fact itself shows to be another registry's.
    pub fn admit(&self, fact: &Fact) -> Result<(), Rejection> {
        let (inside, field) = match fact {
            _ if !self.kinds.contains(&fact.kind()) => (false, "kind"),
            Fact::CameraRecord(record) => (self.has_region(&record.region.to_string()), "region"),
            Fact::Vehicle(vehicle) => (self.has_plate(&vehicle.plate.to_string()), "plate"),
            Fact::Licence(licence) => (self.has_licence(&licence.file_number.to_string()), "file_number"),
            Fact::Person(_) | Fact::Organisation(_) | Fact::Binding(_) | Fact::Lease(_) => (true, ""),
        };
        if inside { Ok(()) } else { Err(outside().within(field)) }
    }

    /// Takes out of the batch what would change another registry's facts, or concerns its vehicles.
    pub async fn judge(
        &self,
        connection: &mut AnyConnection,
        sealer: &Sealer,
        batch: &mut Batch,
    ) -> sqlx::Result<()> {
        let known = Known::of(connection, &batch.claims).await?;
        let mut told = HashSet::new();
        let mut refused = Vec::new();
        // In the order in which the kinds are written: bindings and leases meet the vehicles of their own batch.
        for kind in Kind::ALL {
            for claim in batch.claims.iter().filter(|claim| claim.kind == kind) {
                let wrong = match kind {
                    Kind::Vehicle if !known.is_free(self, &claim.key[0]) => Some("id"),
                    Kind::Vehicle => {
                        told.insert(claim.key[0].as_str());
                        None
                    }
                    Kind::Licence if !known.may_change_licence(self, sealer, &claim.key[0]) => {
                        Some("id_number")
                    }
                    Kind::CameraRecord if !known.may_change_record(self, &claim.key) => Some("id"),
                    Kind::Binding if !known.may_change_binding(self, &claim.key) => Some("id"),
                    Kind::Binding | Kind::Lease => {
                        let vehicle = claim.vehicle.as_str();
                        (!told.contains(vehicle) && !known.has_vehicle(self, vehicle)).then_some("vehicle")
                    }
                    _ => None,
                };
                if let Some(field) = wrong {
                    refused.push((claim.clone(), outside().within(field)));
                }
            }
        }
        batch.refuse(refused);
        Ok(())
    }
}

fn outside() -> Rejection {
    Rejection::new("scope", "outside of what this source may tell")
}

/// What the store knows of the things that a batch would change.
struct Known {
    /// Plate and states.
    vehicles: HashMap<String, (String, String)>,
    /// Sealed file number and states, by person.
    licences: HashMap<String, (String, String)>,
    /// Region.
    records: HashMap<Vec<String>, String>,
    /// Vehicle.
    bindings: HashMap<Vec<String>, String>,
}

impl Known {
    async fn of(connection: &mut AnyConnection, claims: &[Claim]) -> sqlx::Result<Self> {
        let keys = |kind: Kind| -> Vec<Vec<String>> {
            claims.iter().filter(|claim| claim.kind == kind).map(|claim| claim.key.clone()).collect()
        };
        let one = |(mut key, found): (Vec<String>, Vec<String>)| (key.remove(0), pair(found));
        let records = store::known(connection, &store::KNOWN_RECORDS, &keys(Kind::CameraRecord)).await?;
        let bindings = store::known(connection, &store::KNOWN_BINDINGS, &keys(Kind::Binding)).await?;
        let licences = store::known(connection, &store::KNOWN_LICENCES, &keys(Kind::Licence)).await?;
        let first = |(key, mut found): (Vec<String>, Vec<String>)| (key, found.remove(0));
        let bindings: HashMap<_, _> = bindings.into_iter().map(first).collect();
        let mut vehicles: HashSet<&String> = bindings.values().collect();
        for claim in claims {
            match claim.kind {
                Kind::Vehicle => vehicles.insert(&claim.key[0]),
                Kind::Binding | Kind::Lease => vehicles.insert(&claim.vehicle),
                _ => false,
            };
        }
        let vehicles: Vec<Vec<String>> = vehicles.into_iter().map(|id| vec![id.clone()]).collect();
        let vehicles = store::known(connection, &store::KNOWN_VEHICLES, &vehicles).await?;
        Ok(Self {
            vehicles: vehicles.into_iter().map(one).collect(),
            licences: licences.into_iter().map(one).collect(),
            records: records.into_iter().map(first).collect(),
            bindings,
        })
    }

    /// A vehicle that nobody else has, or that its registry has let go.
    fn is_free(&self, scope: &Scope, vehicle: &str) -> bool {
        let known = self.vehicles.get(vehicle);
        known.is_none_or(|(plate, states)| scope.has_plate(plate) || is_transferred(states))
    }

    fn has_vehicle(&self, scope: &Scope, vehicle: &str) -> bool {
        scope.all_plates() || self.vehicles.get(vehicle).is_some_and(|(plate, _)| scope.has_plate(plate))
    }

    fn may_change_licence(&self, scope: &Scope, sealer: &Sealer, person: &str) -> bool {
        self.licences.get(person).is_none_or(|(sealed, states)| {
            let place = format!("licences:{person}:file_number");
            let issued_here = sealer.open(&place, sealed).is_ok_and(|number| scope.has_licence(&number));
            issued_here || is_transferred(states)
        })
    }

    fn may_change_record(&self, scope: &Scope, key: &[String]) -> bool {
        self.records.get(key).is_none_or(|region| scope.has_region(region))
    }

    fn may_change_binding(&self, scope: &Scope, key: &[String]) -> bool {
        self.bindings.get(key).is_none_or(|vehicle| self.has_vehicle(scope, vehicle))
    }
}

fn pair(mut found: Vec<String>) -> (String, String) {
    let second = found.pop().unwrap_or_default();
    (found.pop().unwrap_or_default(), second)
}

fn is_transferred(states: &str) -> bool {
    states.split(' ').any(|state| state == "transferred-out")
}
