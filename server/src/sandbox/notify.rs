//! Tells the merchant what happened: encrypted, signed, repeated until it is acknowledged, with the ordered faults.

use std::time::Duration;

use base64::Engine as _;

use super::{Shared, protocol, till};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::wire::{self, Envelope, NONCE_LENGTH, Refund, Resource};

/// Waits between tries, in seconds: WeChat Pay's schedule, shortened.
const TRIES: [u64; 6] = [0, 1, 2, 4, 8, 16];

pub fn paid(sandbox: &Shared, payment: &till::Payment) {
    let mut transaction = protocol::transaction(sandbox, payment);
    if sandbox.faults().wrong_amount {
        transaction.amount.total += 100;
    }
    let text = serde_json::to_string(&transaction).expect("a transaction is JSON");
    send(sandbox, "TRANSACTION.SUCCESS", "transaction", text);
}

pub fn refunded(sandbox: &Shared, refund: Refund) {
    let mut value = serde_json::to_value(refund).expect("a refund is JSON");
    if let Some(fields) = value.as_object_mut() {
        let status = fields.remove("status").unwrap_or_default();
        fields.insert("refund_status".into(), status);
    }
    send(sandbox, "REFUND.SUCCESS", "refund", value.to_string());
}

fn send(sandbox: &Shared, event: &str, original: &str, text: String) {
    let nonce: String =
        sandbox.clock.random::<NONCE_LENGTH>().iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    let envelope = Envelope {
        id: sandbox.clock.id().to_string(),
        create_time: written(sandbox.clock.now()),
        event_type: event.into(),
        resource_type: "encrypt-resource".into(),
        resource: Resource {
            algorithm: "AEAD_AES_256_GCM".into(),
            ciphertext: sandbox.keys.encrypt(&nonce, original, &text),
            associated_data: original.into(),
            original_type: original.into(),
            nonce,
        },
        summary: "通知".into(),
    };
    let body = serde_json::to_string(&envelope).expect("an envelope is JSON");
    let faults = sandbox.faults().clone();
    if faults.lose_notifications {
        return;
    }
    for _ in 0..=faults.repeat {
        let (sandbox, body) = (sandbox.clone(), body.clone());
        let wait = faults.delay_ms + if faults.reorder { 1_500 } else { 0 };
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            deliver(&sandbox, &body).await;
        });
    }
}

async fn deliver(sandbox: &Shared, body: &str) {
    for wait in TRIES {
        tokio::time::sleep(Duration::from_secs(wait)).await;
        let timestamp = sandbox.clock.now().timestamp().to_string();
        let nonce = hex::encode(sandbox.clock.random::<16>());
        let message = wire::answer_message(&timestamp, &nonce, body.as_bytes());
        let mut signature = sandbox.keys.sign(&String::from_utf8_lossy(&message));
        if sandbox.faults().forge_signature {
            signature = base64::engine::general_purpose::STANDARD.encode(sandbox.clock.random::<256>());
        }
        let sent = sandbox
            .http
            .post(&sandbox.notify)
            .timeout(Duration::from_secs(5))
            .header(http::header::CONTENT_TYPE, "application/json")
            .header(wire::TIMESTAMP, timestamp)
            .header(wire::NONCE, nonce)
            .header(wire::SERIAL, &sandbox.keys.own_serial)
            .header(wire::SIGNATURE, signature)
            .body(body.to_owned())
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => tracing::debug!(status = %answer.status(), "not acknowledged"),
            Err(error) => tracing::debug!(%error, "not delivered"),
        }
    }
}
