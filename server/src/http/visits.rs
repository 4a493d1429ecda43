//! Recognises the visitor once per request, before pages and form targets run.

use std::net::{IpAddr, Ipv4Addr};

use app::api::ServiceError;
use app::visit::{SessionState, Visit};
use axum::extract::{Request, State as Extracted};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, USER_AGENT};
use rules::Moment;

use super::current::Current;
use super::instead::Guard;
use super::{cookies, devices, tokens};
use tracing::Span;

use crate::address;
use crate::db::Fault;
use crate::reference::Reference;
use crate::services::accounts::Recognised;
use crate::services::{accounts, portal};
use crate::state::State;

/// Puts `Visit` and `Current` into the request. If the session cannot be read, answers with an outage and not with the
/// page of a visitor, which would say that the person is signed out. Checks the limit of pages before any query.
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
    let looked_up = match too_many {
        Some(_) => Ok(LookedUp::unknown()),
        None => look_up(&state, token.as_deref()).await,
    };
    let unreadable = looked_up.as_ref().err().map(ToString::to_string);
    let LookedUp { session_state, recognised, synced_at } = looked_up.unwrap_or_else(|_| LookedUp::unknown());
    let (session, account, unpaid_order) = recognised.map_or_else(Default::default, |found| {
        (Some(found.session), Some(found.account), found.unpaid_order)
    });
    let signed_in = session.is_some();
    if let Some(account) = &account {
        // A log tells whose requests belong together, and not whose they are.
        Span::current().record("account", &state.sealer.look_up("log", &account.id)[..12]);
    }
    let path = request.uri().path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let secret = session.as_ref().map_or(visit_id.as_str(), |session| session.id.as_str());
    let visit = Visit {
        preferences: cookies::preferences(&headers),
        account,
        session: session_state,
        csrf: tokens::show(&state, &forms_of),
        now: state.clock.now(),
        form_key: hex::encode(state.clock.random::<16>()),
        path,
        synced_at,
        unpaid_order,
        flash: cookies::flash(&state, &visit_id, &headers),
        cache_id: state.sealer.look_up("cache", secret)[..12].to_owned(),
        development: state.development,
    };
    let shown_flash = visit.flash.is_some() && request.method() == Method::GET && too_many.is_none();
    let device = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let current = Current {
        visit_id: visit_id.clone(),
        address,
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
            tracing::error!(fault, "the session could not be read");
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

/// The session of the visitor, and the time of the newest registry data.
struct LookedUp {
    session_state: SessionState,
    recognised: Option<Recognised>,
    synced_at: Option<Moment>,
}

impl LookedUp {
    fn unknown() -> Self {
        Self { session_state: SessionState::Unknown, recognised: None, synced_at: None }
    }
}

/// Asks two queries on one connection. A visitor without a session gets pages during an outage of the store, too.
async fn look_up(state: &State, token: Option<&str>) -> Result<LookedUp, Fault> {
    let mut connection = match state.store.read().await {
        Err(_) if token.is_none() => {
            return Ok(LookedUp { session_state: SessionState::Absent, ..LookedUp::unknown() });
        }
        connection => connection?,
    };
    let (session_state, recognised) = match token {
        Some(token) => accounts::recognise(&mut connection, state, token).await?,
        None => (SessionState::Absent, None),
    };
    let synced_at = portal::synced_at(&mut connection).await.unwrap_or_default();
    Ok(LookedUp { session_state, recognised, synced_at })
}
