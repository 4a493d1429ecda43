//! Watches a folder for feed files, new and grown. Looking every two seconds works on every file system, network
//! shares too; being told by the kernel does not.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::import::Importer;
use super::manifest::Manifest;

const PAUSE: Duration = Duration::from_secs(2);

/// What tells a grown or replaced file from one that was read: its length and time, and those of its manifest.
type Look = [(u64, Option<SystemTime>); 2];

/// The feed files of a folder, by name. Links are passed over.
pub fn feed_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let regular = path.symlink_metadata().is_ok_and(|known| known.is_file());
        if regular && path.extension().is_some_and(|ending| ending == "ndjson") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the folder's files as they come and grow, until told to stop. A failure is logged and tried again.
pub async fn watch(importer: Importer, folder: PathBuf, stop: CancellationToken) {
    let mut seen = BTreeMap::new();
    while !stop.is_cancelled() {
        if let Err(error) = look(&importer, &folder, &mut seen, &stop).await {
            tracing::error!(%error, folder = %folder.display(), "the feed folder could not be read");
        }
        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }
}

async fn look(
    importer: &Importer,
    folder: &Path,
    seen: &mut BTreeMap<PathBuf, Look>,
    stop: &CancellationToken,
) -> io::Result<()> {
    let files = feed_files(folder)?;
    seen.retain(|path, _| files.contains(path));
    for path in files {
        let now: Look = [&path, &Manifest::path_of(&path)].map(|path| {
            let known = path.symlink_metadata().ok();
            known.map_or((0, None), |known| (known.len(), known.modified().ok()))
        });
        if seen.get(&path) == Some(&now) {
            continue;
        }
        let go_on = |_| if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        match importer.import_file(&path, go_on).await {
            Ok(counts) => {
                let total = counts.total();
                let (accepted, outdated, rejected) = (total.accepted, total.outdated, total.rejected);
                if counts.lines() > 0 {
                    tracing::info!(file = %path.display(), accepted, outdated, rejected, "read a feed file");
                }
                seen.insert(path, now);
            }
            Err(error) => tracing::error!(%error, "a feed file"),
        }
        if stop.is_cancelled() {
            break;
        }
    }
    Ok(())
}
