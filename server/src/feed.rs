//! Reads the registry's feed: newline-delimited JSON as `docs/feed.md` says, from files or a watched folder.
//! What a fact means for a record, an order or a person is judged elsewhere.

pub mod batch;
pub mod counts;
pub mod desk;
pub mod fact;
pub mod folder;
pub mod import;
pub mod json;
pub mod line;
pub mod manifest;
pub mod reader;
pub mod rejected;
pub mod scope;
pub mod sign;
pub mod sources;
pub mod tables;
pub mod write;

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::config::{DatabaseSettings, DevelopmentSettings};
use crate::db::Fault;
use crate::keys;
use counts::Counts;
pub use desk::Desk;
pub use folder::watch;
pub use import::{ImportError, Importer, Progress};
pub use tables::{file_hash, person_id};

/// Some lines were rejected; the rest was read.
const SOME_REJECTED: u8 = 2;

#[derive(Args, Clone, Debug)]
pub struct ImportSettings {
    /// Feed files, or folders of *.ndjson files.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The registries whose signed files are read, a TOML file as docs/feed.md says.
    #[arg(long, env = "LUTONG_FEED_SOURCES")]
    pub feed_sources: Option<PathBuf>,
    #[command(flatten)]
    pub environment: DevelopmentSettings,
}

/// Imports every path, tells what became of the lines, and ends with 2 when some were rejected.
pub async fn run(settings: ImportSettings) -> ExitCode {
    let imported = async {
        let (environment, clock) = (&settings.environment, settings.environment.clock()?);
        let desk = desk(&settings.database, settings.feed_sources.as_deref(), environment.development)?;
        let (store, sealer) = keys::open(&settings.database, environment.development, &*clock).await?;
        let importer = Importer { store, sealer, clock, desk };
        import_all(&importer, &settings.paths).await
    };
    match imported.await {
        Ok(counts) if counts.total().rejected > 0 => ExitCode::from(SOME_REJECTED),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Where feed files are received, from the sources in the settings' file.
pub fn desk(database: &DatabaseSettings, sources: Option<&Path>, development: bool) -> Result<Desk, Fault> {
    let sources = sources.map(sources::read).transpose().map_err(Fault::Internal)?.unwrap_or_default();
    if sources.is_empty() && !development {
        tracing::warn!("LUTONG_FEED_SOURCES names no source: every feed file will be refused");
    }
    Desk::open(&database.data, sources, development)
        .map_err(|error| Fault::Internal(format!("{}: {error}", database.data.display())))
}

/// Imports files and the feed files of folders, in the order given, and prints the counts.
#[expect(clippy::print_stdout, reason = "the counts are this command's answer")]
pub async fn import_all(importer: &Importer, paths: &[PathBuf]) -> Result<Counts, ImportError> {
    let (began, mut counts) = (Instant::now(), Counts::default());
    for path in paths {
        let failed = |error| ImportError::File { path: path.clone(), error };
        let files =
            if path.is_dir() { folder::feed_files(path).map_err(failed)? } else { vec![path.clone()] };
        for file in files {
            counts.add(&import_with_bar(importer, &file).await?);
        }
    }
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
    println!("{counts}");
    println!("{} lines in {millis} ms, {} lines/s", counts.lines(), counts.lines() * 1000 / millis);
    if counts.unfinished > 0 {
        println!("{} bytes at the end wait for their newline", counts.unfinished);
    }
    Ok(counts)
}

async fn import_with_bar(importer: &Importer, file: &Path) -> Result<Counts, ImportError> {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
    bar.set_style(style.expect("the template is well-formed"));
    bar.set_message(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let counts = importer
        .import_file(file, |progress| {
            bar.set_length(progress.bytes_total);
            bar.set_position(progress.bytes_read);
            ControlFlow::Continue(())
        })
        .await;
    bar.finish_and_clear();
    counts
}
