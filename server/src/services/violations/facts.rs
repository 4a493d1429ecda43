//! Turns stored rows into facts for `rules`.

use rules::Moment;
use rules::calendar;
use rules::families::camera::{Applicant, LeaseFacts, LicenceFacts, RecordFacts, VehicleFacts};
use rules::licence::{Ledger, Points, PointsEntry};
use rules::person::IdentityLevel;
use rules::vehicle::Relation;
use rules::violation::{PointsUnderLaw, RecordStanding};
use sqlx::AnyConnection;

use crate::db::Fault;
use crate::db::registry::{self, LeaseRow, LicenceRow, PointsRow, RecordRow, StoredState, VehicleRow};

/// Which order asks: its own holds and points do not stand against it.
#[derive(Clone, Copy, Default)]
pub struct Asking<'a> {
    pub order: &'a str,
}

pub fn ledger(licence: &LicenceRow, entries: &[PointsRow]) -> Ledger {
    let entry = |row: &PointsRow| PointsEntry {
        on: row.occurred_on.0,
        points: row.points,
        fine_paid: row.fine_paid != 0,
    };
    Ledger {
        first_issued: licence.first_issued.0,
        entries: entries.iter().map(entry).collect(),
        full_marks: licence.full_marks.0.clone(),
    }
}

pub fn points(stored: i64) -> Result<Points, Fault> {
    Points::try_from(stored).map_err(|error| Fault::corrupt("sum of points", error))
}

/// The person as an applicant. Points of orders settled lately count before the registry reports them.
pub async fn applicant(
    connection: &mut AnyConnection,
    person: &str,
    identity: IdentityLevel,
    now: Moment,
    asking: Asking<'_>,
) -> Result<Applicant, Fault> {
    let held = points(registry::held_points(connection, person, asking.order).await?)?;
    let Some(row) = registry::find_licence(connection, person).await? else {
        return Ok(Applicant { identity, licence: None, held_points: held });
    };
    let entries = registry::points_entries(connection, person).await?;
    let ledger = ledger(&row, &entries);
    let today = calendar::local(now).date();
    let cycle = rules::licence::ScoringCycle::of(ledger.first_issued, today);
    let cycle_began = calendar::moment(cycle.start.and_time(chrono::NaiveTime::MIN));
    let unreported = points(registry::unreported_points(connection, person, cycle_began).await?)?;
    let licence = LicenceFacts {
        states: row.states.0,
        cycle_points: ledger.points_of_cycle(today) + unreported,
        carried_points: ledger.carried_points(today),
        full_marks: ledger.full_marks_of_cycle(today),
        next_cycle: cycle.next_start(),
    };
    Ok(Applicant { identity, licence: Some(licence), held_points: held })
}

/// How the person stands to the vehicle: as its owner, by a binding, by leases. Which of them counts, and which lease,
/// is another question for each record.
#[derive(Clone, Debug)]
pub struct Standing {
    /// As owner or by the binding; of no relation where there is neither.
    vehicle: VehicleFacts,
    /// Since when the person owns the vehicle, where the registry tells it: what happened before is another owner's.
    owned_since: Option<Moment>,
    /// Those that name the person, oldest first.
    leases: Vec<LeaseFacts>,
}

impl Standing {
    /// Whoever owns the vehicle or has a binding sees all its records, for whatever reason more than that.
    fn whole(&self) -> bool {
        self.vehicle.relation != Relation::None
    }

    /// The same for what happened then: not before the person owned it.
    fn whole_at(&self, violated_at: Moment) -> bool {
        self.whole() && self.owned_since.is_none_or(|since| since <= violated_at)
    }

    /// Since when the vehicle's records are the person's, whatever leases add; none where none are.
    pub fn whole_since(&self) -> Option<Moment> {
        self.whole().then(|| self.owned_since.unwrap_or(Moment::MIN_UTC))
    }

    /// The vehicle as its card shows it.
    pub fn vehicle(&self) -> VehicleFacts {
        let leased = !self.whole() && !self.leases.is_empty();
        let relation = if leased { Relation::Leased } else { self.vehicle.relation };
        VehicleFacts { relation, ..self.vehicle.clone() }
    }

    /// A lease shows what happened within its term, and nothing of drivers before and after.
    pub fn shows(&self, violated_at: Moment) -> bool {
        self.whole_at(violated_at) || self.leases.iter().any(|lease| covers(lease, violated_at))
    }

    /// Whether the person has to do with the vehicle now, whatever its records.
    pub fn lasts(&self, now: Moment) -> bool {
        self.whole() || self.leases.iter().any(|lease| now <= lease.until)
    }

    /// The ways in which the person may answer for what happened then, at least one: by each lease whose term contains
    /// it, as owner, by the binding. Where none of them is: by the last lease that began before, or the first of all.
    pub fn ways(&self, violated_at: Moment) -> Vec<VehicleFacts> {
        let by = |lease: &LeaseFacts| VehicleFacts {
            relation: Relation::Leased,
            bound_since: None,
            lease: Some(lease.clone()),
            ..self.vehicle.clone()
        };
        let covering = self.leases.iter().rev().filter(|lease| covers(lease, violated_at));
        let mut ways: Vec<VehicleFacts> = covering.map(by).collect();
        if self.whole_at(violated_at) {
            ways.push(self.vehicle.clone());
        }
        if ways.is_empty() {
            let before = self.leases.iter().rev().find(|lease| lease.from <= violated_at);
            ways.push(before.or(self.leases.first()).map_or_else(|| self.vehicle.clone(), by));
        }
        ways
    }
}

fn covers(lease: &LeaseFacts, moment: Moment) -> bool {
    lease.from <= moment && moment <= lease.until
}

/// How the person stands to the vehicle now.
pub async fn standing(
    connection: &mut AnyConnection,
    row: &VehicleRow,
    person: &str,
    now: Moment,
) -> Result<Standing, Fault> {
    let own = row.owner_kind == "person" && row.owner_id == person;
    let mut vehicle = VehicleFacts {
        plate: row.plate.clone(),
        kind: row.kind,
        usage: row.usage,
        states: row.states.0,
        relation: if own { Relation::Own } else { Relation::None },
        bound_since: None,
        lease: None,
    };
    let owned_since = if own { row.owner_since.map(|since| *since) } else { None };
    if !own && let Some(since) = registry::find_binding(connection, person, &row.id, now).await? {
        vehicle.relation =
            if row.owner_kind == "organisation" { Relation::Organisation } else { Relation::Other };
        vehicle.bound_since = Some(*since);
    }
    // An owner of all records needs no lease; one who has leased the car before buying it keeps those of that time.
    if own && owned_since.is_none() {
        return Ok(Standing { vehicle, owned_since, leases: Vec::new() });
    }
    let leases = registry::leases_of(connection, person, &row.id).await?;
    let leases = leases.iter().map(lease_facts).collect();
    Ok(Standing { vehicle, owned_since, leases })
}

fn lease_facts(row: &LeaseRow) -> LeaseFacts {
    LeaseFacts {
        registered_at: *row.registered_at,
        from: *row.starts_at,
        until: *row.ends_at,
        role: row.role,
    }
}

/// The record as it stands for this person. `hold_ends` is when another order's hold on it ends by itself.
pub fn record(row: &RecordRow, now: Moment, asking: Asking<'_>, hold_ends: Option<Moment>) -> RecordFacts {
    let violated_at = *row.violated_at;
    let day = |moment| calendar::local(moment).date();
    let law = PointsUnderLaw::of(&row.code, day(violated_at), day(now));
    let counting = law.of_record(row.points, row.penalty);
    RecordFacts {
        region: row.region.clone(),
        violated_at,
        capture: row.capture,
        penalty: row.penalty,
        fine: row.fine,
        points: counting.points,
        points_known: counting.known,
        state: match row.state {
            // An order may hold what the registry has processed since: until its release, and it is not to be paid twice.
            StoredState::Held if row.registry_state == StoredState::ProcessedElsewhere => {
                RecordStanding::ProcessedElsewhere
            }
            StoredState::Unprocessed => RecordStanding::Unprocessed,
            StoredState::Held if row.held_order.as_deref() == Some(asking.order) => {
                RecordStanding::HeldByThisOrder
            }
            StoredState::Held => RecordStanding::HeldByOther { until: hold_ends },
            StoredState::Processed => RecordStanding::Processed,
            StoredState::ProcessedElsewhere => RecordStanding::ProcessedElsewhere,
        },
        disputed: row.disputed != 0,
    }
}
