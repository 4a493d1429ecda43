//! Signs receipts so that anyone can check them with the public key alone (Ed25519). It decides nothing.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};

use crate::clock::Clock;
use crate::sealing::write_secret;

pub struct Signer(SigningKey);

impl Signer {
    /// From the file of 64 hex digits, which is made with a new key where it is missing.
    pub fn from_file(path: &Path, clock: &dyn Clock) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        if !path.exists() {
            write_secret(path, &hex::encode(clock.random::<32>())).map_err(failed)?;
        }
        let text = std::fs::read_to_string(path).map_err(failed)?;
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(SigningKey::from_bytes(&key)))
    }

    /// The signature over the text, base64.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.0.sign(text.as_bytes()).to_bytes())
    }

    /// The public key, base64.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.0.verifying_key().as_bytes())
    }

    pub fn verify(&self, text: &str, signature: &str) -> bool {
        verify(&self.0.verifying_key(), text, signature)
    }
}

fn verify(key: &VerifyingKey, text: &str, signature: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(signature) else { return false };
    let Ok(signature) = Signature::from_slice(&bytes) else { return false };
    key.verify(text.as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn a_signature_holds_for_its_text_alone() {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::from_file(&folder.path().join("sign.key"), &SystemClock).unwrap();
        let again = Signer::from_file(&folder.path().join("sign.key"), &SystemClock).unwrap();
        let signature = signer.sign("R1|200.00");
        assert!(again.verify("R1|200.00", &signature));
        assert!(!again.verify("R1|200.01", &signature));
        assert!(!again.verify("R1|200.00", "nonsense"));
    }
}
