//! Disputes of records: by the owner or by whoever may handle the record, confirmed by a code, and taken back while the
//! registry does not know.

use app::api::ServiceError;
use app::api::account::{CodePurpose, CodeSent};
use app::api::violations::DisputeRights;
use app::visit::FieldError;
use rules::families::camera::{self, RecordFacts, rule};
use rules::kernel::RuleId;
use rules::rulebook::Rulebook;
use rules::vehicle::Relation;
use sqlx::AnyConnection;

use super::facts::Asking;
use super::{Judged, load_record, load_vehicle, record_facts};
use crate::caller::Person;
use crate::db::Fault;
use crate::db::registry::{self, DisputeRow, RecordRow, StoredState};
use crate::services::accounts::codes::{self, Confirmation};
use crate::services::accounts::texts::Act;
use crate::state::State;

/// Rules about how a person stands to the vehicle: whoever they refuse never answers for the record.
const STANDING: [RuleId; 4] = [rule::VEHICLE_BOUND, rule::VEHICLE_OWNER, rule::BINDING_BEFORE, rule::LEASE];

/// The record of a dispute, as a person names it.
#[derive(Clone, Debug)]
pub struct Disputed {
    pub vehicle: String,
    pub record: String,
}

impl Disputed {
    /// What a code for disputing this record is bound to.
    fn digest(&self) -> String {
        crate::db::digest(&format!("dispute\0{}\0{}", self.vehicle, self.record))
    }

    async fn load(
        &self,
        connection: &mut AnyConnection,
        state: &State,
        person: &Person,
    ) -> Result<(Judged, RecordRow), Fault> {
        let request = state.request();
        let judged = load_vehicle(connection, person, &self.vehicle, request, Asking::default()).await?;
        let row = load_record(connection, &judged, &self.record).await?;
        Ok((judged, row))
    }
}

fn invalid(field: &str, text: &str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new(field, text)])
}

/// The owner, and whoever may handle the record and so would pay for it.
fn answers_for(judged: &Judged, record: &RecordFacts, rulebook: &Rulebook) -> bool {
    let case = judged.case(record, rulebook);
    let verdict = camera::assess(&case, rulebook);
    judged.standing.vehicle().relation == Relation::Own
        || STANDING.iter().all(|rule| verdict.refusal(*rule).is_none())
}

/// The owner takes back any dispute, others their own.
fn may_withdraw(judged: &Judged, dispute: &DisputeRow, person: &Person) -> bool {
    let own = dispute.disputed_by.as_deref() == Some(&person.account_id);
    let ours_alone = dispute.disputed != 0 && dispute.registry_disputed == 0;
    ours_alone && (own || judged.standing.vehicle().relation == Relation::Own)
}

/// What the person may do about the record.
pub async fn rights(
    connection: &mut AnyConnection,
    person: &Person,
    judged: &Judged,
    record: &RecordFacts,
    row: &RecordRow,
    rulebook: &Rulebook,
) -> Result<DisputeRights, Fault> {
    let dispute = registry::find_dispute(connection, &row.vehicle_id, &row.id).await?;
    let dispute = dispute.ok_or(ServiceError::NotFound)?;
    Ok(DisputeRights {
        dispute: answers_for(judged, record, rulebook),
        withdraw: row.state == StoredState::Unprocessed && may_withdraw(judged, &dispute, person),
    })
}

/// Refuses what can't be disputed by the person, or not any more.
fn may_dispute(state: &State, judged: &Judged, row: &RecordRow) -> Result<(), Fault> {
    let record = record_facts(row, judged.request.now, Asking::default(), &[]);
    if !answers_for(judged, &record, &state.rulebook) {
        return Err(invalid("", "error.dispute.not-yours").into());
    }
    match row.state {
        StoredState::Unprocessed => Ok(()),
        StoredState::Held => Err(invalid("", "error.dispute.held").into()),
        StoredState::Processed | StoredState::ProcessedElsewhere => {
            Err(invalid("", "error.dispute.processed").into())
        }
    }
}

/// Sends the code that confirms the dispute of this record.
pub async fn send_code(state: &State, person: &Person, disputed: &Disputed) -> Result<(), ServiceError> {
    let checked = async {
        let mut connection = state.store.read().await?;
        let (judged, row) = disputed.load(&mut connection, state, person).await?;
        may_dispute(state, &judged, &row)?;
        Ok::<_, Fault>(Act::Dispute { plate: judged.vehicle.plate.to_string() })
    };
    codes::send_to_person(state, person, checked.await?, &disputed.digest()).await
}

pub async fn code_sent(
    state: &State,
    person: &Person,
    disputed: &Disputed,
) -> Result<CodeSent, ServiceError> {
    codes::sent_to_person(state, person, CodePurpose::Dispute, &disputed.digest()).await
}

/// Marks the record. Saying it twice is saying it once.
pub async fn dispute(
    state: &State,
    person: &Person,
    disputed: &Disputed,
    code: &str,
) -> Result<(), ServiceError> {
    let marked = state.store.write(
        (state.clone(), person.clone(), disputed.clone(), code.to_owned()),
        move |connection, (state, person, disputed, code)| {
            Box::pin(async move { dispute_once(connection, &state, &person, &disputed, &code).await })
        },
    );
    match marked.await? {
        Confirmation::Confirmed => Ok(()),
        Confirmation::Refused(error) => Err(error),
    }
}

async fn dispute_once(
    connection: &mut AnyConnection,
    state: &State,
    person: &Person,
    disputed: &Disputed,
    code: &str,
) -> Result<Confirmation, Fault> {
    let (judged, row) = disputed.load(connection, state, person).await?;
    may_dispute(state, &judged, &row)?;
    if row.disputed != 0 {
        return Ok(Confirmation::Confirmed);
    }
    // A wrong try counts although nothing comes of it, so it is an outcome and not a fault.
    let digest = disputed.digest();
    let confirmed = codes::confirm(connection, state, person, CodePurpose::Dispute, &digest, code).await?;
    if let Confirmation::Confirmed = confirmed {
        let now = state.clock.now();
        let (vehicle, record) = (&disputed.vehicle, &disputed.record);
        if !registry::mark_disputed(connection, vehicle, record, &person.account_id, now).await? {
            // An order has taken it since.
            return Err(invalid("", "error.dispute.held").into());
        }
    }
    Ok(confirmed)
}

/// Takes the dispute back. What is not disputed any more is as the person wants it.
pub async fn withdraw(state: &State, person: &Person, disputed: &Disputed) -> Result<(), Fault> {
    let withdrawn = state.store.write(
        (state.clone(), person.clone(), disputed.clone()),
        move |connection, (state, person, disputed)| {
            Box::pin(async move {
                let (judged, row) = disputed.load(connection, &state, &person).await?;
                if row.disputed == 0 {
                    return Ok(());
                }
                let dispute = registry::find_dispute(connection, &disputed.vehicle, &disputed.record).await?;
                let dispute = dispute.ok_or(ServiceError::NotFound)?;
                if !may_withdraw(&judged, &dispute, &person)
                    || !registry::withdraw_dispute(connection, &disputed.vehicle, &disputed.record).await?
                {
                    return Err(invalid("", "error.dispute.known").into());
                }
                Ok(())
            })
        },
    );
    withdrawn.await
}
