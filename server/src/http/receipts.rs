//! Verifies receipts for browsers without scripts, and publishes the public keys.

use app::pages::verify::Pasted;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State as Extracted};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::CACHE_CONTROL;
use serde_json::json;

use super::forms::LARGEST;
use super::instead::Guard;
use crate::state::State;

/// The page itself answers the form, so that no address ever holds the text.
pub async fn verify(Extracted(guard): Extracted<Guard>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    let proof = fields.into_iter().find(|(name, _)| name == "proof").map(|(_, value)| value);
    parts.extensions.insert(Pasted(proof.unwrap_or_default()));
    guard.pages.show("/verify", &parts).await
}

/// The public keys as a JSON Web Key set (RFC 7517, RFC 8037), with the days on which each signed.
pub async fn keys(Extracted(state): Extracted<State>) -> impl IntoResponse {
    let keys = state.signer.published().into_iter().map(|key| {
        let public = STANDARD.decode(&key.public_key).unwrap_or_default();
        json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.id,
            "x": URL_SAFE_NO_PAD.encode(public), "first_day": key.first_day, "last_day": key.last_day,
        })
    });
    let set = json!({ "issuer": state.origin, "keys": keys.collect::<Vec<_>>() });
    ([(CACHE_CONTROL, "public, max-age=300")], Json(set))
}
