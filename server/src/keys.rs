//! The program's own keys: where they are, when they are made, and whether they are those of the database.

pub mod command;
mod fit;
pub mod reseal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rules::calendar;

use crate::clock::Clock;
use crate::config::DatabaseSettings;
use crate::db::{Fault, Store};
use crate::files;
use crate::sealing::{Sealer, derived_look_up};
use crate::signing::{Signer, new_entry};
use fit::Fit;

#[derive(Args, Clone, Debug, Default)]
pub struct KeySettings {
    /// The folder of the key files seal.key, look-up.key and receipts.key. Without it: DATA
    #[arg(long = "key-folder", env = "LUTONG_KEY_FOLDER")]
    pub folder: Option<PathBuf>,
    /// Keys that seal personal text, `ID:64 hex digits`, newest first, separated by commas. Without it: seal.key
    #[arg(long = "seal-keys", env = "LUTONG_SEAL_KEYS", hide_env_values = true)]
    pub seal: Option<String>,
    /// The key that people and phones are looked up by, 64 hex digits. Without it: look-up.key
    #[arg(long = "look-up-key", env = "LUTONG_LOOK_UP_KEY", hide_env_values = true)]
    pub look_up: Option<String>,
    /// Keys that sign receipts, `ID:secret:64 hex digits:FIRST DAY`, newest first, separated by commas.
    /// Without it: receipts.key
    #[arg(long = "receipt-keys", env = "LUTONG_RECEIPT_KEYS", hide_env_values = true)]
    pub receipts: Option<String>,
}

/// One of the keys: its file, its setting, and how it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum KeyName {
    Seal,
    LookUp,
    Receipts,
}

impl KeyName {
    pub const ALL: [Self; 3] = [Self::Seal, Self::LookUp, Self::Receipts];

    pub fn file(self) -> &'static str {
        match self {
            Self::Seal => "seal.key",
            Self::LookUp => "look-up.key",
            Self::Receipts => "receipts.key",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Self::Seal => "LUTONG_SEAL_KEYS",
            Self::LookUp => "LUTONG_LOOK_UP_KEY",
            Self::Receipts => "LUTONG_RECEIPT_KEYS",
        }
    }

    /// The text of a new key.
    pub fn new_key(self, clock: &dyn Clock, id: Option<&str>) -> String {
        let random_id = hex::encode(clock.random::<4>());
        let id = id.unwrap_or(&random_id);
        match self {
            Self::Seal => format!("{id}:{}", hex::encode(clock.random::<32>())),
            Self::LookUp => hex::encode(clock.random::<32>()),
            Self::Receipts => new_entry(id, clock.random(), calendar::local(clock.now()).date()),
        }
    }
}

/// The settings with the folder that they leave open.
pub struct KeyStore {
    folder: PathBuf,
    settings: KeySettings,
}

impl KeyStore {
    pub fn of(database: &DatabaseSettings) -> Self {
        let settings = database.keys.clone();
        Self { folder: settings.folder.clone().unwrap_or_else(|| database.data.clone()), settings }
    }

    pub fn path(&self, name: KeyName) -> PathBuf {
        self.folder.join(name.file())
    }

    fn setting(&self, name: KeyName) -> Option<&String> {
        match name {
            KeyName::Seal => self.settings.seal.as_ref(),
            KeyName::LookUp => self.settings.look_up.as_ref(),
            KeyName::Receipts => self.settings.receipts.as_ref(),
        }
    }

    /// The text of the setting, else of the file; none where there is neither.
    pub fn read(&self, name: KeyName) -> Result<Option<String>, Fault> {
        if let Some(text) = self.setting(name) {
            return Ok(Some(text.clone()));
        }
        let path = self.path(name);
        let failed = |error| file_fault(&path, &error);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                if let Err(error) = files::make_private(&path) {
                    tracing::warn!(%error, file = %path.display(), "others may read this key file");
                }
                Ok(Some(text.trim().to_owned()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Names the keys that are neither in a setting nor in a file, one sentence each.
    pub fn absent(&self) -> Vec<String> {
        let absent = |name: &KeyName| self.setting(*name).is_none() && !self.path(*name).is_file();
        let names = KeyName::ALL.into_iter().filter(absent);
        names.map(|name| format!("{}: {} is missing", name.setting(), self.path(name).display())).collect()
    }

    /// Writes a key that was missing.
    pub fn write(&self, name: KeyName, text: &str) -> Result<(), Fault> {
        let path = self.path(name);
        let failed = |error| file_fault(&path, &error);
        std::fs::create_dir_all(&self.folder).map_err(failed)?;
        files::write_secret(&path, &format!("{text}\n")).map_err(failed)
    }

    /// The key's text; a missing one is made where `may_make` says so, else it is an error that names the remedies.
    fn read_or_make(
        &self,
        name: KeyName,
        may_make: bool,
        make: impl FnOnce() -> Result<String, Fault>,
    ) -> Result<String, Fault> {
        if let Some(text) = self.read(name)? {
            return Ok(text);
        }
        if !may_make {
            return Err(self.missing(name));
        }
        let text = make()?;
        self.write(name, &text)?;
        tracing::warn!(file = %self.path(name).display(), "made a new key for development");
        Ok(text)
    }

    fn missing(&self, name: KeyName) -> Fault {
        let (file, setting) = (self.path(name), name.setting());
        let derived = match name {
            KeyName::LookUp => " or, for a database of a version before it, `server keys derive-look-up`",
            KeyName::Seal | KeyName::Receipts => "",
        };
        Fault::Internal(format!(
            "no key in {setting} or {}: restore it from the backup of the keys; for a new database \
             `server keys make` makes all keys{derived}",
            file.display()
        ))
    }
}

pub fn file_fault(path: &Path, error: &std::io::Error) -> Fault {
    Fault::Internal(format!("{}: {error}", path.display()))
}

/// The data folder, and the database in it, for the own user alone.
fn keep_data_private(settings: &DatabaseSettings) -> Result<(), Fault> {
    let data = &settings.data;
    std::fs::create_dir_all(data).map_err(|error| file_fault(data, &error))?;
    let file = settings.database_url.strip_prefix("sqlite://").and_then(|rest| rest.split('?').next());
    for path in file.into_iter().flat_map(|file| ["", "-wal", "-shm"].map(|end| format!("{file}{end}"))) {
        let path = PathBuf::from(path);
        files::make_private(&path).map_err(|error| file_fault(&path, &error))?;
    }
    Ok(())
}

/// Opens the store with the keys that it was written with. In development they are made for a store without sealed
/// text; elsewhere a missing key is an error.
pub async fn open(
    settings: &DatabaseSettings,
    development: bool,
    clock: &dyn Clock,
) -> Result<(Store, Arc<Sealer>), Fault> {
    keep_data_private(settings)?;
    let (keys, store) = (KeyStore::of(settings), Store::open(&settings.database_url).await?);
    let fit = Fit::of(&store).await?;
    let may_make = development && !fit.has_sealed_text();
    let seal = keys.read_or_make(KeyName::Seal, may_make, || Ok(KeyName::Seal.new_key(clock, None)))?;
    let derived = fit.is_before_look_up_keys();
    let look_up = keys.read_or_make(KeyName::LookUp, may_make || (development && derived), || {
        if derived { derived_look_up(&seal).map_err(wrong) } else { Ok(KeyName::LookUp.new_key(clock, None)) }
    })?;
    let sealer = Sealer::new(&seal, &look_up).map_err(wrong)?;
    fit.check_sealer(&store, &sealer, clock).await?;
    Ok((store, Arc::new(sealer)))
}

/// The keys of receipts. In development one is made where no receipt was ever signed.
pub async fn signer(
    settings: &DatabaseSettings,
    store: &Store,
    development: bool,
    clock: &dyn Clock,
) -> Result<Signer, Fault> {
    let (keys, fit) = (KeyStore::of(settings), Fit::of(store).await?);
    let may_make = development && !fit.has_receipts();
    let text =
        keys.read_or_make(KeyName::Receipts, may_make, || Ok(KeyName::Receipts.new_key(clock, None)))?;
    let signer = Signer::from_keys(&text).map_err(wrong)?;
    fit.check_signer(store, &signer, clock).await?;
    Ok(signer)
}

fn wrong(error: impl std::fmt::Display) -> Fault {
    Fault::Internal(format!("the keys: {error}"))
}
