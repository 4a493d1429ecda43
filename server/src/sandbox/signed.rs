//! Checks the merchant's signature on every request of the API and signs every answer, with the faults that were
//! ordered.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::keys::{FIRST, PUBLIC_KEY, SECOND};
use super::{Sandbox, Shared, bill};
use crate::gateways::wechat::keys::SigningKey;
use crate::gateways::wechat::settings::SANDBOX_MERCHANT;
use crate::gateways::wechat::wire::{self, Authorization, Problem};

const LARGEST_BODY: usize = 64 * 1024;

/// An answer that says no, with the documented status and code.
pub struct Refusal(pub StatusCode, pub &'static str, pub &'static str);

impl Refusal {
    pub fn parameter(message: &'static str) -> Self {
        Self(StatusCode::BAD_REQUEST, "PARAM_ERROR", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(Problem { code: self.1.into(), message: self.2.into() })).into_response()
    }
}

pub async fn guard(State(sandbox): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let wanted = parts.headers.get(wire::SERIAL).and_then(|serial| serial.to_str().ok()).map(str::to_owned);
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return sign(&sandbox, wanted, Refusal::parameter("请求体过大").into_response()).await;
    };
    let text = String::from_utf8_lossy(&body);
    let checked = check(&sandbox, parts.method.as_str(), &target, &parts.headers, &text).await;
    if let Err(refusal) = checked {
        return sign(&sandbox, wanted, refusal.into_response()).await;
    }
    let unsigned = parts.uri.path() == bill::DOWNLOAD;
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    if answer.status().is_success() {
        hang_where_told(&sandbox).await;
    }
    if unsigned { answer } else { sign(&sandbox, wanted, answer).await }
}

/// A request whose signature was found good, or the answer that says why not.
async fn check(
    sandbox: &Shared,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: &str,
) -> Result<(), Refusal> {
    let (delay, fail) = {
        let mut faults = sandbox.faults();
        let fail = faults.fail_requests > 0;
        faults.fail_requests = faults.fail_requests.saturating_sub(1);
        (faults.delay_ms, fail)
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    if fail {
        return Err(Refusal(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常，请稍后重试"));
    }
    let refuse = |message| Refusal(StatusCode::UNAUTHORIZED, "SIGN_ERROR", message);
    let header = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let signed = header.and_then(Authorization::parse).ok_or(refuse("没有签名"))?;
    let age =
        signed.timestamp.parse::<i64>().ok().map(|seconds| (sandbox.clock.now().timestamp() - seconds).abs());
    if age.is_none_or(|age| age > 300) {
        return Err(refuse("签名时间超出范围"));
    }
    let message = wire::request_message(method, target, &signed.timestamp, &signed.nonce, body);
    let keys = &sandbox.keys.merchant;
    let known = signed.merchant == SANDBOX_MERCHANT;
    if !known || !keys.verify(&signed.serial, message.as_bytes(), &signed.signature) {
        return Err(refuse("签名错误"));
    }
    Ok(())
}

async fn hang_where_told(sandbox: &Shared) {
    let hang = {
        let mut faults = sandbox.faults();
        let hang = faults.hang_requests > 0;
        faults.hang_requests = faults.hang_requests.saturating_sub(1);
        hang
    };
    if hang {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
}

/// The key that the platform signs with: the one that the request names, or the one of the day.
pub fn platform_key<'a>(sandbox: &'a Sandbox, wanted: Option<&str>) -> &'a SigningKey {
    let (second, public) = {
        let faults = sandbox.faults();
        (faults.second_platform_key, faults.platform_public_key)
    };
    let usual = if second { SECOND } else { FIRST };
    let usual = if public { PUBLIC_KEY } else { usual };
    let named = wanted.and_then(|serial| sandbox.keys.key(serial));
    named.or_else(|| sandbox.keys.key(usual)).expect("the platform has its three keys")
}

/// The headers of a signature over the body.
pub fn headers(sandbox: &Sandbox, wanted: Option<&str>, forged: bool, body: &[u8]) -> HeaderMap {
    let timestamp = sandbox.clock.now().timestamp().to_string();
    let nonce = hex::encode(sandbox.clock.random::<16>());
    let key = platform_key(sandbox, wanted);
    let message = wire::answer_message(&timestamp, &nonce, body);
    let signature = if forged { STANDARD.encode(sandbox.clock.random::<256>()) } else { key.sign(&message) };
    let pairs = [
        (wire::TIMESTAMP, timestamp.as_str()),
        (wire::NONCE, &nonce),
        (wire::SERIAL, &key.serial),
        (wire::SIGNATURE, &signature),
        (wire::SIGNATURE_TYPE, wire::SCHEME),
    ];
    let value = |value: &str| HeaderValue::from_str(value).expect("these values are plain text");
    pairs.into_iter().map(|(name, text)| (http::HeaderName::from_static(name), value(text))).collect()
}

async fn sign(sandbox: &Sandbox, wanted: Option<String>, answer: Response) -> Response {
    let (mut parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the sandbox's own answers are whole");
    let forged = sandbox.faults().forge_answers;
    parts.headers.extend(headers(sandbox, wanted.as_deref(), forged, &body));
    Response::from_parts(parts, Body::from(body))
}
