//! The keys of WeChat Pay API v3: RSA keys that sign under a serial number, public keys that are looked up by it, and
//! the secret that notifications and certificates are encrypted with. Our client and the sandbox both use them.

use std::collections::BTreeMap;
use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct KeyError {
    file: String,
    problem: String,
}

impl KeyError {
    pub fn new(file: &Path, problem: impl std::fmt::Display) -> Self {
        Self { file: file.display().to_string(), problem: problem.to_string() }
    }
}

/// File names in the merchant's folder, as the provider's own tools call the first.
pub const PRIVATE_KEY: &str = "apiclient_key.pem";
pub const SECRET: &str = "apiv3.key";
/// The provider's keys: one file per serial number, `SERIAL.pem`, a certificate or a public key.
pub const PLATFORM: &str = "platform";

pub fn read(file: &Path) -> Result<String, KeyError> {
    std::fs::read_to_string(file).map_err(|error| KeyError::new(file, error))
}

/// A private key and the serial number that it signs under.
pub struct SigningKey {
    pub serial: String,
    pair: KeyPair,
}

impl SigningKey {
    /// From a PEM file with a PKCS#8 private key.
    pub fn from_file(serial: &str, file: &Path) -> Result<Self, KeyError> {
        let wrong = |problem: &dyn std::fmt::Display| KeyError::new(file, problem);
        let parsed = pem::parse(read(file)?).map_err(|error| wrong(&error))?;
        let pair = KeyPair::from_pkcs8(parsed.contents()).map_err(|error| wrong(&error))?;
        Ok(Self { serial: serial.to_owned(), pair })
    }

    /// SHA256-RSA2048 over the message, base64.
    pub fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let chance = aws_lc_rs::rand::SystemRandom::new();
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &chance, message, &mut signature);
        signed.expect("a parsed key signs any message");
        STANDARD.encode(signature)
    }
}

/// Public keys by serial number: during a rotation, and where the provider's newer public keys are in use beside its
/// certificates, several are good at the same time.
#[derive(Clone, Debug, Default)]
pub struct VerifyingKeys(BTreeMap<String, Vec<u8>>);

impl VerifyingKeys {
    /// From a folder of `SERIAL.pem` files; `PUB_KEY_ID_….pem` holds a public key without certificate.
    pub fn from_folder(folder: &Path) -> Result<Self, KeyError> {
        let wrong = |error: std::io::Error| KeyError::new(folder, error);
        let mut keys = Self::default();
        for entry in std::fs::read_dir(folder).map_err(wrong)? {
            let file = entry.map_err(wrong)?.path();
            if file.extension().is_some_and(|extension| extension == "pem") {
                let serial = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                keys.insert(&serial, &file)?;
            }
        }
        if keys.0.is_empty() {
            return Err(KeyError::new(folder, "holds no SERIAL.pem of the platform"));
        }
        Ok(keys)
    }

    pub fn insert(&mut self, serial: &str, file: &Path) -> Result<(), KeyError> {
        let wrong = |problem: &dyn std::fmt::Display| KeyError::new(file, problem);
        let parsed = pem::parse(read(file)?).map_err(|error| wrong(&error))?;
        let key = match parsed.tag() {
            "PUBLIC KEY" => parsed.into_contents(),
            "CERTIFICATE" => {
                let der = rustls_pki_types::CertificateDer::from(parsed.into_contents());
                let certificate = webpki::EndEntityCert::try_from(&der).map_err(|error| wrong(&error))?;
                certificate.subject_public_key_info().to_vec()
            }
            other => return Err(wrong(&format!("holds {other}, neither a certificate nor a public key"))),
        };
        self.0.insert(serial.to_owned(), key);
        Ok(())
    }

    /// Checks that the key of this serial number signed the message.
    pub fn verify(&self, serial: &str, message: &[u8], signature: &str) -> bool {
        let Some(key) = self.0.get(serial) else { return false };
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(message, &signature).is_ok()
    }
}

/// The merchant's APIv3 key: 32 characters that both sides know.
pub struct Secret([u8; 32]);

impl Secret {
    pub fn from_file(file: &Path) -> Result<Self, KeyError> {
        let text = read(file)?;
        let key = text.trim().as_bytes().try_into();
        key.map(Self).map_err(|_| KeyError::new(file, "must hold the APIv3 key of 32 characters"))
    }

    /// AEAD_AES_256_GCM, base64.
    pub fn encrypt(&self, nonce: &str, associated: &str, text: &str) -> String {
        let payload = Payload { msg: text.as_bytes(), aad: associated.as_bytes() };
        let sealed = Aes256Gcm::new(&self.0.into()).encrypt(Nonce::from_slice(nonce.as_bytes()), payload);
        STANDARD.encode(sealed.expect("AES-GCM encrypts any text of this size"))
    }

    pub fn decrypt(&self, nonce: &str, associated: &str, sealed: &str) -> Option<String> {
        if nonce.len() != 12 {
            return None;
        }
        let sealed = STANDARD.decode(sealed).ok()?;
        let payload = Payload { msg: &sealed, aad: associated.as_bytes() };
        let open = Aes256Gcm::new(&self.0.into()).decrypt(Nonce::from_slice(nonce.as_bytes()), payload);
        String::from_utf8(open.ok()?).ok()
    }
}
