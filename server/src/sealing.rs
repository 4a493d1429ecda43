//! Seals personal text for storage, and makes keyed hashes to look it up by.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::clock::Clock;

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealingError {
    #[error("key {0} must be written ID:64 hex digits, its ID being 1 to 16 ASCII letters or digits")]
    Key(usize),
    #[error("the key ID {0} stands twice")]
    Twice(String),
    #[error("there is no key")]
    NoKey,
    #[error("the look-up key must be 64 hex digits")]
    LookUpKey,
    #[error("sealed with the unknown key ID {0}")]
    UnknownKey(String),
    #[error("not sealed by this program, or sealed for another place")]
    Damaged,
}

struct SealKey {
    id: String,
    cipher: Aes256Gcm,
    check: String,
}

/// Seals with the newest key and opens with all; makes look-ups with a key of their own.
pub struct Sealer {
    keys: Vec<SealKey>,
    look_up: [u8; 32],
}

/// The entries of a key ring: separated by commas or line ends.
pub fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Checks the form of a key's ID. IDs that differ in case alone count as the same, as they do in SQLite's `like`.
pub fn is_key_id(id: &str) -> bool {
    (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// ID and key of each entry, newest first.
fn ring(text: &str) -> Result<Vec<(String, [u8; 32])>, SealingError> {
    let mut keys: Vec<(String, [u8; 32])> = Vec::new();
    for (index, entry) in entries(text).enumerate() {
        let wrong = || SealingError::Key(index + 1);
        let (id, digits) = entry.split_once(':').filter(|(id, _)| is_key_id(id)).ok_or_else(wrong)?;
        let mut key = [0; 32];
        hex::decode_to_slice(digits, &mut key).map_err(|_| wrong())?;
        if keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(id)) {
            return Err(SealingError::Twice(id.to_owned()));
        }
        keys.push((id.to_owned(), key));
    }
    if keys.is_empty() { Err(SealingError::NoKey) } else { Ok(keys) }
}

/// The look-up key, in hex, that earlier versions derived from the oldest sealing key. Databases that they filled
/// keep it.
pub fn derived_look_up(seal_keys: &str) -> Result<String, SealingError> {
    let keys = ring(seal_keys)?;
    let (_, oldest) = keys.last().ok_or(SealingError::NoKey)?;
    let mut derive = mac(oldest);
    derive.update(b"look-up");
    Ok(hex::encode(derive.finalize().into_bytes()))
}

impl Sealer {
    /// From `ID:hex,ID:hex`, newest first, and the look-up key in hex.
    pub fn new(seal_keys: &str, look_up_key: &str) -> Result<Self, SealingError> {
        let mut look_up = [0; 32];
        hex::decode_to_slice(look_up_key.trim(), &mut look_up).map_err(|_| SealingError::LookUpKey)?;
        let keys = ring(seal_keys)?.into_iter().map(|(id, key)| {
            let (cipher, check) = (Aes256Gcm::new(&key.into()), check(&key));
            SealKey { id, cipher, check }
        });
        Ok(Self { keys: keys.collect(), look_up })
    }

    /// With the derived look-up key.
    pub fn from_keys(seal_keys: &str) -> Result<Self, SealingError> {
        Self::new(seal_keys, &derived_look_up(seal_keys)?)
    }

    /// The ID of the key that seals.
    pub fn newest(&self) -> &str {
        &self.keys[0].id
    }

    /// ID and check value of each sealing key, newest first. The value tells keys apart and nothing about them.
    pub fn checks(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(|key| (key.id.as_str(), key.check.as_str()))
    }

    /// The check value of the look-up key.
    pub fn look_up_check(&self) -> String {
        check(&self.look_up)
    }

    /// Seals the text for one place only, such as `persons:ID:name`: moved elsewhere it does not open.
    pub fn seal(&self, clock: &dyn Clock, place: &str, text: &str) -> String {
        let SealKey { id, cipher, .. } = &self.keys[0];
        let nonce: [u8; 12] = clock.random();
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed =
            cipher.encrypt(Nonce::from_slice(&nonce), payload).expect("AES-GCM seals any text of this size");
        format!("{id}.{}", STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    pub fn open(&self, place: &str, sealed: &str) -> Result<String, SealingError> {
        let (id, body) =
            sealed.split_once('.').filter(|(id, _)| is_key_id(id)).ok_or(SealingError::Damaged)?;
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| SealingError::UnknownKey(id.to_owned()))?;
        let body = STANDARD_NO_PAD.decode(body).map_err(|_| SealingError::Damaged)?;
        let (nonce, sealed) = body.split_at_checked(12).ok_or(SealingError::Damaged)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let text =
            key.cipher.decrypt(Nonce::from_slice(nonce), payload).map_err(|_| SealingError::Damaged)?;
        String::from_utf8(text).map_err(|_| SealingError::Damaged)
    }

    /// A keyed hash of 128 bits in hex: equal texts of one domain give equal hashes, and nobody without the key can
    /// try texts.
    pub fn look_up(&self, domain: &str, text: &str) -> String {
        let mut mac = mac(&self.look_up);
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }
}

fn check(key: &[u8; 32]) -> String {
    let mut mac = mac(key);
    mac.update(b"lutong key check");
    hex::encode(&mac.finalize().into_bytes()[..8])
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes keys of any length")
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
        let ring = format!("b:{},{OLD}", "7".repeat(64));
        let rotated = Sealer::new(&ring, &derived_look_up(OLD).unwrap()).unwrap();
        let sealed = old.seal(&SystemClock, "here", "text");
        assert_eq!(rotated.open("here", &sealed).as_deref(), Ok("text"));
        assert!(rotated.seal(&SystemClock, "here", "text").starts_with("b."));
        assert_eq!(old.look_up("person", "x"), rotated.look_up("person", "x"));
        assert_ne!(old.look_up("person", "x"), old.look_up("phone", "x"));
    }

    #[test]
    fn the_oldest_sealing_key_can_be_retired_without_changing_a_look_up() {
        let look_up = derived_look_up(OLD).unwrap();
        let new = format!("b:{}", "7".repeat(64));
        let (before, after) = (Sealer::from_keys(OLD).unwrap(), Sealer::new(&new, &look_up).unwrap());
        assert_eq!(before.look_up("person", "x"), after.look_up("person", "x"));
        let sealed = before.seal(&SystemClock, "here", "text");
        assert_eq!(after.open("here", &sealed), Err(SealingError::UnknownKey("a".into())));
    }

    #[test]
    fn each_key_has_a_check_value_of_its_own() {
        let ring = Sealer::from_keys(&format!("b:{},{OLD}", "7".repeat(64))).unwrap();
        let checks: Vec<_> = ring.checks().collect();
        assert_eq!((checks[0].0, checks[1].0), ("b", "a"));
        assert_ne!(checks[0].1, checks[1].1);
        assert_eq!(Sealer::from_keys(OLD).unwrap().checks().next(), Some(checks[1]));
        assert!(!OLD.contains(checks[1].1));
    }

    #[test]
    fn broken_keys_and_broken_text_are_told_apart() {
        for (keys, error) in [
            ("", SealingError::NoKey),
            ("a", SealingError::Key(1)),
            ("a:12", SealingError::Key(1)),
            (":00", SealingError::Key(1)),
            ("a-b:00", SealingError::Key(1)),
            (&format!("{OLD},b"), SealingError::Key(2)),
            (&format!("{OLD},{OLD}"), SealingError::Twice("a".into())),
            (&format!("{OLD},{}", OLD.replace('a', "A")), SealingError::Twice("A".into())),
        ] {
            assert_eq!(Sealer::from_keys(keys).err(), Some(error), "{keys}");
        }
        assert_eq!(Sealer::new(OLD, "12").err(), Some(SealingError::LookUpKey));
        let sealer = Sealer::from_keys(OLD).unwrap();
        assert_eq!(sealer.open("p", "z.AAAA"), Err(SealingError::UnknownKey("z".into())));
        for text in ["", "a", "a.", "a.AAAA", "a.!!!!", "{\"a\":1.5}"] {
            assert_eq!(sealer.open("p", text), Err(SealingError::Damaged), "{text}");
        }
    }
}
