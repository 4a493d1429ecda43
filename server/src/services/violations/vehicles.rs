//! The person's vehicles, each with its records counted by what can be done about them.

use app::api::violations::{GroupCounts, OwnVehicle};
use rules::families::camera;
use rules::families::camera::{Group, Outlook};
use rules::money::Fen;
use sqlx::AnyConnection;

use super::facts::{self, Asking};
use super::{Judged, card_of, record_facts, shown_records};
use crate::caller::Person;
use crate::db::{Fault, registry};
use crate::state::State;

/// Own vehicles first, then bound and leased ones.
pub async fn of(state: &State, person: &Person) -> Result<Vec<OwnVehicle>, Fault> {
    let request = state.request();
    let now = request.now;
    let mut connection = state.store.read().await?;
    let rows = registry::vehicles_of(&mut connection, &person.id, now).await?;
    let asking = Asking::default();
    let applicant = facts::applicant(&mut connection, &person.id, person.identity, now, asking).await?;
    let mut vehicles = Vec::with_capacity(rows.len());
    for vehicle in rows {
        let standing = facts::standing(&mut connection, &vehicle, &person.id, now).await?;
        let judged = Judged { vehicle, standing, applicant: applicant.clone(), request };
        vehicles.push(counted(&mut connection, state, &judged, &person.id).await?);
    }
    Ok(vehicles)
}

async fn counted(
    connection: &mut AnyConnection,
    state: &State,
    judged: &Judged,
    person: &str,
) -> Result<OwnVehicle, Fault> {
    let rows = shown_records(connection, judged, person).await?;
    let held = rows.iter().any(|row| row.held_order.is_some());
    let ends = if held { registry::hold_ends_of(connection, &judged.vehicle.id).await? } else { Vec::new() };
    let (mut counts, mut open_fines) = (GroupCounts::default(), Fen::ZERO);
    for row in &rows {
        let record = record_facts(row, judged.request.now, Asking::default(), &ends);
        let case = judged.case(&record, &state.rulebook);
        let group = Outlook::of(record.state, &camera::assess(&case, &state.rulebook)).group();
        counts.add(group);
        if group != Group::Settled {
            open_fines = open_fines + record.fine;
        }
    }
    Ok(OwnVehicle { vehicle: card_of(judged), counts, open_fines })
}
