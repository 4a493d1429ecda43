//! Signs receipts with Ed25519. Anyone can verify them with the published keys.

use app::receipt::{Outcome, Proof, PublishedKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::Digest;

use crate::sealing::{entries, is_key_id};

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SigningError {
    #[error(
        "receipt key {0} must be written ID:secret:64 hex digits:FIRST DAY, or once retired \
        ID:public:64 hex digits:FIRST DAY:LAST DAY"
    )]
    Key(usize),
    #[error("the receipt key ID {0} stands twice")]
    Twice(String),
    #[error("the first receipt key must be a secret one, and there must be one")]
    NoSecret,
}

struct ReceiptKey {
    published: PublishedKey,
    secret: Option<SigningKey>,
}

/// Signs with the newest key; publishes all.
pub struct Signer(Vec<ReceiptKey>);

impl Signer {
    /// From `ID:secret:hex:FIRST DAY`, newest first, then `ID:public:hex:FIRST DAY:LAST DAY` of retired keys. A file of
    /// an earlier version holds 64 hex digits alone.
    pub fn from_keys(text: &str) -> Result<Self, SigningError> {
        let mut keys: Vec<ReceiptKey> = Vec::new();
        for (index, entry) in entries(text).enumerate() {
            let key = read(entry).ok_or(SigningError::Key(index + 1))?;
            let id = &key.published.id;
            if keys.iter().any(|known| known.published.id == *id) {
                return Err(SigningError::Twice(id.clone()));
            }
            keys.push(key);
        }
        if keys.first().is_some_and(|key| key.secret.is_some()) {
            Ok(Self(keys))
        } else {
            Err(SigningError::NoSecret)
        }
    }

    /// The ID of the key that signs.
    pub fn id(&self) -> &str {
        &self.0[0].published.id
    }

    /// The signature over the text, base64.
    pub fn sign(&self, text: &str) -> String {
        let secret = self.0[0].secret.as_ref().expect("the first key is a secret one");
        STANDARD.encode(secret.sign(text.as_bytes()).to_bytes())
    }

    /// The public keys, newest first.
    pub fn published(&self) -> Vec<PublishedKey> {
        self.0.iter().map(|key| key.published.clone()).collect()
    }

    /// Checks that the text was signed with one of the keys.
    pub fn verify(&self, text: &str, signature: &str) -> bool {
        let proof = Proof { text: text.to_owned(), signature: signature.to_owned() };
        proof.verify(&self.published()) == Outcome::Genuine
    }
}

/// The entry of a new key.
pub fn new_entry(id: &str, secret: [u8; 32], first_day: NaiveDate) -> String {
    format!("{id}:secret:{}:{first_day}", hex::encode(secret))
}

/// The entry without its secret: it signs no more, and what it signed can still be checked.
pub fn retired_entry(entry: &str, last_day: NaiveDate) -> Option<String> {
    let key = read(entry)?.published;
    let public = hex::encode(STANDARD.decode(&key.public_key).ok()?);
    let first_day = key.first_day.map(|day| day.to_string()).unwrap_or_default();
    Some(format!("{}:public:{public}:{first_day}:{last_day}", key.id))
}

/// The ID of the entry's key.
pub fn entry_id(entry: &str) -> Option<String> {
    Some(read(entry)?.published.id)
}

fn read(entry: &str) -> Option<ReceiptKey> {
    let parts: Vec<&str> = entry.split(':').collect();
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let (id, public, secret, first_day, last_day) = match *parts {
        [digits] => {
            let secret = SigningKey::from_bytes(&bytes(digits)?);
            let public = secret.verifying_key();
            let id = hex::encode(&sha2::Sha256::digest(public.as_bytes())[..4]);
            (id, public, Some(secret), None, None)
        }
        [id, "secret", digits, first] => {
            let secret = SigningKey::from_bytes(&bytes(digits)?);
            (id.to_owned(), secret.verifying_key(), Some(secret), Some(day(first)?), None)
        }
        [id, "public", digits, first, last] => {
            let public = VerifyingKey::from_bytes(&bytes(digits)?).ok()?;
            let first = if first.is_empty() { None } else { Some(day(first)?) };
            (id.to_owned(), public, None, first, Some(day(last)?))
        }
        _ => return None,
    };
    let public_key = STANDARD.encode(public.as_bytes());
    let published = PublishedKey { id, public_key, first_day, last_day };
    is_key_id(&published.id).then_some(ReceiptKey { published, secret })
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_signature_holds_for_its_text_alone() {
        let signer = Signer::from_keys(&new_entry("r1", [7; 32], day("2026-01-01"))).unwrap();
        let text = "lutong-receipt-2\nreceipt R1\nissued 2026-11-18T10:00:00+08:00\nkey r1\n";
        let signature = signer.sign(text);
        assert!(signer.verify(text, &signature));
        assert!(!signer.verify(&text.replace("R1", "R2"), &signature));
        assert!(!signer.verify(text, "nonsense"));
    }

    #[test]
    fn a_retired_key_signs_no_more_and_still_verifies() {
        let old = new_entry("r1", [7; 32], day("2026-01-01"));
        let text = "lutong-receipt-2\nissued 2026-11-18T10:00:00+08:00\nkey r1\n";
        let signature = Signer::from_keys(&old).unwrap().sign(text);
        let retired = retired_entry(&old, day("2026-11-20")).unwrap();
        assert!(!retired.contains(&hex::encode([7; 32])));
        let ring = format!("{}\n{retired}\n", new_entry("r2", [8; 32], day("2026-11-20")));
        let rotated = Signer::from_keys(&ring).unwrap();
        assert_eq!(rotated.id(), "r2");
        assert!(rotated.verify(text, &signature));
        assert_eq!(Signer::from_keys(&retired).err(), Some(SigningError::NoSecret));
    }

    #[test]
    fn the_key_file_of_an_earlier_version_is_read() {
        let signer = Signer::from_keys(&hex::encode([7; 32])).unwrap();
        let published = signer.published().remove(0);
        assert_eq!((signer.id().len(), published.first_day), (8, None));
        let text = format!(
            "lutong-receipt-1\nreceipt R1\nissued 2026-11-18T02:00:00Z\nkey {}\n",
            published.public_key
        );
        let signature = signer.sign(&text);
        assert!(signer.verify(&text, &signature));
        let retired = retired_entry(&hex::encode([7; 32]), day("2026-11-20")).unwrap();
        let ring = format!("{}\n{retired}", new_entry("r2", [8; 32], day("2026-11-20")));
        assert!(Signer::from_keys(&ring).unwrap().verify(&text, &signature), "its first day stays unknown");
    }

    #[test]
    fn broken_rings_say_which_entry_is_wrong() {
        let good = new_entry("r1", [7; 32], day("2026-01-01"));
        for (text, error) in [
            (String::new(), SigningError::NoSecret),
            (format!("{good},r2:secret:12:2026-01-01"), SigningError::Key(2)),
            (good.replace("2026-01-01", "2026-13-01"), SigningError::Key(1)),
            (good.replace("r1", "r-1"), SigningError::Key(1)),
            (format!("{good},{good}"), SigningError::Twice("r1".into())),
        ] {
            assert_eq!(Signer::from_keys(&text).err(), Some(error), "{text}");
        }
    }
}
