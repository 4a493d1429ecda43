//! Guards every form: from our own pages, by the token of this session or visit, not too many, not too large.

use app::visit::Visit;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Extracted};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{HeaderMap, ORIGIN, RETRY_AFTER};
use http::{Method, StatusCode};
use subtle::ConstantTimeEq;

use super::current::Current;
use crate::state::State;

pub const LARGEST: usize = 64 * 1024;

pub async fn guard(Extracted(state): Extracted<State>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let address =
        parts.extensions.get::<Current>().map(|current| current.address.clone()).unwrap_or_default();
    if let Err(app::api::ServiceError::TooMany { retry_after_seconds }) = state.limits.form(&address) {
        let wait = [(RETRY_AFTER, retry_after_seconds.to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, wait, "操作太频繁,请稍后再试。Too many requests.")
            .into_response();
    }
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "内容过大。Too large.").into_response();
    };
    let expected = parts.extensions.get::<Visit>().map(|visit| visit.csrf.clone()).unwrap_or_default();
    let given = parts.headers.get("x-csrf").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let given = given.or_else(|| field(&bytes, "csrf")).unwrap_or_default();
    let same: bool = given.as_bytes().ct_eq(expected.as_bytes()).into();
    if !same || expected.is_empty() || !is_own(&state, &parts.headers) {
        tracing::info!(path = parts.uri.path(), "a form from elsewhere, or from an old page");
        return Redirect::to("/error/stale").into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn field(bytes: &[u8], name: &str) -> Option<String> {
    serde_urlencoded::from_bytes::<Vec<(String, String)>>(bytes)
        .ok()?
        .into_iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value)
}

/// Browsers name the page's origin on every form; one that does not is judged by the token alone.
fn is_own(state: &State, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let own_site = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    own_site && origin.is_none_or(|origin| origin == state.origin)
}
