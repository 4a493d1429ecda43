//! The person's own licence.

use app::api::account::LicenceCard;

use crate::caller::Person;
use crate::db::{Fault, registry};
use crate::services::violations::facts;
use crate::state::State;

/// The person's licence with its points; none where the registry has none.
pub async fn licence(state: &State, person: &Person) -> Result<Option<LicenceCard>, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let Some(row) = registry::find_licence(&mut connection, &person.id).await? else { return Ok(None) };
    let entries = registry::points_entries(&mut connection, &person.id).await?;
    let ledger = facts::ledger(&row, &entries);
    let asking = facts::Asking::default();
    let applicant = facts::applicant(&mut connection, &person.id, person.identity, now, asking).await?;
    let today = rules::calendar::local(now).date();
    let file = state.open_stored(&format!("licences:{}:file_number", person.id), &row.file_number)?;
    let licence =
        applicant.licence.ok_or_else(|| Fault::Internal("a licence that was there is gone".into()))?;
    Ok(Some(LicenceCard {
        file_number: format!("********{}", file.get(8..).unwrap_or_default()),
        classes: row.classes.0.iter().collect(),
        states: licence.states,
        first_issued: ledger.first_issued,
        valid_until: row.valid_until.map(|day| day.0),
        cycle: rules::licence::ScoringCycle::of(ledger.first_issued, today),
        cycle_points: licence.cycle_points,
        held_points: applicant.held_points,
        entries: ledger.entries,
    }))
}
