//! Makes accounts. Whoever proved to be the person takes the person over from any other account, which is frozen.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::person::{IdentityLevel, Phone};
use sqlx::AnyConnection;

use super::texts::{self, Delivery};
use super::{codes, passwords};
use crate::db::accounts::{self, AccountEvent, AccountRow};
use crate::db::{Fault, registry};
use crate::state::State;

/// An account to be made for a person who has proved to be that person.
pub struct NewAccount {
    pub phone: Phone,
    /// The person's key in the registry: the keyed hash of the ID number.
    pub person: String,
    pub password: String,
    pub identity: IdentityLevel,
    /// The address that asks for it.
    pub address: String,
}

/// Makes the account. The unique phone and person guard against a second one.
pub async fn create(state: &State, new: NewAccount) -> Result<AccountRow, Fault> {
    let id = state.clock.id().to_string();
    let account = AccountRow {
        phone_hash: codes::phone_hash(state, &new.phone),
        phone: state.sealer.seal(&*state.clock, &format!("accounts:{id}:phone"), new.phone.as_str()),
        person_id: Some(new.person.clone()),
        password: passwords::hash(&*state.clock, &new.password).await?,
        identity: new.identity,
        frozen_at: None,
        id,
    };
    let address = state.sealer.look_up("address", &new.address);
    state
        .store
        .write(
            (state.clone(), account.clone(), new.person, address),
            move |connection, (state, account, person, address)| {
                Box::pin(async move { create_once(connection, &state, &account, &person, &address).await })
            },
        )
        .await?;
    Ok(account)
}

async fn create_once(
    connection: &mut AnyConnection,
    state: &State,
    account: &AccountRow,
    person: &str,
    address: &str,
) -> Result<(), Fault> {
    let known =
        || Fault::from(ServiceError::Invalid(vec![FieldError::new("password", "error.register.known")]));
    let now = state.clock.now();
    let note = async |connection: &mut AnyConnection, of: &str, event: &str| {
        let id = state.clock.id().to_string();
        let by_account = &account.id;
        let event =
            AccountEvent { account_id: of, id: &id, at: now, event, person_id: person, by_account, address };
        accounts::insert_event(connection, &event).await
    };
    if let Some(other) = accounts::find_by_person(connection, person).await? {
        // The same form sent twice.
        if other.phone_hash == account.phone_hash {
            return Err(known());
        }
        accounts::freeze(connection, &other.id, now).await?;
        accounts::end_sessions_of(connection, &other.id).await?;
        note(connection, &other.id, "frozen").await?;
        let phone = texts::phone_of(state, &other)?;
        texts::notify(connection, state, Delivery::Sent, &phone, "sms.frozen").await?;
        tracing::warn!(
            account = other.id,
            by = account.id,
            "an account was frozen: its person has proved to be another"
        );
    }
    match accounts::insert_account(connection, account, now).await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => return Err(known()),
        inserted => inserted?,
    }
    Ok(note(connection, &account.id, "created").await?)
}

/// The phone, masked, of another account that the person is linked to.
pub async fn other_account(state: &State, person: &str) -> Result<Option<String>, Fault> {
    let mut connection = state.store.read().await?;
    let other = accounts::find_by_person(&mut connection, person).await?;
    other.map(|other| texts::phone_of(state, &other).map(|phone| phone.masked())).transpose()
}

/// Words about the person that a password must not contain.
pub async fn personal(state: &State, phone: &Phone, person: &str) -> Result<passwords::Personal, Fault> {
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let row = registry::find_person(&mut connection, person).await?.ok_or(ServiceError::SignedOut)?;
    let id_number = state.open_stored(&format!("persons:{person}:id_number"), &row.id_number)?;
    let vehicles = registry::vehicles_of(&mut connection, person, now).await?;
    let host = state.origin.split("://").nth(1).unwrap_or_default();
    Ok(passwords::Personal {
        phone: phone.to_string(),
        id_number,
        plates: vehicles.into_iter().map(|row| row.plate.to_string()).collect(),
        host: host.split([':', '.']).next().unwrap_or_default().to_owned(),
    })
}
