//! Takes and gives back what cases hold.

use super::procedure::{Resource, Tx};
use crate::db::cases::{CaseKey, CaseRow};
use crate::db::{Fault, holds};

/// Takes a place of every resource of the case; false where one has none left.
pub async fn take(tx: &mut Tx<'_>, case: &CaseRow) -> Result<bool, Fault> {
    let key = case.case_key();
    for resource in tx.procedure(case)?.resources(tx, case).await? {
        if !take_one(tx, &key, &resource).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn take_one(tx: &mut Tx<'_>, case: &CaseKey, resource: &Resource) -> Result<bool, Fault> {
    let Resource { kind, name, places } = resource;
    // A resource of one place leaves nothing to choose.
    let taken = match places {
        1 => Vec::new(),
        _ => holds::taken_slots(tx.connection, kind, name).await?,
    };
    for slot in (0..i64::from(*places)).filter(|slot| !taken.contains(slot)) {
        if holds::take(tx.connection, case, kind, name, slot).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes again what the case gave back; the reason why not, a text's key.
pub async fn take_again(tx: &mut Tx<'_>, case: &CaseRow) -> Result<Option<&'static str>, Fault> {
    if let Some(reason) = tx.procedure(case)?.take_again(tx, case).await? {
        return Ok(Some(reason));
    }
    holds::forget_given_back(tx.connection, &case.case_key()).await?;
    Ok((!take(tx, case).await?).then_some("refund.taken"))
}

/// Gives back everything that the case holds.
pub async fn give_back(tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), Fault> {
    tx.procedure(case)?.give_back(tx, case).await?;
    Ok(holds::give_back(tx.connection, &case.case_key()).await?)
}
