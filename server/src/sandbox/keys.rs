//! Makes the keys of both sides for the sandbox. The merchant's side of the folder is what a real merchant has; the
//! platform's private keys are in a folder of their own.

use std::path::{Path, PathBuf};

use pem::Pem;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, date_time_ymd};

use crate::clock::Clock;
use crate::files::write_secret;
use crate::gateways::wechat::keys::{
    KeyError, PLATFORM, PRIVATE_KEY, SECRET, Secret, SigningKey, VerifyingKeys,
};
use crate::gateways::wechat::settings::SANDBOX_SERIAL;

/// The platform's first certificate, the one that replaces it, and the public key that needs no certificate.
pub const FIRST: &str = "6C75746F6E670000000000000000000000000002";
pub const SECOND: &str = "6C75746F6E670000000000000000000000000003";
pub const PUBLIC_KEY: &str = "PUB_KEY_ID_0119000000012026000000000000000001";
/// The platform's own folder within the merchant's.
const OWN: &str = "sandbox";
const MERCHANT_PUBLIC: &str = "merchant.pub.pem";
/// The years at whose beginning the certificates become and cease to be good.
const VALID: (i32, i32) = (2020, 2045);

/// The platform's view of the keys.
pub struct PlatformKeys {
    keys: Vec<SigningKey>,
    pub merchant: VerifyingKeys,
    pub secret: Secret,
    folder: PathBuf,
}

impl PlatformKeys {
    pub fn open(folder: &Path, clock: &dyn Clock) -> Result<Self, KeyError> {
        make_missing(folder, clock)?;
        let own = folder.join(OWN);
        let mut merchant = VerifyingKeys::default();
        merchant.insert(SANDBOX_SERIAL, &own.join(MERCHANT_PUBLIC))?;
        let keys = [FIRST, SECOND, PUBLIC_KEY];
        let keys = keys.map(|serial| SigningKey::from_file(serial, &own.join(format!("{serial}.key.pem"))));
        Ok(Self {
            keys: keys.into_iter().collect::<Result<_, _>>()?,
            merchant,
            secret: Secret::from_file(&folder.join(SECRET))?,
            folder: folder.to_owned(),
        })
    }

    pub fn key(&self, serial: &str) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.serial == serial)
    }

    pub fn certificate(&self, serial: &str) -> Result<String, KeyError> {
        crate::gateways::wechat::keys::read(&self.folder.join(PLATFORM).join(format!("{serial}.pem")))
    }
}

/// Where the sandbox keeps its journal.
pub fn journal(folder: &Path) -> PathBuf {
    folder.join(OWN).join("till.ndjson")
}

/// Fills the folder where it is missing or empty. Two processes may start at once: each fills a folder of its own, and
/// the first to rename it wins.
pub fn make_missing(folder: &Path, clock: &dyn Clock) -> Result<(), KeyError> {
    let wrong = |error: &dyn std::fmt::Display| KeyError::new(folder, error);
    if folder.join(SECRET).exists() {
        return Ok(());
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let made = folder.with_file_name(format!(".{name}-{}", hex::encode(clock.random::<8>())));
    make(&made, clock)?;
    let renamed = std::fs::rename(&made, folder);
    if renamed.is_err() {
        std::fs::remove_dir_all(&made).map_err(|error| wrong(&error))?;
    }
    match renamed {
        Err(_) if folder.join(SECRET).exists() => Ok(()),
        renamed => renamed.map_err(|error| wrong(&format!("the new keys have no room here: {error}"))),
    }
}

fn make(folder: &Path, clock: &dyn Clock) -> Result<(), KeyError> {
    let wrong = |error: &dyn std::fmt::Display| KeyError::new(folder, error);
    let write =
        |file: &str, text: &str| std::fs::write(folder.join(file), text).map_err(|error| wrong(&error));
    let secret =
        |file: &str, text: &str| write_secret(&folder.join(file), text).map_err(|error| wrong(&error));
    for inner in [PLATFORM, OWN] {
        std::fs::create_dir_all(folder.join(inner)).map_err(|error| wrong(&error))?;
    }
    let new =
        || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).map_err(|error| wrong(&error));
    let merchant = new()?;
    secret(PRIVATE_KEY, &merchant.serialize_pem())?;
    write(&format!("{OWN}/{MERCHANT_PUBLIC}"), &merchant.public_key_pem())?;
    for serial in [FIRST, SECOND] {
        let key = new()?;
        secret(&format!("{OWN}/{serial}.key.pem"), &key.serialize_pem())?;
        let certificate = certificate(serial, &key).map_err(|error| wrong(&error))?;
        write(&format!("{PLATFORM}/{serial}.pem"), &certificate)?;
    }
    let key = new()?;
    secret(&format!("{OWN}/{PUBLIC_KEY}.key.pem"), &key.serialize_pem())?;
    write(&format!("{PLATFORM}/{PUBLIC_KEY}.pem"), &key.public_key_pem())?;
    secret(SECRET, &hex::encode(clock.random::<16>()))
}

fn certificate(serial: &str, key: &KeyPair) -> Result<String, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(VALID.0, 1, 1);
    params.not_after = date_time_ymd(VALID.1, 1, 1);
    params.serial_number = hex::decode(serial).ok().map(Into::into);
    params.distinguished_name.push(DnType::CommonName, "WeChat Pay sandbox");
    let certificate = params.self_signed(key)?;
    Ok(pem::encode(&Pem::new("CERTIFICATE", certificate.der().to_vec())))
}

/// The moments between which the certificates are good.
pub fn validity() -> (String, String) {
    let begins = |year: i32| format!("{year}-01-01T08:00:00+08:00");
    (begins(VALID.0), begins(VALID.1))
}
