//! Imports one file: batch after batch, each with the file's new position in one transaction, so that a crash at any
//! point goes on exactly where the store stands. Which files there are, it does not know.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::AnyConnection;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use tokio::sync::mpsc;

use super::batch::{Batch, Batches, Head};
use super::counts::Counts;
use super::fact::Kind;
use super::rejected::SideFile;
use super::tables::TABLES;
use crate::clock::Clock;
use crate::db::feed::{self, Advance, FileRow};
use crate::db::{Fault, Store};
use crate::sealing::Sealer;

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("{}: another import is reading it", path.display())]
    Contended { path: PathBuf },
    #[error(transparent)]
    Store(#[from] Fault),
}

/// How far a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub bytes_read: u64,
    pub bytes_total: u64,
    pub lines_read: u64,
}

#[derive(Clone)]
pub struct Importer {
    pub store: Store,
    pub sealer: Arc<Sealer>,
    pub clock: Arc<dyn Clock>,
}

impl Importer {
    /// Reads what the file has beyond what was read of it before, and tells after each batch how far it came; told to
    /// break there, it stops. A line without its newline waits until the newline comes.
    pub async fn import_file(
        &self,
        path: &Path,
        mut progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Counts, ImportError> {
        let failed = |error| ImportError::File { path: path.to_owned(), error };
        let path = path.canonicalize().map_err(failed)?;
        let name = path.to_string_lossy().into_owned();
        let mut file = File::open(&path).map_err(failed)?;
        let (row, head) = self.start(&name, &mut file).await?;
        let unsigned = |stored: i64| u64::try_from(stored).unwrap_or_default();
        let mut side = SideFile::of(&path, unsigned(row.side_bytes)).map_err(failed)?;
        let batches = Batches {
            path: path.clone(),
            bytes_read: unsigned(row.bytes_read),
            lines_read: unsigned(row.lines_read),
            head,
            sealer: Arc::clone(&self.sealer),
            clock: Arc::clone(&self.clock),
        };
        let (sender, mut receiver) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || batches.send(&sender));
        let (mut counts, mut at) = (Counts::default(), row.bytes_read);
        while let Some(batch) = receiver.recv().await {
            let batch = batch.map_err(failed)?;
            side.append(&batch.rejected)
                .map_err(|error| ImportError::File { path: side.path().to_owned(), error })?;
            let (bytes_read, lines_read) = (batch.bytes_read, batch.lines_read);
            fail::fail_point!("feed.before-batch");
            let written = self.write(&name, at, batch, side.bytes()).await?;
            fail::fail_point!("feed.after-batch");
            counts.add(&written.ok_or_else(|| ImportError::Contended { path: path.clone() })?);
            at = signed(bytes_read);
            let bytes_total = file.metadata().map_err(failed)?.len().max(bytes_read);
            if progress(Progress { bytes_read, bytes_total, lines_read }).is_break() {
                return Ok(counts);
            }
        }
        counts.unfinished = file.metadata().map_err(failed)?.len().saturating_sub(unsigned(at));
        self.finish(name, at).await?;
        Ok(counts)
    }

    /// Where to go on: where the store says, when the file still begins as it did; else at the beginning.
    async fn start(&self, name: &str, file: &mut File) -> Result<(FileRow, Head), ImportError> {
        let failed = |error| ImportError::File { path: name.into(), error };
        let known = feed::find_file(&mut *self.store.read().await?, name).await.map_err(Fault::from)?;
        if let Some(row) = known {
            let read = u64::try_from(row.bytes_read).unwrap_or_default();
            let long_enough = file.metadata().map_err(failed)?.len() >= read;
            let head = Head::of(file, read).map_err(failed)?.filter(|_| long_enough);
            let same = |head: &Head| read == 0 || head.fingerprint(&self.sealer) == row.fingerprint;
            if let Some(head) = head.filter(same) {
                return Ok((row, head));
            }
        }
        let name = name.to_owned();
        let begun = self.store.write(move |connection| {
            let name = name.clone();
            Box::pin(async move { Ok(feed::begin_file(connection, &name).await?) })
        });
        begun.await?;
        Ok((FileRow::default(), Head::default()))
    }

    /// Writes the batch and the new position. None when the file stands elsewhere by now.
    async fn write(
        &self,
        name: &str,
        from: i64,
        batch: Batch,
        side_bytes: u64,
    ) -> Result<Option<Counts>, Fault> {
        let (name, batch, now) = (name.to_owned(), Arc::new(batch), self.clock.now().timestamp_millis());
        let written = self.store.write(move |connection| {
            let (name, batch) = (name.clone(), Arc::clone(&batch));
            Box::pin(async move {
                let counts = write_facts(connection, &batch, now).await?;
                let total = counts.total();
                let advance = Advance {
                    from,
                    fingerprint: batch.fingerprint.clone(),
                    bytes_read: signed(batch.bytes_read),
                    lines_read: signed(batch.lines_read),
                    side_bytes: signed(side_bytes),
                    accepted: signed(total.accepted),
                    outdated: signed(total.outdated),
                    rejected: signed(total.rejected),
                };
                if feed::advance_file(connection, &name, &advance).await? {
                    Ok(counts)
                } else {
                    Err(Fault::Internal(CONTENDED.into()))
                }
            })
        });
        match written.await {
            Ok(counts) => Ok(Some(counts)),
            Err(Fault::Internal(reason)) if reason == CONTENDED => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn finish(&self, name: String, at: i64) -> Result<(), Fault> {
        let now = self.clock.now().timestamp_millis();
        let finished = self.store.write(move |connection| {
            let name = name.clone();
            Box::pin(async move { Ok(feed::finish_file(connection, &name, at, now).await?) })
        });
        finished.await
    }
}

/// Takes the batch back when another import moved the file meanwhile.
const CONTENDED: &str = "the feed file stands elsewhere";

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn write_facts(connection: &mut AnyConnection, batch: &Batch, now: i64) -> Result<Counts, Fault> {
    let mut counts = batch.counts.clone();
    if let Some(newest) = batch.newest {
        feed::synchronised(connection, newest).await?;
    }
    for kind in Kind::ALL {
        let mut accepted = 0;
        for wave in &batch.waves[kind as usize] {
            let written = feed::write(connection, &TABLES[kind as usize], wave).await?;
            accepted += written.accepted;
            if kind == Kind::CameraRecord {
                tell_orders(connection, &written.given, now).await?;
            }
        }
        counts.read(kind, batch.lines_of(kind), accepted);
    }
    Ok(counts)
}

/// An order that holds a record which somebody processed elsewhere hears of it.
async fn tell_orders(connection: &mut AnyConnection, given: &[AnyRow], now: i64) -> Result<(), Fault> {
    for row in given {
        let (state, registry): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        if state != "held" || registry != "processed-elsewhere" {
            continue;
        }
        let (vehicle, record): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (person, order): (String, String) = (row.try_get(4)?, row.try_get(5)?);
        let id = format!("registry:{order}:{record}");
        let body = serde_json::json!({
            "person": person, "order": order, "vehicle": vehicle, "record": record,
        });
        feed::tell_order(connection, &id, &body.to_string(), now).await?;
    }
    Ok(())
}
