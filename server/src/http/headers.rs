//! What every answer carries: what browsers may do with it, its reference, and one line in the log.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use leptos::nonce::Nonce;
use tokio::time::Instant;

use super::reference::Reference;

const FIXED: [(&str, &str); 7] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "geolocation=(), camera=(), microphone=(), payment=(), usb=()"),
];

/// For answers that are not pages: nothing runs, nothing loads.
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The policy of a page: scripts with this page's nonce, WebAssembly, forms to us and on to the provider.
pub fn page_policy(nonce: &str, payment_origin: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self' {payment_origin}; \
         base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )
}

/// Gives the page its nonce and its answer the policy that names it, whatever became of the rendering.
pub async fn protect_page(payment_origin: String, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/html")) {
        let policy = HeaderValue::from_str(&page_policy(&nonce, &payment_origin));
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy.expect("a policy is plain text"));
    }
    response
}

/// Adds the headers, measures and logs. A panic becomes a plain failure.
pub async fn finish(mut request: Request, next: Next) -> Response {
    let reference = Reference::random();
    request.extensions_mut().insert(reference.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = Instant::now();
    let running = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(next.run(request)));
    let mut response = running.await.unwrap_or_else(|_| {
        tracing::error!(%reference, "a handler panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    });
    add(response.headers_mut(), &reference);
    let (status, elapsed) = (response.status().as_u16(), began.elapsed());
    metrics::counter!("http_requests_total", "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds").record(elapsed.as_secs_f64());
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if path.starts_with("/pkg/") {
        tracing::debug!(%reference, %method, path, status, milliseconds, "answered");
    } else {
        tracing::info!(%reference, %method, path = %plain(&path), status, milliseconds, "answered");
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
