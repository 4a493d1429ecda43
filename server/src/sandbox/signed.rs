//! Checks the merchant's signature on requests and signs answers, with the faults that were ordered.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::{Sandbox, Shared};
use crate::gateways::wechat::wire::{self, Authorization, Problem};

/// A request whose signature was found good, or the answer that says why not.
pub async fn check(
    sandbox: &Shared,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: &str,
) -> Result<(), Response> {
    let (delay, fail) = {
        let mut faults = sandbox.faults();
        let fail = faults.fail_requests > 0;
        faults.fail_requests = faults.fail_requests.saturating_sub(1);
        (faults.delay_ms, fail)
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    if fail {
        return Err(problem(
            sandbox,
            StatusCode::INTERNAL_SERVER_ERROR,
            "SYSTEM_ERROR",
            "系统异常,请稍后重试",
        ));
    }
    let refuse = |message: &str| problem(sandbox, StatusCode::UNAUTHORIZED, "SIGN_ERROR", message);
    let header = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(signed) = header.and_then(Authorization::parse) else { return Err(refuse("没有签名")) };
    let age =
        signed.timestamp.parse::<i64>().ok().map(|seconds| (sandbox.clock.now().timestamp() - seconds).abs());
    if age.is_none_or(|age| age > 300) {
        return Err(refuse("签名时间超出范围"));
    }
    let message = wire::request_message(method, target, &signed.timestamp, &signed.nonce, body);
    let known = signed.merchant == sandbox.keys.merchant && signed.serial == sandbox.keys.other_serial;
    if !known || !sandbox.keys.verify(message.as_bytes(), &signed.signature) {
        return Err(refuse("签名错误"));
    }
    Ok(())
}

/// An answer, signed as the platform signs, or none at all where that was ordered.
pub async fn answer(sandbox: &Shared, status: StatusCode, body: &impl Serialize) -> Response {
    hang_where_told(sandbox).await;
    sign(sandbox, status, serde_json::to_string(body).expect("the shapes of the wire are JSON"))
}

/// The like without a body.
pub async fn empty(sandbox: &Shared, status: StatusCode) -> Response {
    hang_where_told(sandbox).await;
    sign(sandbox, status, String::new())
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

pub fn problem(sandbox: &Sandbox, status: StatusCode, code: &str, message: &str) -> Response {
    let body = Problem { code: code.into(), message: message.into() };
    sign(sandbox, status, serde_json::to_string(&body).expect("a problem is JSON"))
}

fn sign(sandbox: &Sandbox, status: StatusCode, body: String) -> Response {
    let forged = sandbox.faults().forge_answers;
    let timestamp = sandbox.clock.now().timestamp().to_string();
    let nonce = hex::encode(sandbox.clock.random::<16>());
    let message = wire::answer_message(&timestamp, &nonce, body.as_bytes());
    let signature = if forged {
        STANDARD.encode(sandbox.clock.random::<256>())
    } else {
        sandbox.keys.sign(&String::from_utf8_lossy(&message))
    };
    Response::builder()
        .status(status)
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(wire::TIMESTAMP, timestamp)
        .header(wire::NONCE, nonce)
        .header(wire::SERIAL, &sandbox.keys.own_serial)
        .header(wire::SIGNATURE, signature)
        .body(Body::from(body))
        .expect("these headers are plain text")
}
