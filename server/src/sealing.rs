//! Seals personal text for storage and makes keyed hashes to look it up by. It knows nothing of what it seals.

use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::clock::Clock;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealingError {
    #[error("a key must be written id:64 hex digits, several separated by commas")]
    Keys,
    #[error("sealed with key {0}, which is not configured")]
    UnknownKey(String),
    #[error("not sealed by this program, or sealed for another place")]
    Damaged,
    #[error("the key file: {0}")]
    File(String),
}

/// Keys by id; the first seals, all open. The hash key follows from the last, so that adding a key in front rotates
/// the seal and keeps the look-ups.
pub struct Sealer {
    keys: Vec<(String, Aes256Gcm)>,
    hashing: [u8; 32],
}

impl Sealer {
    /// From `id:hex,id:hex`, newest first.
    pub fn from_keys(keys: &str) -> Result<Self, SealingError> {
        let mut parsed = Vec::new();
        let mut oldest = [0; 32];
        for key in keys.split(',') {
            let (id, digits) = key.trim().split_once(':').ok_or(SealingError::Keys)?;
            let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !id.is_empty();
            hex::decode_to_slice(digits, &mut oldest).map_err(|_| SealingError::Keys)?;
            if !plain {
                return Err(SealingError::Keys);
            }
            parsed.push((id.to_owned(), Aes256Gcm::new(&oldest.into())));
        }
        let mut derive = mac(&oldest);
        derive.update(b"look-up");
        Ok(Self { keys: parsed, hashing: derive.finalize().into_bytes().into() })
    }

    /// From the file, which is made with a new key where it is missing: for a machine of one's own.
    pub fn from_file(path: &Path, clock: &dyn Clock) -> Result<Self, SealingError> {
        let failed = |error: std::io::Error| SealingError::File(format!("{}: {error}", path.display()));
        if !path.exists() {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            write_secret(path, &format!("k1:{}", hex::encode(clock.random::<32>()))).map_err(failed)?;
        }
        Self::from_keys(&std::fs::read_to_string(path).map_err(failed)?)
    }

    /// Seals the text for one place only, such as `persons:ID:name`: moved elsewhere it does not open.
    pub fn seal(&self, clock: &dyn Clock, place: &str, text: &str) -> String {
        let (id, key) = &self.keys[0];
        let nonce: [u8; 12] = clock.random();
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed =
            key.encrypt(Nonce::from_slice(&nonce), payload).expect("AES-GCM seals any text of this size");
        format!("{id}.{}", STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SealingError> {
        let (id, body) = sealed.split_once('.').ok_or(SealingError::Damaged)?;
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| known == id)
            .ok_or_else(|| SealingError::UnknownKey(id.to_owned()))?;
        let body = STANDARD_NO_PAD.decode(body).map_err(|_| SealingError::Damaged)?;
        let (nonce, sealed) = body.split_at_checked(12).ok_or(SealingError::Damaged)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let text = key.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| SealingError::Damaged)?;
        String::from_utf8(text).map_err(|_| SealingError::Damaged)
    }

    /// A keyed hash of 128 bits in hex: equal texts of one domain give equal hashes, and nobody without the key can
    /// try texts.
    pub fn look_up(&self, domain: &str, text: &str) -> String {
        let mut mac = mac(&self.hashing);
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// Writes a file that only its owner may read.
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    const OLD: &str = "a:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn what_was_sealed_opens_at_its_place_only() {
        let sealer = Sealer::from_keys(OLD).unwrap();
        let sealed = sealer.seal(&SystemClock, "persons:1:name", "李明");
        assert_eq!(sealer.open("persons:1:name", &sealed).as_deref(), Ok("李明"));
        assert_eq!(sealer.open("persons:2:name", &sealed), Err(SealingError::Damaged));
        assert!(!sealed.contains("李明"));
    }

    #[test]
    fn a_new_key_in_front_keeps_old_text_readable_and_look_ups_equal() {
        let old = Sealer::from_keys(OLD).unwrap();
        let rotated = Sealer::from_keys(&format!("b:{},{OLD}", "7".repeat(64))).unwrap();
        let sealed = old.seal(&SystemClock, "here", "text");
        assert_eq!(rotated.open("here", &sealed).as_deref(), Ok("text"));
        assert!(rotated.seal(&SystemClock, "here", "text").starts_with("b."));
        assert_eq!(old.look_up("person", "x"), rotated.look_up("person", "x"));
        assert_ne!(old.look_up("person", "x"), old.look_up("phone", "x"));
    }

    #[test]
    fn broken_keys_and_broken_text_are_told_apart() {
        for keys in ["", "a", "a:12", ":00", "a-b:00"] {
            assert_eq!(Sealer::from_keys(keys).err(), Some(SealingError::Keys), "{keys}");
        }
        let sealer = Sealer::from_keys(OLD).unwrap();
        assert_eq!(sealer.open("p", "z.AAAA"), Err(SealingError::UnknownKey("z".into())));
        for text in ["", "a", "a.", "a.AAAA", "a.!!!!"] {
            assert_eq!(sealer.open("p", text), Err(SealingError::Damaged), "{text}");
        }
    }
}
