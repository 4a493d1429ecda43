//! Places an application: decides, opens the case and holds its resources, all in one transaction.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::kernel::CaseState;
use rules::money::Fen;

use super::advance::{self, Cause};
use super::procedure::{Application, Decision, Tx};
use super::{holds, settle};
use crate::caller::Person;
use crate::db::Fault;
use crate::db::cases::{self, CaseKey, CaseRow};
use crate::db::column::Timestamp;
use crate::state::State;

/// The result of placing an application.
#[derive(Clone, Debug)]
pub enum Placed {
    Case(CaseKey),
    /// A rule refuses it: nothing is stored.
    Refused(Decision),
}

enum Outcome {
    Placed(Placed),
    Invalid(ServiceError),
}

impl From<Placed> for Outcome {
    fn from(placed: Placed) -> Self {
        Self::Placed(placed)
    }
}

/// Places the application. `key` is the form's own: sent twice, it is one case.
pub async fn place<A: Application>(
    state: &State,
    person: Person,
    key: String,
    application: A,
) -> Result<Placed, Fault> {
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !(16..=64).contains(&key.len()) || !plain {
        return Err(invalid("error.form-key").into());
    }
    let placing = (state.clone(), person, key, application);
    let outcome = state.store.write(placing, move |connection, (state, person, key, application)| {
        Box::pin(async move {
            let mut tx = Tx::new(connection, &state);
            place_once(&mut tx, &person, &key, &application).await
        })
    });
    let outcome = outcome.await?;
    fail::fail_point!("case.placed");
    match outcome {
        Outcome::Placed(placed) => Ok(placed),
        Outcome::Invalid(error) => Err(error.into()),
    }
}

fn invalid(text: &'static str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new("", text)])
}

async fn place_once<A: Application>(
    tx: &mut Tx<'_>,
    person: &Person,
    key: &str,
    application: &A,
) -> Result<Outcome, Fault> {
    let state = tx.state;
    cases::lock_person(tx.connection, &person.id).await?;
    if let Some(case) = cases::find_case_by_key(tx.connection, &person.id, key).await? {
        let same = (case.kind.as_str(), &case.digest) == (A::KIND, &application.digest());
        return Ok(match same {
            true => Placed::Case(case.case_key()).into(),
            false => Outcome::Invalid(invalid("error.form-key-reused")),
        });
    }
    let loaded = application.load(tx, person).await?;
    fail::fail_point!("case.place.loaded");
    let decision = application.decide(state, &loaded)?;
    if !decision.passes() {
        return Ok(Placed::Refused(decision).into());
    }
    // A wrong try counts although no case comes of it, so it is an outcome and not a fault.
    if let Err(error) = application.confirm(tx, person).await? {
        return Ok(Outcome::Invalid(error));
    }
    let case = new_case(tx, person, key, application, &loaded)?;
    cases::insert_case(tx.connection, &case).await?;
    fail::fail_point!("case.place.inserted");
    application.opened(tx, &case, &loaded).await?;
    if !holds::take(tx, &case).await? {
        return Err(tx.procedure(&case)?.taken().into());
    }
    fail::fail_point!("case.place.held");
    let cause = Cause::deciding(&person.account_id, Some(&decision));
    advance::append(tx, &case.case_key(), None, case.state, cause).await?;
    // A provider takes no payment of nothing.
    if case.state == CaseState::Placed && case.price == Fen::ZERO {
        settle::settle(tx, &case, None, &person.account_id, &decision).await?;
    }
    Ok(Placed::Case(case.case_key()).into())
}

fn new_case<A: Application>(
    tx: &Tx<'_>,
    person: &Person,
    key: &str,
    application: &A,
    loaded: &A::Loaded,
) -> Result<CaseRow, Fault> {
    let (state, now) = (tx.state, tx.now);
    let draft = application.draft(state, loaded, now)?;
    let procedure = state.procedures.find(A::KIND);
    let procedure = procedure.ok_or_else(|| Fault::Internal(format!("no procedure is a {}", A::KIND)))?;
    let digits = u64::from_be_bytes(state.clock.random()) % 10_000_000_000;
    let today = rules::calendar::local(now).date();
    Ok(CaseRow {
        person_id: person.id.clone(),
        id: state.clock.id().to_string(),
        number: format!("{}{digits:010}", today.format("%y%m%d")),
        account_id: person.account_id.clone(),
        kind: A::KIND.to_owned(),
        place: draft.place,
        state: procedure.machine().initial,
        price: draft.price,
        placed_at: Timestamp(now),
        deadline_at: draft.deadline.map(Timestamp),
        key: key.to_owned(),
        digest: application.digest(),
        rulebook: state.rulebook.version.to_string(),
        reason: None,
        body: draft.body,
    })
}
