//! What every answer carries: what browsers may do with it, its reference, and one line in the log.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use leptos::nonce::Nonce;
use tokio::time::Instant;

use super::request_id::REQUEST_ID;

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
pub async fn finish(request: Request, next: Next) -> Response {
    let id = new_id();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let began = Instant::now();
    let answered = REQUEST_ID.scope(id.clone(), async {
        let running = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(next.run(request)));
        running.await.unwrap_or_else(|_| {
            tracing::error!("a handler panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    });
    let mut response = answered.await;
    add(response.headers_mut(), &id);
    let (status, elapsed) = (response.status().as_u16(), began.elapsed());
    metrics::counter!("http_requests_total", "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds").record(elapsed.as_secs_f64());
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if path.starts_with("/pkg/") {
        tracing::debug!(%id, %method, path, status, milliseconds, "answered");
    } else {
        tracing::info!(%id, %method, path = %plain(&path), status, milliseconds, "answered");
    }
    response
}

/// Without what would break a line.
fn plain(path: &str) -> String {
    path.chars().filter(|character| !character.is_control()).take(120).collect()
}

fn add(headers: &mut HeaderMap, id: &str) {
    for (name, value) in FIXED {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry("content-security-policy").or_insert(HeaderValue::from_static(CLOSED));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
}

/// References need not be secret, only different: a counter on a random start.
fn new_id() -> String {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
        let clock: &dyn crate::clock::Clock = &crate::clock::SystemClock;
        AtomicU64::new(u64::from_be_bytes(clock.random()))
    });
    format!("{:012x}", NEXT.fetch_add(1, Ordering::Relaxed) & 0xffff_ffff_ffff)
}
