//! The signed manifest of a feed file: which registry it is from, its number among that registry's files, its length
//! and its hash.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

const ENDING: &str = "manifest.json";
pub const LONGEST: u64 = 4096;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub source: String,
    /// Stands for one content for good.
    pub sequence: i64,
    /// Of the file, in bytes.
    pub length: u64,
    /// Of the file, in hex.
    pub sha256: String,
    /// Ed25519 over the other fields, base64.
    pub signature: String,
}

impl Manifest {
    /// Beside the file: `a.ndjson` has `a.ndjson.manifest.json`.
    pub fn path_of(feed: &Path) -> PathBuf {
        let name = feed.file_name().unwrap_or_default().to_string_lossy();
        feed.with_file_name(format!("{name}.{ENDING}"))
    }

    pub fn signed(source: &str, sequence: i64, length: u64, sha256: &str, key: &SigningKey) -> Self {
        let mut manifest = Self {
            source: source.to_owned(),
            sequence,
            length,
            sha256: sha256.to_owned(),
            signature: String::new(),
        };
        manifest.signature = STANDARD.encode(key.sign(manifest.text().as_bytes()).to_bytes());
        manifest
    }

    pub fn verify(&self, key: &VerifyingKey) -> bool {
        let Ok(bytes) = STANDARD.decode(&self.signature) else { return false };
        let Ok(signature) = Signature::from_slice(&bytes) else { return false };
        key.verify_strict(self.text().as_bytes(), &signature).is_ok()
    }

    /// The signed text.
    fn text(&self) -> String {
        let Self { source, sequence, length, sha256, .. } = self;
        format!("lutong-feed-1\nsource {source}\nsequence {sequence}\nlength {length}\nsha256 {sha256}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_every_field() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let manifest = Manifest::signed("yunnan", 7, 12, "ab", &key);
        let verifying = key.verifying_key();
        assert!(manifest.verify(&verifying));
        assert!(!manifest.verify(&SigningKey::from_bytes(&[4; 32]).verifying_key()));
        for changed in [
            Manifest { source: "guangxi".into(), ..manifest.clone() },
            Manifest { sequence: 8, ..manifest.clone() },
            Manifest { length: 13, ..manifest.clone() },
            Manifest { sha256: "ac".into(), ..manifest.clone() },
            Manifest { signature: "AAAA".into(), ..manifest.clone() },
        ] {
            assert!(!changed.verify(&verifying), "{changed:?}");
        }
    }
}
