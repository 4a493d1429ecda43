//! Guards every page and form: an address that may be one, a form from our own pages, by the token of this session or
//! visit, not too many, not too large.

use app::api::{ServiceError, local_path, sign_in_and_return};
use app::visit::Visit;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extracted};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ALLOW, HeaderMap, HeaderValue, ORIGIN, REFERER};
use http::request::Parts;
use http::{Method, StatusCode};

use super::current::Current;
use super::instead::Guard;
use super::tokens;
use crate::state::State;

pub const LARGEST: usize = 64 * 1024;
/// No part of an address is longer.
const LONGEST_PART: usize = 64;

/// Answers whatever pages and forms do not know, before anybody is recognised or anything is counted.
pub async fn answer_other_methods(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return next.run(request).await;
    }
    let known = if request.uri().path().starts_with("/api/") { "POST" } else { "GET, HEAD" };
    (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, known)]).into_response()
}

pub async fn guard(Extracted(guard): Extracted<Guard>, request: Request, next: Next) -> Response {
    let Guard { state, pages } = guard;
    let (mut parts, body) = request.into_parts();
    if !may_be_a_path(parts.uri.path()) {
        return pages.show("/not-found", &parts).await;
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let current = parts.extensions.get::<Current>();
    let address = current.map(|current| current.address.clone()).unwrap_or_default();
    let session = current.and_then(|current| current.session.as_ref()).map(|session| session.id.clone());
    if let Err(ServiceError::TooMany { retry_after_seconds: seconds }) =
        state.limits.form(&address, session.as_deref())
    {
        return pages.too_many(seconds, &parts).await;
    }
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return pages.show("/error/too-large", &parts).await;
    };
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    let expected = parts.extensions.get::<Visit>().map(|visit| visit.csrf.as_str()).unwrap_or_default();
    let token = fields.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.as_str());
    let given = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok()).or(token);
    if !tokens::same(given.unwrap_or_default(), expected) || !is_own(&state, &parts.headers) {
        tracing::info!(path = parts.uri.path(), "a form from elsewhere, or from an old page");
        return Redirect::to(&page_of_refused_form(&state, &parts)).into_response();
    }
    // No text of a person has one, and PostgreSQL takes none.
    if fields.iter().any(|(_, value)| value.contains('\0')) {
        return pages.show("/not-found", &parts).await;
    }
    if let Some(page) = own_page(&state, &parts.headers).map(str::to_owned) {
        parts.extensions.insert(FormPage(page));
    }
    // Leptos answers fields that it cannot read by leading back to the referer, whatever host that names.
    parts.headers.insert(REFERER, HeaderValue::from_static("/error/stale"));
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

/// Path and query of the page of ours that a form was sent from.
#[derive(Clone)]
pub struct FormPage(pub String);

fn own_page<'a>(state: &State, headers: &'a HeaderMap) -> Option<&'a str> {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    referer.and_then(|referer| referer.strip_prefix(&state.origin)).map(local_path)
}

/// Where a form goes whose token is not this session's: to signing in and back to its page where the session has ended
/// since, else to the page that says it is too old.
fn page_of_refused_form(state: &State, parts: &Parts) -> String {
    let over = parts.extensions.get::<Visit>().is_some_and(|visit| visit.session.is_over());
    match own_page(state, &parts.headers) {
        Some(page) if over && is_own(state, &parts.headers) => sign_in_and_return(page),
        _ => "/error/stale".into(),
    }
}

/// Whether something could stand at the path: all its parts are short texts without control characters.
fn may_be_a_path(path: &str) -> bool {
    path.split('/').all(|part| {
        let mut decoded = percent_encoding::percent_decode_str(part);
        !decoded.clone().any(|byte| byte.is_ascii_control()) && decoded.nth(LONGEST_PART).is_none()
    })
}

/// Browsers name the page's origin on every form; one that does not is judged by the token alone.
fn is_own(state: &State, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let own_site = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    own_site && origin.is_none_or(|origin| origin == state.origin)
}
