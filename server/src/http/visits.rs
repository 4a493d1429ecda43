//! Finds out who is asking, once per request, before pages and form targets run.

use app::api::account::AccountSummary;
use app::visit::Visit;
use axum::extract::{Request, State as Extracted};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, USER_AGENT};
use rules::Moment;
use rules::person::IdentityLevel;

use super::current::{Current, Session};
use super::instead::Guard;
use super::{cookies, devices};
use crate::db::accounts::{self, SessionRow};
use crate::db::{Fault, registry};
use crate::services::accounts::{ABSOLUTE, IDLE};
use crate::services::violations::facts::moment;
use crate::services::{orders, portal};
use crate::state::State;

/// Puts `Visit` and `Current` into the request. Whose session cannot be read is told of the outage: a visitor's page
/// would say that they are signed out.
pub async fn recognise(Extracted(guard): Extracted<Guard>, mut request: Request, next: Next) -> Response {
    let Guard { state, pages } = guard;
    let headers = request.headers().clone();
    let known_visit = cookies::read(&headers, cookies::VISIT).filter(|id| id.len() == 32);
    let new_visit = known_visit.is_none();
    let visit_id = known_visit.unwrap_or_else(|| hex::encode(state.clock.random::<16>()));
    let address = state.proxies.sender(request.extensions(), &headers);
    let device = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = cookies::read(&headers, cookies::SESSION).filter(|token| token.len() == 64);
    // Forms belong to the browser's session also when it has just ended: pressed twice, both are answered.
    let forms_of = token.as_ref().map_or_else(|| visit_id.clone(), |token| format!("session:{token}"));
    let found = find_session(&state, token).await;
    if let Err(fault) = &found {
        tracing::error!(%fault, "the session could not be read");
    }
    let readable = found.is_ok();
    let (session, account) = found.ok().flatten().unzip();
    let signed_in = session.is_some();
    let secret = session.as_ref().map_or(&visit_id, |session| &session.id).clone();
    let person = session.as_ref().map(|session: &Session| session.person_id.clone());
    let unpaid_order = match person {
        Some(person) => orders::unpaid(&state, &person).await.unwrap_or_default(),
        None => None,
    };
    let flash = cookies::flash(&state, &visit_id, &headers);
    let shown_flash = flash.is_some() && request.method() == http::Method::GET;
    let visit = Visit {
        preferences: cookies::preferences(&headers),
        account,
        csrf: csrf_token(&state, &forms_of),
        now: state.clock.now(),
        form_key: hex::encode(state.clock.random::<16>()),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_else(|| "/".into()),
        synced_at: portal::synced_at(&state).await.unwrap_or_default(),
        unpaid_order,
        flash,
        cache_id: state.sealer.look_up("cache", &secret)[..12].to_owned(),
        development: state.development,
    };
    let current = Current {
        visit_id: visit_id.clone(),
        address,
        device: devices::name(device),
        draft: cookies::read(&headers, cookies::DRAFT),
        known: cookies::read(&headers, cookies::KNOWN),
        session,
    };
    request.extensions_mut().insert(visit);
    request.extensions_mut().insert(current);
    let mut response = if readable {
        next.run(request).await
    } else {
        pages.show("/error/unavailable", &request.into_parts().0).await
    };
    let headers = response.headers_mut();
    if new_visit {
        headers.append(SET_COOKIE, cookies::set(cookies::VISIT, visit_id));
    }
    if shown_flash {
        headers.append(SET_COOKIE, cookies::remove(cookies::FLASH));
    }
    if signed_in || shown_flash {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// The token of forms, which only pages for this session or visit know.
pub fn csrf_token(state: &State, secret: &str) -> String {
    state.sealer.look_up("csrf", secret)
}

async fn find_session(
    state: &State,
    token: Option<String>,
) -> Result<Option<(Session, AccountSummary)>, Fault> {
    let Some(token) = token else { return Ok(None) };
    let now = state.clock.now();
    let mut connection = state.store.read().await?;
    let found = accounts::find_session(&mut connection, &state.sealer.look_up("session", &token)).await?;
    let Some(row) = found else { return Ok(None) };
    let (began, seen) = (moment(row.began_at)?, moment(row.seen_at)?);
    if now - seen > IDLE || now - began > ABSOLUTE {
        return Ok(None);
    }
    // Nobody has proved to be the person of an account without one: such a session shows nothing.
    let Some(person_id) = row.account.person_id.clone() else { return Ok(None) };
    let person = registry::find_person(&mut connection, &person_id).await?;
    drop(connection);
    if now - seen > chrono::TimeDelta::minutes(1) {
        touch(state, &row, now).await?;
    }
    let stored = |error: crate::sealing::SealingError| Fault::stored("sealed text", error);
    let phone_place = format!("accounts:{}:phone", row.account.id);
    let phone = state.sealer.open(&phone_place, &row.account.phone).map_err(stored)?;
    let phone = rules::person::Phone::parse(&phone).map_err(|error| Fault::stored("phone", error))?;
    let open =
        |part: &str, id: &str, sealed: &str| state.sealer.open(&format!("persons:{id}:{part}"), sealed);
    let (mut name, mut id_number) = (None, None);
    if let Some(person) = &person {
        name = Some(rules::person::mask_name(&open("name", &person.id, &person.name).map_err(stored)?));
        let number = open("id_number", &person.id, &person.id_number).map_err(stored)?;
        id_number = rules::person::IdNumber::parse(&number).ok().map(|number| number.masked());
    }
    let identity = IdentityLevel::from_code(&row.account.identity).unwrap_or(IdentityLevel::None);
    let session = Session {
        id: row.session_id,
        account_id: row.account.id.clone(),
        phone_masked: phone.masked(),
        identity,
        person_id,
    };
    let summary = AccountSummary {
        id: row.account.id,
        name,
        phone: phone.masked(),
        id_number,
        identity,
        session_until: (now + IDLE).min(began + ABSOLUTE),
    };
    Ok(Some((session, summary)))
}

async fn touch(state: &State, row: &SessionRow, now: Moment) -> Result<(), Fault> {
    let id = row.session_id.clone();
    let touched = state.store.write(move |connection| {
        let id = id.clone();
        Box::pin(async move { Ok(accounts::seen(connection, &id, now.timestamp_millis()).await?) })
    });
    touched.await
}
