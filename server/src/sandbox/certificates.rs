//! `GET /v3/certificates`: the platform's certificates, encrypted with the merchant's secret.

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use super::Shared;
use super::keys::{FIRST, SECOND, validity};
use super::signed::Refusal;
use crate::gateways::wechat::wire::{Certificate, Certificates, EncryptedCertificate};

const ASSOCIATED: &str = "certificate";

pub async fn list(State(sandbox): State<Shared>) -> Result<Json<Certificates>, Refusal> {
    let data = [FIRST, SECOND].map(|serial| certificate(&sandbox, serial));
    Ok(Json(Certificates { data: data.into_iter().collect::<Result<_, _>>()? }))
}

fn certificate(sandbox: &Shared, serial: &str) -> Result<Certificate, Refusal> {
    let text = sandbox.keys.certificate(serial).map_err(|error| {
        tracing::error!(%error, "the certificate of the sandbox could not be read");
        Refusal(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常，请稍后重试")
    })?;
    let nonce = super::notify::nonce(sandbox);
    let (effective_time, expire_time) = validity();
    Ok(Certificate {
        serial_no: serial.to_owned(),
        effective_time,
        expire_time,
        encrypt_certificate: EncryptedCertificate {
            algorithm: "AEAD_AES_256_GCM".into(),
            ciphertext: sandbox.keys.secret.encrypt(&nonce, ASSOCIATED, &text),
            associated_data: ASSOCIATED.into(),
            nonce,
        },
    })
}
