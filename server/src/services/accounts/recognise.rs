//! Finds the session of a token and its person.

use app::api::account::AccountSummary;
use app::visit::SessionState;
use chrono::TimeDelta;
use rules::Moment;
use rules::person::{IdNumber, Phone, mask_name};
use sqlx::AnyConnection;

use super::sessions::{ABSOLUTE, IDLE};
use crate::caller::{Person, Session};
use crate::db::Fault;
use crate::db::accounts::{self, SessionRow};
use crate::state::State;

/// A use is stored when the last one is so long ago.
const NOTED_AFTER: TimeDelta = TimeDelta::minutes(1);

/// A session that lasts, and its person.
pub struct Recognised {
    pub session: Session,
    pub account: AccountSummary,
    /// The order that waits for the person's payment, the most urgent one.
    pub unpaid_order: Option<String>,
}

/// Reads the session of the token with one query, and notes that it is used.
pub async fn recognise(
    connection: &mut AnyConnection,
    state: &State,
    token: &str,
) -> Result<(SessionState, Option<Recognised>), Fault> {
    let now = state.clock.now();
    let token_hash = state.sealer.look_up("session", token);
    let noted = state.last_uses.noted(&token_hash);
    let found = accounts::find_session(connection, &token_hash).await?;
    let Some(row) = found else { return Ok((SessionState::Ended, None)) };
    let (began, seen) = (*row.began_at, noted.map_or(*row.seen_at, |noted| noted.max(*row.seen_at)));
    if now - began > ABSOLUTE {
        return Ok((SessionState::Ended, None));
    }
    if now - seen > IDLE {
        return Ok((SessionState::Idle, None));
    }
    // An account without a proven person has no data to show, so its session counts as ended.
    let Some(person_id) = row.account.person_id.clone() else { return Ok((SessionState::Ended, None)) };
    if now - seen > NOTED_AFTER && state.last_uses.note(token_hash, now) {
        tokio::spawn(store_uses(state.clone()));
    }
    let account = summary(state, &row, &person_id, (now + IDLE).min(began + ABSOLUTE))?;
    let person = Person { id: person_id, account_id: row.account.id, identity: account.identity };
    let session = Session { id: row.session_id, person };
    Ok((SessionState::Live, Some(Recognised { session, account, unpaid_order: row.unpaid_order })))
}

fn summary(
    state: &State,
    row: &SessionRow,
    person: &str,
    session_until: Moment,
) -> Result<AccountSummary, Fault> {
    let place = format!("accounts:{}:phone", row.account.id);
    let phone = state.open_stored(&place, &row.account.phone)?;
    let phone = Phone::parse(&phone).map_err(|error| Fault::corrupt(place, error))?;
    let of_person = |part: &str, sealed: &Option<String>| {
        let open = |sealed: &String| state.open_stored(&format!("persons:{person}:{part}"), sealed);
        sealed.as_ref().map(open).transpose()
    };
    let id_number = of_person("id_number", &row.person_id_number)?;
    Ok(AccountSummary {
        id: row.account.id.clone(),
        name: of_person("name", &row.person_name)?.map(|name| mask_name(&name)),
        phone: phone.masked(),
        id_number: id_number.and_then(|number| IdNumber::parse(&number).ok()).map(|number| number.masked()),
        identity: row.account.identity,
        session_until,
    })
}

async fn store_uses(state: State) {
    while let Some(times) = state.last_uses.next() {
        match store(&state, times.clone()).await {
            Ok(()) => state.last_uses.stored(&times),
            Err(fault) => {
                tracing::warn!(%fault, "the last uses of sessions could not be stored");
                state.last_uses.put_off(state.clock.now() - IDLE);
                return;
            }
        }
    }
}

async fn store(state: &State, times: Vec<(String, Moment)>) -> Result<(), Fault> {
    let stored = state.store.write(times, move |connection, times| {
        Box::pin(async move {
            for (token_hash, time) in times {
                accounts::seen(connection, &token_hash, time).await?;
            }
            Ok(())
        })
    });
    stored.await
}
