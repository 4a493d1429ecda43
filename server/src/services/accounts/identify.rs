//! Identifies the person who registers. Data on cards and plates is known to others too, so a code to the phone of
//! the registry decides. Known and unknown ID numbers go through the same steps.

use app::api::ServiceError;
use app::visit::FieldError;
use rules::person::{IdNumber, LicenceFileNumber, Phone};
use rules::plate::PlateNumber;

use super::codes;
use crate::db::accounts;
use crate::db::registry::{self, PersonRow};
use crate::db::tries::{self, Slowing};
use crate::db::{Fault, Store};
use crate::state::State;

const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;
/// Tries of one phone for one ID number. Nobody else's tries count.
const FOR_ONE_NUMBER: Slowing =
    Slowing { free: 3, step: 15 * SECOND, longest: 15 * 60 * SECOND, forgotten_after: DAY };
/// Tries of one phone for whatever ID numbers.
const OF_ONE_PHONE: Slowing =
    Slowing { free: 10, step: 60 * SECOND, longest: 60 * 60 * SECOND, forgotten_after: DAY };

/// Something on a card or plate of the person's.
pub enum Proof {
    File(LicenceFileNumber),
    Plate(PlateNumber),
}

impl Proof {
    pub fn parse(text: &str) -> Result<Self, ServiceError> {
        let file = LicenceFileNumber::parse(text).map(Self::File);
        let proof = file.or_else(|_| PlateNumber::parse(text).map(Self::Plate));
        proof.map_err(|_| ServiceError::Invalid(vec![FieldError::new("proof", "error.register.proof-form")]))
    }

    fn written(&self) -> String {
        match self {
            Self::File(file) => file.to_string(),
            Self::Plate(plate) => plate.to_string(),
        }
    }

    /// The persons that it belongs to; one plate number may exist in several colours.
    async fn owners(&self, state: &State) -> Result<Vec<String>, Fault> {
        let mut connection = state.store.read().await?;
        match self {
            Self::File(file) => {
                let hash = state.sealer.look_up("licence-file", &file.to_string());
                Ok(accounts::licence_owner(&mut connection, &hash).await?.into_iter().collect())
            }
            Self::Plate(plate) => Ok(accounts::plate_owners(&mut connection, &plate.to_string()).await?),
        }
    }
}

/// Where the entries lead.
pub enum Identified {
    /// The phone that answered its code is the registry's phone of the person.
    Proved,
    /// A code to this phone has to be typed.
    Asked(Phone),
    /// No code is sent: the entries fit nobody, or the registry has no phone. The number is made up, and what is typed
    /// never fits.
    Nobody(Phone),
}

/// The registry's key of the person.
pub fn person_id(state: &State, id_number: &IdNumber) -> String {
    state.sealer.look_up("person", id_number.as_str())
}

/// The phone that the registry holds for the person.
fn registry_phone(state: &State, row: &PersonRow) -> Result<Option<Phone>, Fault> {
    let Some(sealed) = &row.phone else { return Ok(None) };
    let place = format!("persons:{}:phone", row.id);
    let text = state.open_stored(&place, sealed)?;
    Phone::parse(&text).map(Some).map_err(|error| Fault::corrupt(place, error))
}

/// A number that nobody was asked for, always the same for the same entries, so that repeating them tells nothing.
fn made_up(state: &State, id_number: &IdNumber, proof: &Proof) -> Phone {
    let hash = state.sealer.look_up("made-up-phone", &format!("{id_number}:{}", proof.written()));
    let digits: String = hash.bytes().map(|byte| char::from(b'0' + byte % 10)).take(9).collect();
    let second = ["3", "5", "7", "8", "9"][usize::from(hash.as_bytes()[10] % 5)];
    Phone::parse(&format!("1{second}{digits}")).expect("eleven digits that begin as a mobile number")
}

pub async fn identify(
    state: &State,
    phone: &Phone,
    id_number: &IdNumber,
    proof: &Proof,
) -> Result<Identified, Fault> {
    let person = person_id(state, id_number);
    take_try(&state.store, state, &codes::phone_hash(state, phone), &person).await?;
    let owners = proof.owners(state).await?;
    let row = registry::find_person(&mut *state.store.read().await?, &person).await?;
    let fits = row.is_some() && owners.contains(&person);
    let held = row.map(|row| registry_phone(state, &row)).transpose()?.flatten();
    match held {
        // Who holds the registry's phone of the person may know that the rest does not fit.
        Some(held) if held == *phone && fits => Ok(Identified::Proved),
        Some(held) if held == *phone => {
            Err(ServiceError::Invalid(vec![FieldError::new("proof", "error.register.no-match")]).into())
        }
        Some(held) if fits => Ok(Identified::Asked(held)),
        _ => Ok(Identified::Nobody(made_up(state, id_number, proof))),
    }
}

/// Counts a try, or says how long to wait. A try that has to wait counts for nothing.
async fn take_try(store: &Store, state: &State, phone: &str, person: &str) -> Result<(), Fault> {
    let subjects =
        [(format!("identity:{phone}"), OF_ONE_PHONE), (format!("identity:{phone}:{person}"), FOR_ONE_NUMBER)];
    let now = state.clock.now();
    let taken = store.write(subjects, move |connection, subjects| {
        Box::pin(async move {
            for (subject, slowing) in &subjects {
                if tries::take(connection, subject, now, slowing).await?.is_none() {
                    let next = tries::next_at(connection, subject).await?.map_or(now, |next| *next);
                    let seconds = u32::try_from((next - now).num_seconds()).unwrap_or_default().max(1);
                    return Err(ServiceError::TooMany { retry_after_seconds: seconds }.into());
                }
            }
            Ok(())
        })
    });
    taken.await
}
