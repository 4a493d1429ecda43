//! Finds out who is asking, once per request, before pages and form targets run.

use std::net::{IpAddr, Ipv4Addr};

use app::api::ServiceError;
use app::api::account::AccountSummary;
use app::visit::{SessionState, Visit};
use axum::extract::{Request, State as Extracted};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, Method};
use rules::person::IdentityLevel;

use super::current::{Current, Session};
use super::instead::Guard;
use super::reference::Reference;
use super::{address, cookies, devices, tokens};
use crate::db::{Fault, accounts, registry};
use crate::services::accounts::{ABSOLUTE, IDLE, Seen};
use crate::services::violations::facts::{moment, stored};
use crate::services::{orders, portal};
use crate::state::State;

/// Puts `Visit` and `Current` into the request. Whose session cannot be read is told of the outage: a visitor's page
/// would say that they are signed out. Who asks for too many pages is told so before anything is looked up.
pub async fn recognise(Extracted(guard): Extracted<Guard>, mut request: Request, next: Next) -> Response {
    let Guard { state, pages } = guard;
    let headers = request.headers().clone();
    let known_visit = cookies::read(&headers, cookies::VISIT).filter(|id| id.len() == 32);
    let new_visit = known_visit.is_none();
    let visit_id = known_visit.unwrap_or_else(|| hex::encode(state.clock.random::<16>()));
    let sender = state.proxies.sender(request.extensions(), &headers);
    let address = sender.map(address::key).unwrap_or_default();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let too_many = if reads { state.limits.page(&address).err() } else { None };
    let token = cookies::read(&headers, cookies::SESSION).filter(|token| token.len() == 64);
    // Forms belong to the browser's session also when it has just ended: pressed twice, both are answered.
    let forms_of = token.as_ref().map_or_else(|| visit_id.clone(), |token| format!("session:{token}"));
    let found = match too_many {
        Some(_) => Ok((SessionState::Unknown, None)),
        None => find_session(&state, token).await,
    };
    let unreadable = found.as_ref().err().map(ToString::to_string);
    let (session_state, found) = found.unwrap_or((SessionState::Unknown, None));
    let (session, account) = found.unzip();
    let signed_in = session.is_some();
    let path = request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let visit = begin_visit(&state, &headers, path, (&visit_id, &forms_of), session.as_ref(), account).await;
    let visit = Visit { session: session_state, ..visit };
    let shown_flash = visit.flash.is_some() && request.method() == Method::GET && too_many.is_none();
    let device = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let current = Current {
        visit_id: visit_id.clone(),
        address: sender.map(address::key).unwrap_or_default(),
        ip: sender.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        device: devices::name(device),
        draft: cookies::read(&headers, cookies::DRAFT),
        known: cookies::read(&headers, cookies::KNOWN),
        session,
    };
    request.extensions_mut().insert(visit);
    request.extensions_mut().insert(current);
    let mut response = match (too_many, unreadable) {
        (Some(ServiceError::TooMany { retry_after_seconds }), _) => {
            pages.too_many(retry_after_seconds, &request.into_parts().0).await
        }
        (_, Some(fault)) => {
            let reference = request.extensions().get().cloned().unwrap_or_else(Reference::random);
            tracing::error!(%reference, fault, "the session could not be read");
            let page = format!("/error/unavailable?reference={reference}");
            pages.show(&page, &request.into_parts().0).await
        }
        _ => next.run(request).await,
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

async fn begin_visit(
    state: &State,
    headers: &HeaderMap,
    path: String,
    (visit_id, forms_of): (&str, &str),
    session: Option<&Session>,
    account: Option<AccountSummary>,
) -> Visit {
    let secret = session.map_or(visit_id, |session| session.id.as_str());
    let unpaid_order = match session.map(|session| &session.person_id) {
        Some(person) => orders::unpaid(state, person).await.unwrap_or_default(),
        None => None,
    };
    Visit {
        preferences: cookies::preferences(headers),
        account,
        session: SessionState::default(),
        csrf: tokens::show(state, forms_of),
        now: state.clock.now(),
        form_key: hex::encode(state.clock.random::<16>()),
        path,
        synced_at: portal::synced_at(state).await.unwrap_or_default(),
        unpaid_order,
        flash: cookies::flash(state, visit_id, headers),
        cache_id: state.sealer.look_up("cache", secret)[..12].to_owned(),
        development: state.development,
    }
}

type Found = (SessionState, Option<(Session, AccountSummary)>);

async fn find_session(state: &State, token: Option<String>) -> Result<Found, Fault> {
    let Some(token) = token else { return Ok((SessionState::Absent, None)) };
    let now = state.clock.now();
    let token_hash = state.sealer.look_up("session", &token);
    let noted = state.seen.noted(&token_hash);
    let mut connection = state.store.read().await?;
    let found = accounts::find_session(&mut connection, &token_hash).await?;
    let Some(row) = found else { return Ok((SessionState::Ended, None)) };
    let (began, seen) = (moment(row.began_at)?, moment(row.seen_at.max(noted.unwrap_or_default()))?);
    if now - began > ABSOLUTE {
        return Ok((SessionState::Ended, None));
    }
    if now - seen > IDLE {
        return Ok((SessionState::Idle, None));
    }
    // Nobody has proved to be the person of an account without one: such a session shows nothing.
    let Some(person_id) = row.account.person_id.clone() else { return Ok((SessionState::Ended, None)) };
    let person = registry::find_person(&mut connection, &person_id).await?;
    drop(connection);
    if now - seen > chrono::TimeDelta::minutes(1) {
        Seen::note(state, token_hash);
    }
    let unreadable = |error: crate::sealing::SealingError| Fault::stored("sealed text", error);
    let phone_place = format!("accounts:{}:phone", row.account.id);
    let phone = state.sealer.open(&phone_place, &row.account.phone).map_err(unreadable)?;
    let phone = rules::person::Phone::parse(&phone).map_err(|error| Fault::stored("phone", error))?;
    let open =
        |part: &str, id: &str, sealed: &str| state.sealer.open(&format!("persons:{id}:{part}"), sealed);
    let (mut name, mut id_number) = (None, None);
    if let Some(person) = &person {
        name = Some(rules::person::mask_name(&open("name", &person.id, &person.name).map_err(unreadable)?));
        let number = open("id_number", &person.id, &person.id_number).map_err(unreadable)?;
        id_number = rules::person::IdNumber::parse(&number).ok().map(|number| number.masked());
    }
    let identity = stored("identity", &row.account.identity, IdentityLevel::from_code)?;
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
    Ok((SessionState::Live, Some((session, summary))))
}
