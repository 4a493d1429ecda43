//! Security headers, the reference of a request, and its log line.

use std::any::Any;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY};
use http::{HeaderMap, StatusCode};
use leptos::nonce::Nonce;
use tokio::time::Instant;
use tracing::Instrument;
use tracing::field::Empty;

use crate::reference::Reference;

const FIXED: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=(), payment=(), usb=()"),
];

/// For answers that are not pages: nothing runs, nothing loads.
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The payment provider refuses people who come from nowhere: the order's page and the answer to its form let our
/// origin, and nothing but that, be named to other sites.
fn referrer_policy(path: &str) -> &'static str {
    let order = path.strip_prefix("/orders/").is_some_and(|order| !order.is_empty() && !order.contains('/'));
    if order || path == "/api/orders/pay" { "strict-origin-when-cross-origin" } else { "same-origin" }
}

/// The policy of a page: scripts with this page's nonce, WebAssembly, forms to us and on to the provider's pages.
pub fn page_policy(nonce: &str, payment_pages: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self' {payment_pages}; \
         base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
}

/// Gives the page its nonce and its answer the policy that names it, whatever became of the rendering.
pub async fn protect_page(payment_pages: String, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/html")) {
        let policy = HeaderValue::from_str(&page_policy(&nonce, &payment_pages));
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy.expect("a policy is plain text"));
    }
    response
}

/// A panic becomes a plain failure; what it said stands in the log.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Adds the headers, measures and logs.
pub async fn finish(mut request: Request, next: Next) -> Response {
    let reference = Reference::random();
    request.extensions_mut().insert(reference.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = Instant::now();
    // Whatever level is logged, each line of the request has these.
    let span = tracing::error_span!("request", %reference, %method, path = %plain(&path), account = Empty);
    let mut response = next.run(request).instrument(span.clone()).await;
    let _entered = span.entered();
    add(response.headers_mut(), &reference);
    let referrer = HeaderValue::from_static(referrer_policy(&path));
    response.headers_mut().insert(REFERRER_POLICY, referrer);
    let (status, elapsed) = (response.status().as_u16(), began.elapsed());
    metrics::counter!("http_requests_total", "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds").record(elapsed.as_secs_f64());
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if path.starts_with("/pkg/") {
        tracing::debug!(status, milliseconds, "answered");
    } else {
        tracing::info!(status, milliseconds, "answered");
    }
    response
}

/// Without what would break a line.
fn plain(path: &str) -> String {
    path.chars().filter(|character| !character.is_control()).take(120).collect()
}

fn add(headers: &mut HeaderMap, reference: &Reference) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry("content-security-policy").or_insert(HeaderValue::from_static(CLOSED));
    let reference = HeaderValue::from_str(&reference.to_string());
    headers.insert("x-request-id", reference.expect("hex digits are a header's value"));
}
