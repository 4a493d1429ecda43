//! The command line for keys: making, adding, retiring and listing them. Secrets are never printed.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use rules::calendar;

use super::{KeyName, KeyStore, file_fault, wrong};
use crate::clock::{Clock, SystemClock};
use crate::config::DatabaseSettings;
use crate::db::{Fault, Store, keys};
use crate::files;
use crate::sealing::{Sealer, derived_look_up, entries, is_key_id};
use crate::signing::{Signer, entry_id, retired_entry};

#[derive(Args, Clone, Debug)]
pub struct KeyCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand, Clone, Debug)]
enum Act {
    /// Make the key files that are missing, for a new database.
    Make(DatabaseSettings),
    /// Write the look-up key that earlier versions derived from the oldest sealing key.
    DeriveLookUp(DatabaseSettings),
    /// Put a new key in front of a key file; it is used from the next start on.
    Add(Addition),
    /// Take an old key out of its file: a sealing key that nothing is sealed with, or the secret of a receipt key.
    Retire(Retirement),
    /// Name the keys that there are, by ID.
    List(DatabaseSettings),
}

#[derive(Args, Clone, Debug)]
struct Addition {
    /// seal or receipts
    ring: KeyName,
    /// 1 to 16 letters or digits. Without it: 8 random ones
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Args, Clone, Debug)]
struct Retirement {
    /// seal or receipts
    ring: KeyName,
    id: String,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub async fn run(command: KeyCommand) -> ExitCode {
    let done = match command.act {
        Act::Make(settings) => make(&KeyStore::of(&settings), &SystemClock),
        Act::DeriveLookUp(settings) => derive_look_up(&KeyStore::of(&settings)),
        Act::Add(addition) => add(&addition, &SystemClock),
        Act::Retire(retirement) => retire(&retirement, &SystemClock).await,
        Act::List(settings) => list(&KeyStore::of(&settings)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::error!("{fault}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the files are this command's answer")]
fn make(keys: &KeyStore, clock: &dyn Clock) -> Result<(), Fault> {
    for name in KeyName::ALL {
        if keys.read(name)?.is_some() {
            println!("{} is there already", name.file());
        } else {
            keys.write(name, &name.new_key(clock, None))?;
            println!("{} made: keep a copy apart from the data", keys.path(name).display());
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the file is this command's answer")]
fn derive_look_up(keys: &KeyStore) -> Result<(), Fault> {
    let seal = keys.read(KeyName::Seal)?.ok_or_else(|| keys.missing(KeyName::Seal))?;
    keys.write(KeyName::LookUp, &derived_look_up(&seal).map_err(wrong)?)?;
    println!("{} written: keep a copy apart from the data", keys.path(KeyName::LookUp).display());
    Ok(())
}

/// The text of a key file that may be changed.
fn ring_file(keys: &KeyStore, name: KeyName) -> Result<String, Fault> {
    if name == KeyName::LookUp {
        return Err(Fault::Internal("there is one look-up key, and it stays".into()));
    }
    let path = keys.path(name);
    std::fs::read_to_string(&path).map_err(|error| file_fault(&path, &error))
}

#[expect(clippy::print_stdout, reason = "the ID is this command's answer")]
fn add(addition: &Addition, clock: &dyn Clock) -> Result<(), Fault> {
    let (keys, name) = (KeyStore::of(&addition.database), addition.ring);
    if addition.id.as_deref().is_some_and(|id| !is_key_id(id)) {
        return Err(Fault::Internal("an ID has 1 to 16 ASCII letters or digits".into()));
    }
    let old = ring_file(&keys, name)?;
    let entry = name.new_key(clock, addition.id.as_deref());
    let new = format!("{entry}\n{}\n", entries(&old).collect::<Vec<_>>().join("\n"));
    replace(&keys, name, &new)?;
    println!("{} added to {}", id_of(&entry), keys.path(name).display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the ID is this command's answer")]
async fn retire(retirement: &Retirement, clock: &dyn Clock) -> Result<(), Fault> {
    let (keys, name, id) = (KeyStore::of(&retirement.database), retirement.ring, &retirement.id);
    let old = ring_file(&keys, name)?;
    if name == KeyName::Seal {
        let store = Store::open(&retirement.database.database_url).await?;
        let checks = keys::checks(&mut *store.read().await?).await?;
        if checks.iter().any(|(name, _)| *name == format!("seal:{id}")) {
            return Err(Fault::Internal(format!("key {id} is in use: `server reseal` first")));
        }
    }
    let today = calendar::local(clock.now()).date();
    let mut found = false;
    let kept: Vec<String> = entries(&old)
        .filter_map(|entry| {
            let known =
                if name == KeyName::Receipts { entry_id(entry) } else { Some(id_of(entry).to_owned()) };
            if known.as_ref() != Some(id) {
                return Some(entry.to_owned());
            }
            found = true;
            if name == KeyName::Receipts { retired_entry(entry, today) } else { None }
        })
        .collect();
    if !found {
        return Err(Fault::Internal(format!("{} has no key {id}", keys.path(name).display())));
    }
    replace(&keys, name, &format!("{}\n", kept.join("\n")))?;
    println!("{id} retired");
    Ok(())
}

/// Writes a ring that the program could start with, and nothing else.
fn replace(keys: &KeyStore, name: KeyName, text: &str) -> Result<(), Fault> {
    match name {
        KeyName::Receipts => drop(Signer::from_keys(text).map_err(wrong)?),
        KeyName::Seal | KeyName::LookUp => drop(Sealer::from_keys(text).map_err(wrong)?),
    }
    let path = keys.path(name);
    files::replace_secret(&path, text).map_err(|error| file_fault(&path, &error))
}

#[expect(clippy::print_stdout, reason = "the list is this command's answer")]
fn list(keys: &KeyStore) -> Result<(), Fault> {
    if let (Some(seal), Some(look_up)) = (keys.read(KeyName::Seal)?, keys.read(KeyName::LookUp)?) {
        let sealer = Sealer::new(&seal, &look_up).map_err(wrong)?;
        sealer.checks().for_each(|(id, check)| println!("seal {id} check {check}"));
        println!("look-up check {}", sealer.look_up_check());
    }
    if let Some(receipts) = keys.read(KeyName::Receipts)? {
        for key in Signer::from_keys(&receipts).map_err(wrong)?.published() {
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let (first, last) = (day(key.first_day), day(key.last_day));
            println!("receipts {} public {} from {first} to {last}", key.id, key.public_key);
        }
    }
    Ok(())
}

fn id_of(entry: &str) -> &str {
    entry.split(':').next().unwrap_or_default()
}
