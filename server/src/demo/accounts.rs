//! Accounts of the named people, so that one can sign in as them. It makes none for anybody else.

use super::people::DemoPerson;
use crate::clock::Clock;
use crate::db::accounts::{self, AccountRow};
use crate::db::{Fault, Store};
use crate::feed;
use crate::sealing::Sealer;
use crate::services::accounts::passwords;

/// Makes the accounts that are missing; a second run leaves them as they are.
pub async fn make(
    store: &Store,
    sealer: &Sealer,
    clock: &dyn Clock,
    people: &[DemoPerson],
) -> Result<(), Fault> {
    for person in people {
        let phone_hash = sealer.look_up("phone", person.phone.as_str());
        if accounts::find_by_phone(&mut *store.read().await?, &phone_hash).await?.is_some() {
            continue;
        }
        let id = clock.id().to_string();
        let account = AccountRow {
            phone: sealer.seal(clock, &format!("accounts:{id}:phone"), person.phone.as_str()),
            person_id: Some(feed::person_id(sealer, &person.id_number)),
            password: passwords::hash(clock, person.password).await?,
            identity: person.identity,
            frozen_at: None,
            phone_hash,
            id,
        };
        let now = clock.now();
        let made = store.write(account, move |connection, account| {
            Box::pin(async move { Ok(accounts::insert_account(connection, &account, now).await?) })
        });
        made.await?;
    }
    Ok(())
}
