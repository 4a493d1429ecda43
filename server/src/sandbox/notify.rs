//! Tells the merchant what happened: encrypted, signed, repeated until it is acknowledged, with the ordered faults.

use std::time::Duration;

use super::{Shared, payments, signed, till};
use crate::gateways::wechat::client::written;
use crate::gateways::wechat::settings::SANDBOX_MERCHANT;
use crate::gateways::wechat::wire::{Envelope, NONCE_LENGTH, Refund, Resource};

/// Waits between tries, in seconds: WeChat Pay's schedule, shortened.
const TRIES: [u64; 6] = [0, 1, 2, 4, 8, 16];
/// How long a notification that is to come out of order waits for another one.
const LONGEST_HOLD: Duration = Duration::from_secs(3);

/// A notification and the address that the merchant named for it.
#[derive(Clone, Debug)]
pub struct Letter {
    to: String,
    body: String,
}

pub fn paid(sandbox: &Shared, payment: &till::Payment) {
    let mut transaction = payments::transaction(payment);
    if sandbox.faults().wrong_amount
        && let Some(amount) = &mut transaction.amount
    {
        amount.total += 100;
    }
    let text = serde_json::to_string(&transaction).expect("a transaction is JSON");
    send(sandbox, &payment.notify_url, "TRANSACTION.SUCCESS", "transaction", text);
}

pub fn refunded(sandbox: &Shared, notify_url: &str, refund: Refund) {
    let event = format!("REFUND.{}", refund.status);
    let refund = Refund { mchid: Some(SANDBOX_MERCHANT.into()), create_time: None, ..refund };
    let mut value = serde_json::to_value(refund).expect("a refund is JSON");
    if let Some(fields) = value.as_object_mut() {
        let status = fields.remove("status").unwrap_or_default();
        fields.insert("refund_status".into(), status);
    }
    // The provider's refund notifications name no currency.
    if let Some(amount) = value.get_mut("amount").and_then(serde_json::Value::as_object_mut) {
        amount.remove("currency");
    }
    send(sandbox, notify_url, &event, "refund", value.to_string());
}

/// Letters alone, as the cipher's nonce is written.
pub fn nonce(sandbox: &Shared) -> String {
    sandbox.clock.random::<NONCE_LENGTH>().iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

fn send(sandbox: &Shared, to: &str, event: &str, original: &str, text: String) {
    let nonce = nonce(sandbox);
    let envelope = Envelope {
        id: sandbox.clock.id().to_string(),
        create_time: written(sandbox.clock.now()),
        event_type: event.into(),
        resource_type: "encrypt-resource".into(),
        resource: Resource {
            algorithm: "AEAD_AES_256_GCM".into(),
            ciphertext: sandbox.keys.secret.encrypt(&nonce, original, &text),
            associated_data: original.into(),
            original_type: original.into(),
            nonce,
        },
        summary: "通知".into(),
    };
    let body = serde_json::to_string(&envelope).expect("an envelope is JSON");
    let faults = sandbox.faults().clone();
    if faults.lose_notifications || to.is_empty() {
        return;
    }
    let letter = Letter { to: to.to_owned(), body };
    let letters = std::iter::repeat_n(letter, 1 + faults.repeat as usize).collect();
    if faults.reorder { hold_back(sandbox, letters) } else { start(sandbox, letters, faults.delay_ms) }
}

/// Lets the held notifications go after these, or holds these until the next ones come.
fn hold_back(sandbox: &Shared, letters: Vec<Letter>) {
    let delay = sandbox.faults().delay_ms;
    let earlier = std::mem::take(&mut *sandbox.held());
    if !earlier.is_empty() {
        start(sandbox, letters, delay);
        start(sandbox, earlier, delay + 300);
        return;
    }
    *sandbox.held() = letters;
    let sandbox = sandbox.clone();
    tokio::spawn(async move {
        tokio::time::sleep(LONGEST_HOLD).await;
        let alone = std::mem::take(&mut *sandbox.held());
        start(&sandbox, alone, delay);
    });
}

fn start(sandbox: &Shared, letters: Vec<Letter>, delay_ms: u64) {
    for letter in letters {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            deliver(&sandbox, &letter).await;
        });
    }
}

/// Each try is signed anew.
async fn deliver(sandbox: &Shared, letter: &Letter) {
    for wait in TRIES {
        tokio::time::sleep(Duration::from_secs(wait)).await;
        let forged = sandbox.faults().forge_signature;
        let sent = sandbox
            .http
            .post(&letter.to)
            .timeout(Duration::from_secs(5))
            .headers(signed::headers(sandbox, None, forged, letter.body.as_bytes()))
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(letter.body.clone())
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => tracing::debug!(status = %answer.status(), "not acknowledged"),
            Err(error) => tracing::debug!(%error, "not delivered"),
        }
    }
}
