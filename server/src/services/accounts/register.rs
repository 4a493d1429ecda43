//! Links an account to its person of the registry.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::person::{IdNumber, IdentityLevel, LicenceFileNumber, Phone};
use rules::plate::PlateNumber;

use super::{codes, passwords};
use crate::db::accounts::{self, AccountRow};
use crate::db::{Fault, registry};
use crate::state::State;

pub struct NewAccount {
    pub phone: Phone,
    /// The person's key in the registry: the keyed hash of the ID number.
    pub person: String,
    pub password: String,
    pub identity: IdentityLevel,
}

/// Tries a day for one proven phone, and for one ID number.
const TRIES_A_DAY: i64 = 5;

/// The person whose ID number and proof fit together. Whatever does not fit, the answer is the same.
pub(super) async fn find_person(
    state: &State,
    phone: &Phone,
    id_number: &IdNumber,
    proof: &str,
) -> Result<String, ServiceError> {
    Ok(matching_person(state, phone, id_number, proof).await?)
}

/// Whether there is a try left; it is used up whatever comes of it. A phone without one uses up no number's.
async fn may_try(state: &State, phone: &Phone, person: &str) -> Result<bool, Fault> {
    let subjects = [format!("phone:{}", codes::phone_hash(state, phone)), format!("person:{person}")];
    let day = rules::calendar::local(state.clock.now()).date().to_string();
    let tried = state.store.write(move |connection| {
        let (subjects, day) = (subjects.clone(), day.clone());
        Box::pin(async move {
            for subject in &subjects {
                if !accounts::try_identity(connection, subject, &day, TRIES_A_DAY).await? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    });
    tried.await
}

async fn matching_person(
    state: &State,
    phone: &Phone,
    id_number: &IdNumber,
    proof: &str,
) -> Result<String, Fault> {
    let unknown =
        || Fault::from(ServiceError::Invalid(vec![FieldError::new("proof", "error.register.no-match")]));
    let id = state.sealer.look_up("person", id_number.as_str());
    let (file, plate) = (LicenceFileNumber::parse(proof), PlateNumber::parse(proof));
    if file.is_err() && plate.is_err() {
        let error = FieldError::new("proof", "error.register.proof-form");
        return Err(ServiceError::Invalid(vec![error]).into());
    }
    if !may_try(state, phone, &id).await? {
        return Err(unknown());
    }
    let mut connection = state.store.read().await?;
    let owners = match (file, plate) {
        (Ok(file), _) => {
            let hash = state.sealer.look_up("licence-file", &file.to_string());
            accounts::licence_owner(&mut connection, &hash).await?.into_iter().collect()
        }
        (_, Ok(plate)) => accounts::plate_owners(&mut connection, &plate.to_string()).await?,
        _ => Vec::new(),
    };
    let known = registry::find_person(&mut connection, &id).await?.is_some();
    let taken = accounts::find_by_person(&mut connection, &id).await?.is_some();
    match known && !taken && owners.contains(&id) {
        true => Ok(id),
        false => Err(unknown()),
    }
}

/// Makes the account. The unique phone and person guard against a second one.
pub async fn create(state: &State, new: NewAccount) -> Result<AccountRow, Fault> {
    let id = state.clock.id().to_string();
    let account = AccountRow {
        phone_hash: codes::phone_hash(state, &new.phone),
        phone: state.sealer.seal(&*state.clock, &format!("accounts:{id}:phone"), new.phone.as_str()),
        person_id: Some(new.person),
        password: passwords::hash(&*state.clock, &new.password).await?,
        identity: new.identity.code().into(),
        id,
    };
    let (stored, now) = (account.clone(), state.clock.now().timestamp_millis());
    let known = || FieldError::new("password", "error.register.known");
    state
        .store
        .write(move |connection| {
            let account = stored.clone();
            Box::pin(async move {
                match accounts::insert_account(connection, &account, now).await {
                    Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                        Err(ServiceError::Invalid(vec![known()]).into())
                    }
                    inserted => Ok(inserted?),
                }
            })
        })
        .await?;
    Ok(account)
}
