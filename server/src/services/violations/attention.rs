//! Acts that are due, for the home page.

use app::api::violations::Attention;
use rules::calendar;
use rules::kernel::CaseState;
use rules::licence::Renewal;

use super::vehicles;
use crate::caller::Person;
use crate::db::{Fault, cases, registry};
use crate::services::orders::order::{KIND, Order};
use crate::state::State;

/// Sorted by deadline; what has none comes last.
pub async fn due(state: &State, person: &Person) -> Result<Vec<Attention>, Fault> {
    let mut due = Vec::new();
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    for case in cases::cases_of(&mut connection, &person.id, KIND).await? {
        if matches!(case.state, CaseState::Placed | CaseState::Paying) {
            let order = Order::of(case)?;
            let pays_until = order.pays_until()?;
            let Order { case, body } = order;
            due.push(Attention::PayOrder {
                order: case.id,
                plate: body.plate,
                amount: case.price,
                pays_until,
            });
        }
    }
    due.sort_by_key(|item| match item {
        Attention::PayOrder { pays_until, .. } => pays_until.timestamp_millis(),
        _ => i64::MAX,
    });
    if let Some(licence) = registry::find_licence(&mut connection, &person.id).await? {
        let today = calendar::local(now).date();
        let ends = licence.valid_until.map(|day| day.0);
        if let Some((on, renewal)) = ends.and_then(|on| Some((on, Renewal::of(on, today)?))) {
            due.push(Attention::LicenceEnds { on, renewal });
        }
    }
    drop(connection);
    for own in vehicles::of(state, person).await? {
        if own.counts.open() > 0 {
            due.push(Attention::OpenRecords {
                vehicle: own.vehicle.id,
                plate: own.vehicle.plate,
                counts: own.counts,
                fines: own.open_fines,
            });
        }
    }
    Ok(due)
}
