//! Places an order: chosen records, the agreement to the notice and the code that confirms both.

use app::api::ServiceError;
use app::api::account::CodePurpose;
use app::api::orders::{Agreement, Placed};
use app::visit::FieldError;
use async_trait::async_trait;
use rules::Moment;
use rules::hours::payment_deadline;

use super::order::{KIND, OrderBody};
use super::selection::{self, Chosen, Loaded};
use super::{notice, procedure};
use crate::caller::Person;
use crate::db::Fault;
use crate::db::cases::CaseRow;
use crate::db::orders::{self, OrderRecordRow};
use crate::db::registry::{self, RecordRow, StoredState};
use crate::engine::{self, Application, Body, Decision, Draft, Tx};
use crate::services::accounts::codes::{self, Confirmation};
use crate::services::violations::facts::Asking;
use crate::state::State;

/// What a person applies for.
#[derive(Clone, Debug)]
pub struct OrderApplication {
    pub chosen: Chosen,
    /// The code that confirms the selection.
    pub code: String,
    pub agreement: Agreement,
}

/// Places the order. `key` is the form's own: sent twice, it is one order.
pub async fn place(
    state: &State,
    person: Person,
    key: String,
    application: OrderApplication,
) -> Result<Placed, Fault> {
    Ok(match engine::place::place(state, person, key, application).await? {
        engine::place::Placed::Case(case) => Placed::Order(case.id),
        engine::place::Placed::Refused(_) => Placed::Refused,
    })
}

#[async_trait]
impl Application for OrderApplication {
    const KIND: &'static str = KIND;
    type Loaded = Loaded;

    fn digest(&self) -> String {
        self.chosen.digest()
    }

    async fn load(&self, tx: &mut Tx<'_>, person: &Person) -> Result<Loaded, Fault> {
        let (state, request) = (tx.state, tx.state.request_at(tx.now));
        let loaded = selection::load(tx.connection, person, &self.chosen, request, Asking::default()).await?;
        selection::one_place(&loaded, &state.rulebook)?;
        notice::check(&self.agreement, &state.rulebook)?;
        Ok(loaded)
    }

    fn decide(&self, state: &State, loaded: &Loaded) -> Result<Decision, Fault> {
        loaded.decision(&state.rulebook)
    }

    async fn confirm(&self, tx: &mut Tx<'_>, person: &Person) -> Result<Result<(), ServiceError>, Fault> {
        let (state, digest) = (tx.state, self.chosen.digest());
        let purpose = CodePurpose::PlaceOrder;
        Ok(match codes::confirm(tx.connection, state, person, purpose, &digest, &self.code).await? {
            Confirmation::Confirmed => Ok(()),
            Confirmation::Refused(error) => Err(error),
        })
    }

    fn draft(&self, state: &State, loaded: &Loaded, now: Moment) -> Result<Draft, Fault> {
        let place = loaded.facts.first().and_then(|record| state.rulebook.place_of(&record.region));
        let place = place.ok_or_else(|| Fault::Internal("an order that passes has a place".into()))?;
        let parameters = state.rulebook.parameters(Some(&place.id), rules::calendar::local(now).date());
        let window = parameters.payment_window_minutes();
        let body = OrderBody {
            vehicle: self.chosen.vehicle.clone(),
            plate: loaded.judged.vehicle.plate.clone(),
            agreed_at: Some(now),
            notice: self.agreement.notice.clone(),
        };
        Ok(Draft {
            place: place.id.clone(),
            price: loaded.facts.iter().map(|record| record.fine).sum(),
            deadline: Some(payment_deadline(now, window, parameters.closed_hours())),
            body: body.write()?,
        })
    }

    async fn opened(&self, tx: &mut Tx<'_>, case: &CaseRow, loaded: &Loaded) -> Result<(), Fault> {
        let key = case.case_key();
        for (position, (row, facts)) in (0..).zip(loaded.rows.iter().zip(&loaded.facts)) {
            if !orders::hold_record(tx.connection, &key, row).await? {
                return Err(not_held(tx, row).await?.into());
            }
            let record = OrderRecordRow {
                position,
                vehicle_id: row.vehicle_id.clone(),
                record_id: row.id.clone(),
                code: row.code.clone(),
                location: row.location.clone(),
                violated_at: row.violated_at,
                fine: row.fine,
                points: facts.points,
                decision: None,
            };
            orders::insert_order_record(tx.connection, &key, &record).await?;
        }
        Ok(())
    }
}

/// Why a record that was free could not be held. The transaction takes all back, and the pages show what is by now.
async fn not_held(tx: &mut Tx<'_>, seen: &RecordRow) -> Result<ServiceError, Fault> {
    let now = registry::find_record(tx.connection, &seen.vehicle_id, &seen.id).await?;
    let free = now.is_some_and(|row| [row.state, row.registry_state] == [StoredState::Unprocessed; 2]);
    if free {
        return Ok(ServiceError::Invalid(vec![FieldError::new("records", "error.records.changed")]));
    }
    Ok(procedure::taken())
}
