//! Makes the manifests of feed files, as a registry does before it sends them, and the keys that sign them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use ed25519_dalek::SigningKey;

use super::batch::Running;
use super::folder;
use super::manifest::Manifest;
use crate::clock::{Clock, SystemClock};
use crate::files;

#[derive(Args, Clone, Debug)]
pub struct FeedCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand, Clone, Debug)]
enum Act {
    /// Make the key of a source: the secret goes into the file, the public key is printed for the settings.
    Key { file: PathBuf },
    /// Write a signed manifest beside each feed file.
    Sign(Signing),
}

#[derive(Args, Clone, Debug)]
struct Signing {
    /// Feed files, or folders of *.ndjson files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The source's id in the settings of the receiver.
    #[arg(long)]
    source: String,
    /// The number of the first file; the others follow. No number is ever used for another content.
    #[arg(long)]
    sequence: i64,
    /// The file of the source's secret key.
    #[arg(long)]
    key: PathBuf,
}

pub fn run(command: FeedCommand) -> ExitCode {
    let done = match command.act {
        Act::Key { file } => {
            make_key(&file, &SystemClock).map_err(|error| format!("{}: {error}", file.display()))
        }
        Act::Sign(signing) => sign_all(&signing),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the public key is this command's answer")]
fn make_key(file: &Path, clock: &dyn Clock) -> io::Result<()> {
    let secret = clock.random::<32>();
    files::write_secret(file, &format!("{}\n", hex::encode(secret)))?;
    let public = SigningKey::from_bytes(&secret).verifying_key();
    println!("public_key = \"{}\"", hex::encode(public.as_bytes()));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the manifests are this command's answer")]
fn sign_all(signing: &Signing) -> Result<(), String> {
    let text = std::fs::read_to_string(&signing.key);
    let text = text.map_err(|error| format!("{}: {error}", signing.key.display()))?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|_| format!("{}: not 64 hex digits", signing.key.display()))?;
    let key = SigningKey::from_bytes(&secret);
    let mut sequence = signing.sequence;
    for path in &signing.paths {
        let wrong = |error: io::Error| format!("{}: {error}", path.display());
        let feeds = if path.is_dir() { folder::feed_files(path).map_err(wrong)? } else { vec![path.clone()] };
        for feed in feeds {
            let manifest = sign(&feed, &signing.source, sequence, &key)
                .map_err(|error| format!("{}: {error}", feed.display()))?;
            println!("{} sequence {sequence}", manifest.display());
            sequence += 1;
        }
    }
    Ok(())
}

/// Writes the manifest of the file as it is now, and gives its path.
pub fn sign(feed: &Path, source: &str, sequence: i64, key: &SigningKey) -> io::Result<PathBuf> {
    let mut file = File::open(feed)?;
    let length = file.metadata()?.len();
    let running =
        Running::of(&mut file, length)?.ok_or_else(|| io::Error::other("the file became shorter"))?;
    let manifest = Manifest::signed(source, sequence, length, &running.sha256(), key);
    let path = Manifest::path_of(feed);
    std::fs::write(&path, format!("{}\n", serde_json::to_string(&manifest)?))?;
    Ok(path)
}
