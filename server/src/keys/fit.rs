//! Compares the keys with those that the database was written with, by check values and a stored row.

use std::collections::BTreeMap;

use app::receipt::lines;

use crate::clock::Clock;
use crate::db::{Fault, Store, keys};
use crate::sealing::Sealer;
use crate::signing::Signer;

const LOOK_UP: &str = "look-up";

/// What the database knows of its keys.
pub struct Fit {
    checks: BTreeMap<String, String>,
    person: Option<(String, String)>,
    account: Option<(String, String, String)>,
    receipt: Option<String>,
}

impl Fit {
    pub async fn of(store: &Store) -> Result<Self, Fault> {
        let mut connection = store.read().await?;
        Ok(Self {
            checks: keys::checks(&mut connection).await?.into_iter().collect(),
            person: keys::some_person(&mut connection).await?,
            account: keys::some_account(&mut connection).await?,
            receipt: keys::some_receipt(&mut connection).await?,
        })
    }

    pub fn has_sealed_text(&self) -> bool {
        self.checks.contains_key(LOOK_UP) || self.person.is_some() || self.account.is_some()
    }

    /// True for rows that a version without a look-up key of its own wrote.
    pub fn is_before_look_up_keys(&self) -> bool {
        self.has_sealed_text() && !self.checks.contains_key(LOOK_UP)
    }

    pub fn has_receipts(&self) -> bool {
        self.receipt.is_some() || self.checks.keys().any(|name| name.starts_with("receipts:"))
    }

    /// Refuses keys that are not the database's, and notes those that are new to it.
    pub async fn check_sealer(&self, store: &Store, sealer: &Sealer, clock: &dyn Clock) -> Result<(), Fault> {
        let mut given: BTreeMap<String, String> =
            sealer.checks().map(|(id, value)| (format!("seal:{id}"), value.to_owned())).collect();
        given.insert(LOOK_UP.into(), sealer.look_up_check());
        self.compare(&given, |name| name == LOOK_UP || name.starts_with("seal:"))?;
        let mut new = vec![(LOOK_UP.to_owned(), given[LOOK_UP].clone())];
        if self.is_before_look_up_keys() {
            self.open_a_row(sealer)?;
            // Any of the keys may have sealed rows.
            new = given.into_iter().collect();
        } else {
            let newest = format!("seal:{}", sealer.newest());
            new.push((newest.clone(), given[&newest].clone()));
        }
        self.note(store, new, clock).await
    }

    /// Refuses a ring without a key that receipts were signed with, and notes the key that signs.
    pub async fn check_signer(&self, store: &Store, signer: &Signer, clock: &dyn Clock) -> Result<(), Fault> {
        let given: BTreeMap<String, String> = signer
            .published()
            .into_iter()
            .map(|key| (format!("receipts:{}", key.id), key.public_key))
            .collect();
        self.compare(&given, |name| name.starts_with("receipts:"))?;
        // A receipt of the first version names the public key itself.
        let lines = self.receipt.as_deref().map(lines).unwrap_or_default();
        let named = lines.iter().find(|(name, _)| name == "key").map(|(_, value)| value);
        if self.checks.keys().all(|name| !name.starts_with("receipts:"))
            && named.is_some_and(|named| {
                !given.values().any(|value| value == named)
                    && !given.contains_key(&format!("receipts:{named}"))
            })
        {
            return Err(Fault::Internal(
                "the receipts in this database were signed with another key: restore it from the backup"
                    .into(),
            ));
        }
        let newest = format!("receipts:{}", signer.id());
        self.note(store, vec![(newest.clone(), given[&newest].clone())], clock).await
    }

    fn compare(
        &self,
        given: &BTreeMap<String, String>,
        concerned: impl Fn(&str) -> bool,
    ) -> Result<(), Fault> {
        for (name, value) in self.checks.iter().filter(|(name, _)| concerned(name)) {
            match given.get(name) {
                Some(known) if known == value => {}
                Some(_) => {
                    return Err(Fault::Internal(format!(
                        "the key {name} is not the one that this database was written with"
                    )));
                }
                None => {
                    return Err(Fault::Internal(format!(
                        "this database needs the key {name}, which is not configured"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Opens one stored row and compares its look-up: the only proof where no check value was ever noted.
    fn open_a_row(&self, sealer: &Sealer) -> Result<(), Fault> {
        let foreign = |what: &str| {
            Fault::Internal(format!("the keys are not those that this database was written with: {what}"))
        };
        if let Some((id, sealed)) = &self.person {
            let number = sealer.open(&format!("persons:{id}:id_number"), sealed);
            let number = number.map_err(|error| foreign(&error.to_string()))?;
            if sealer.look_up("person", &number) != *id {
                return Err(foreign("the look-up key"));
            }
        }
        if let Some((hash, id, sealed)) = &self.account {
            let phone = sealer.open(&format!("accounts:{id}:phone"), sealed);
            let phone = phone.map_err(|error| foreign(&error.to_string()))?;
            if sealer.look_up("phone", &phone) != *hash {
                return Err(foreign("the look-up key"));
            }
        }
        Ok(())
    }

    async fn note(
        &self,
        store: &Store,
        mut names: Vec<(String, String)>,
        clock: &dyn Clock,
    ) -> Result<(), Fault> {
        names.retain(|(name, _)| !self.checks.contains_key(name));
        if names.is_empty() {
            return Ok(());
        }
        let now = clock.now().timestamp_millis();
        let noted = store.write(names, move |connection, names| {
            Box::pin(async move {
                for (name, value) in &names {
                    keys::note_check(connection, name, value, now).await?;
                }
                Ok(())
            })
        });
        noted.await
    }
}
