//! Makes a plausible registry of any size with named people in it, as feed files, and reads it through the same import
//! as any registry's. Nothing of it is anybody's.

pub mod accounts;
pub mod names;
pub mod people;
pub mod picture;
pub mod population;
pub mod shapes;
pub mod teller;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Args;
use ed25519_dalek::SigningKey;
use rules::calendar;

use crate::config::{DatabaseSettings, DevelopmentSettings};
use crate::db::{self, Fault};
use crate::feed::scope::Scope;
use crate::feed::sign::sign;
use crate::feed::sources::Source;
use crate::feed::{self, Desk, ImportError, Importer, write::to_line};
use crate::keys;
use people::DemoPerson;
use population::Population;

/// The name under which the demo signs its feed.
const SOURCE: &str = "demo";

#[derive(Args, Clone, Debug)]
pub struct DemoSettings {
    /// How many unnamed people there are beside the named ones.
    #[arg(long, default_value_t = 200)]
    pub size: u64,
    /// Another seed makes other people.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where the feed files are written. Without it: DATA/demo
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseSettings,
    #[command(flatten)]
    pub environment: DevelopmentSettings,
}

/// Writes the files, imports them, makes the accounts and the pictures, and prints who there is.
pub async fn run(settings: DemoSettings) -> ExitCode {
    match make(&settings).await {
        Ok(people) => {
            introduce(&people);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn make(settings: &DemoSettings) -> Result<Vec<DemoPerson>, ImportError> {
    settings.environment.require("demo")?;
    let clock = settings.environment.clock()?;
    let today = calendar::local(clock.now()).date();
    let out = settings.out.clone().unwrap_or_else(|| settings.database.data.join("demo"));
    let failed = |error| ImportError::File { path: out.clone(), error };
    let (paths, people) = write_files(&out, settings.size, settings.seed, today).map_err(failed)?;
    picture::write_all(&settings.database.data.join("evidence")).map_err(failed)?;
    // A registry of development: where there are no keys yet they are made.
    let (store, sealer) = keys::open(&settings.database, true, &*clock).await?;
    let key = SigningKey::from_bytes(&clock.random());
    let source = Source { id: SOURCE.into(), key: key.verifying_key(), scope: Scope::everything() };
    let mut sequence =
        db::feed::last_sequence(&mut *store.read().await?, SOURCE).await.map_err(Fault::from)?;
    for path in &paths {
        sequence += 1;
        sign(path, SOURCE, sequence, &key).map_err(failed)?;
    }
    let desk = Desk::open(&settings.database.data, vec![source], false).map_err(failed)?;
    let importer = Importer { store, sealer, clock, desk };
    feed::import_all(&importer, &paths).await?;
    accounts::make(&importer.store, &importer.sealer, &*importer.clock, &people).await?;
    Ok(people)
}

/// Writes the feed of the day's registry: the unnamed people, then the named ones. One household is held at a time.
pub fn write_files(
    folder: &Path,
    size: u64,
    seed: u64,
    today: NaiveDate,
) -> io::Result<(Vec<PathBuf>, Vec<DemoPerson>)> {
    std::fs::create_dir_all(folder)?;
    // Every fact is as of the day's beginning, so that the same day and seed give the same bytes.
    let at = calendar::day_begins(today);
    let (many, named) = (folder.join("registry.ndjson"), folder.join("people.ndjson"));
    let mut file = BufWriter::new(File::create(&many)?);
    let population = Population { seed, today };
    for number in 0..size {
        for fact in population.facts(number) {
            file.write_all(to_line(&fact, at).as_bytes())?;
        }
    }
    file.into_inner()?.sync_data()?;
    let (people, facts) = people::people(today);
    let text: String = facts.iter().map(|fact| to_line(fact, at)).collect();
    std::fs::write(&named, text)?;
    Ok((vec![many, named], people))
}

#[expect(clippy::print_stdout, reason = "the list of people is this command's answer")]
fn introduce(people: &[DemoPerson]) {
    println!("\nEverybody's password is {}.", people::PASSWORD);
    for person in people {
        println!("\n{} {} {} ({})", person.phone, person.name, person.key, person.identity.code());
        println!("  {} {}", person.id_number, person.situation_zh);
        println!("  {}", person.situation_en);
        if !person.refused_by.is_empty() {
            println!("  refused by {}", person.refused_by.join(", "));
        }
    }
}
