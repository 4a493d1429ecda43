//! The keys of both sides of WeChat Pay: ours, the platform's, and the secret that notifications are encrypted with.
//! Signing and encrypting as the provider's documents say; both our client and the sandbox use it.

use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::{RsaPrivateKey, RsaPublicKey};

use crate::clock::Clock;
use crate::files::write_secret;

#[derive(Debug, thiserror::Error)]
#[error("the keys of WeChat Pay in {folder}: {problem}")]
pub struct KeyError {
    folder: String,
    problem: String,
}

/// One side's view: its own private key, the other's public key, the common secret.
pub struct Keys {
    signing: SigningKey<Sha256>,
    verifying: VerifyingKey<Sha256>,
    /// The serial number of the own key's certificate.
    pub own_serial: String,
    /// The serial number that the other side signs under.
    pub other_serial: String,
    pub merchant: String,
    secret: [u8; 32],
}

const MERCHANT: (&str, &str) = ("merchant", "4D45524348414E54");
const PLATFORM: (&str, &str) = ("platform", "504C4154464F524D");
const MERCHANT_ID: &str = "1900000001";

impl Keys {
    /// The merchant's view of the folder, which is filled where it is empty.
    pub fn of_merchant(folder: &Path, clock: &dyn Clock) -> Result<Self, KeyError> {
        Self::read(folder, clock, MERCHANT, PLATFORM)
    }

    /// The platform's view of the same folder, for the sandbox.
    pub fn of_platform(folder: &Path, clock: &dyn Clock) -> Result<Self, KeyError> {
        Self::read(folder, clock, PLATFORM, MERCHANT)
    }

    fn read(
        folder: &Path,
        clock: &dyn Clock,
        own: (&str, &str),
        other: (&str, &str),
    ) -> Result<Self, KeyError> {
        let wrong = |problem: String| KeyError { folder: folder.display().to_string(), problem };
        make_missing(folder, clock).map_err(wrong)?;
        let text = |name: String| {
            std::fs::read_to_string(folder.join(&name)).map_err(|error| wrong(format!("{name}: {error}")))
        };
        let private = RsaPrivateKey::from_pkcs8_pem(&text(format!("{}.key.pem", own.0))?);
        let private = private.map_err(|error| wrong(error.to_string()))?;
        let public = RsaPublicKey::from_public_key_pem(&text(format!("{}.pub.pem", other.0))?);
        let public = public.map_err(|error| wrong(error.to_string()))?;
        let mut secret = [0; 32];
        hex::decode_to_slice(text("apiv3.key".into())?.trim(), &mut secret)
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Self {
            signing: SigningKey::new(private),
            verifying: VerifyingKey::new(public),
            own_serial: own.1.to_owned(),
            other_serial: other.1.to_owned(),
            merchant: MERCHANT_ID.to_owned(),
            secret,
        })
    }

    /// SHA256-RSA2048 over the message, base64.
    pub fn sign(&self, message: &str) -> String {
        STANDARD.encode(self.signing.sign(message.as_bytes()).to_bytes())
    }

    /// Whether the other side signed the message.
    pub fn verify(&self, message: &[u8], signature: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(signature) else { return false };
        let Ok(signature) = Signature::try_from(bytes.as_slice()) else { return false };
        self.verifying.verify(message, &signature).is_ok()
    }

    /// AEAD_AES_256_GCM, base64.
    pub fn encrypt(&self, nonce: &str, associated: &str, text: &str) -> String {
        let payload = Payload { msg: text.as_bytes(), aad: associated.as_bytes() };
        let sealed =
            Aes256Gcm::new(&self.secret.into()).encrypt(Nonce::from_slice(nonce.as_bytes()), payload);
        STANDARD.encode(sealed.expect("AES-GCM encrypts any text of this size"))
    }

    pub fn decrypt(&self, nonce: &str, associated: &str, sealed: &str) -> Option<String> {
        if nonce.len() != 12 {
            return None;
        }
        let sealed = STANDARD.decode(sealed).ok()?;
        let payload = Payload { msg: &sealed, aad: associated.as_bytes() };
        let open = Aes256Gcm::new(&self.secret.into()).decrypt(Nonce::from_slice(nonce.as_bytes()), payload);
        String::from_utf8(open.ok()?).ok()
    }
}

fn make_missing(folder: &Path, clock: &dyn Clock) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    if folder.join("apiv3.key").exists() {
        return Ok(());
    }
    // Two processes may start at once: each fills a folder of its own, and the first to rename wins.
    let made = folder.join(format!(".new-{}", hex::encode(clock.random::<8>())));
    std::fs::create_dir_all(&made).map_err(|error| error.to_string())?;
    for (name, _) in [MERCHANT, PLATFORM] {
        let key = RsaPrivateKey::new(&mut Chance(clock), 2048).map_err(|error| error.to_string())?;
        let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
        let public =
            key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|error| error.to_string())?;
        write_secret(&made.join(format!("{name}.key.pem")), &private).map_err(|error| error.to_string())?;
        std::fs::write(made.join(format!("{name}.pub.pem")), public).map_err(|error| error.to_string())?;
    }
    write_secret(&made.join("apiv3.key"), &hex::encode(clock.random::<32>()))
        .map_err(|error| error.to_string())?;
    let lock = folder.join("made");
    if std::fs::create_dir(&lock).is_ok() {
        for file in
            ["merchant.key.pem", "merchant.pub.pem", "platform.key.pem", "platform.pub.pem", "apiv3.key"]
        {
            std::fs::rename(made.join(file), folder.join(file)).map_err(|error| error.to_string())?;
        }
    }
    std::fs::remove_dir_all(&made).map_err(|error| error.to_string())?;
    for _ in 0..100 {
        if folder.join("apiv3.key").exists() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Err("another process began to make them and did not end".into())
}

/// The clock's chance, as the key generator wants it.
struct Chance<'a>(&'a dyn Clock);

impl CryptoRng for Chance<'_> {}

impl RngCore for Chance<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_be_bytes(self.0.random())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_be_bytes(self.0.random())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}
