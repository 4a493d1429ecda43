//! Tells the merchant what happened: encrypted, signed, repeated until it is acknowledged, with the ordered faults.

use std::time::Duration;

use base64::Engine as _;

use super::{Shared, protocol, till};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::wire::{self, Envelope, NONCE_LENGTH, Refund, Resource};

/// Waits between tries, in seconds: WeChat Pay's schedule, shortened.
const TRIES: [u64; 6] = [0, 1, 2, 4, 8, 16];
/// How long a notification that is to come out of order waits for another one.
const LONGEST_HOLD: Duration = Duration::from_secs(3);

pub fn paid(sandbox: &Shared, payment: &till::Payment) {
    let mut transaction = protocol::transaction(sandbox, payment);
    if sandbox.faults().wrong_amount {
        transaction.amount.total += 100;
    }
    let text = serde_json::to_string(&transaction).expect("a transaction is JSON");
    send(sandbox, "TRANSACTION.SUCCESS", "transaction", text);
}

pub fn refunded(sandbox: &Shared, refund: Refund) {
    let event = format!("REFUND.{}", refund.status);
    let mut value = serde_json::to_value(refund).expect("a refund is JSON");
    if let Some(fields) = value.as_object_mut() {
        let status = fields.remove("status").unwrap_or_default();
        fields.insert("refund_status".into(), status);
    }
    // The provider's refund notifications name no currency.
    if let Some(amount) = value.get_mut("amount").and_then(serde_json::Value::as_object_mut) {
        amount.remove("currency");
    }
    send(sandbox, &event, "refund", value.to_string());
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
    let bodies = std::iter::repeat_n(body, 1 + faults.repeat as usize).collect();
    if faults.reorder { hold_back(sandbox, bodies) } else { start(sandbox, bodies, faults.delay_ms) }
}

/// Lets the held notifications go after these, or holds these until the next ones come.
fn hold_back(sandbox: &Shared, bodies: Vec<String>) {
    let delay = sandbox.faults().delay_ms;
    let earlier = std::mem::take(&mut *sandbox.held());
    if !earlier.is_empty() {
        start(sandbox, bodies, delay);
        start(sandbox, earlier, delay + 300);
        return;
    }
    *sandbox.held() = bodies;
    let sandbox = sandbox.clone();
    tokio::spawn(async move {
        tokio::time::sleep(LONGEST_HOLD).await;
        let alone = std::mem::take(&mut *sandbox.held());
        start(&sandbox, alone, delay);
    });
}

fn start(sandbox: &Shared, bodies: Vec<String>, delay_ms: u64) {
    for body in bodies {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
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
