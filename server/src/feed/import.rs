//! Imports one file: batch after batch, each with the file's new position in one transaction, so that a crash at any
//! point goes on exactly where the store stands. Which files there are, it does not know.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::AnyConnection;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use tokio::sync::mpsc;

use super::batch::{Batch, Batches, RejectedLine, Running};
use super::counts::Counts;
use super::desk::{Admitted, Announced, Desk, Opened};
use super::fact::Kind;
use super::json::Rejection;
use super::manifest::Manifest;
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
    pub desk: Desk,
}

impl Importer {
    /// Reads what the file has beyond what was read of it before, and tells after each batch how far it came; told to
    /// break there, it stops. A line without its newline waits until the newline comes. A file that is refused counts
    /// as one rejected line.
    pub async fn import_file(
        &self,
        path: &Path,
        progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Counts, ImportError> {
        let path = located(path).map_err(|error| ImportError::File { path: path.to_owned(), error })?;
        match self.admit(&path).await? {
            Admission::Known => Ok(Counts::default()),
            Admission::Admitted(admitted) => self.read(&path, admitted, progress).await,
            Admission::Refused(why) => self.refuse(&path, why),
        }
    }

    /// Opens the file where it is signed, or need not be.
    async fn admit(&self, path: &Path) -> Result<Admission, ImportError> {
        let failed = |error| ImportError::File { path: path.to_owned(), error };
        let announced = match self.desk.announced(path).map_err(failed)? {
            Opened::Refused(why) => return Ok(Admission::Refused(why)),
            Opened::Unsigned => {
                return Desk::admit_unsigned(path).map(Admission::Admitted).map_err(failed);
            }
            Opened::Signed(announced) => announced,
        };
        let manifest = &announced.manifest;
        let mut connection = self.store.read().await?;
        let known = feed::find_manifest(&mut connection, &manifest.source, manifest.sequence).await;
        drop(connection);
        match known.map_err(Fault::from)? {
            Some(sha256) if sha256 != manifest.sha256 => return Ok(Admission::Refused(used_again())),
            Some(_) if self.is_read(&announced).await? => return Ok(Admission::Known),
            _ => {}
        }
        let (manifest, desk, feed) = (manifest.clone(), self.desk.clone(), path.to_owned());
        let random = self.clock.random();
        let copied = tokio::task::spawn_blocking(move || desk.admit(&feed, announced, random));
        let copied = copied.await.map_err(|error| Fault::Internal(format!("copying: {error}")))?;
        match copied.map_err(failed)? {
            Err(why) => Ok(Admission::Refused(why)),
            Ok(_) if !self.note(manifest).await? => Ok(Admission::Refused(used_again())),
            Ok(admitted) => Ok(Admission::Admitted(admitted)),
        }
    }

    /// True where every line of the signed file was read before, under whatever name it came.
    async fn is_read(&self, announced: &Announced) -> Result<bool, Fault> {
        let row = feed::find_file(&mut *self.store.read().await?, &announced.name()).await?;
        Ok(row.is_some_and(|row| row.bytes_read == signed(announced.manifest.length)))
    }

    /// Notes the manifest; false where its number stands for another content.
    async fn note(&self, manifest: Manifest) -> Result<bool, Fault> {
        let now = self.clock.now().timestamp_millis();
        let noted = self.store.write(manifest, move |connection, manifest| {
            Box::pin(async move {
                let Manifest { source, sequence, sha256, length, .. } = &manifest;
                feed::note_manifest(connection, source, *sequence, sha256, signed(*length), now).await?;
                let known = feed::find_manifest(connection, source, *sequence).await?;
                Ok(known.as_ref() == Some(sha256))
            })
        });
        noted.await
    }

    /// Tells in the side file why the whole file is not read.
    fn refuse(&self, path: &Path, why: Rejection) -> Result<Counts, ImportError> {
        let failed = |error| ImportError::File { path: path.to_owned(), error };
        tracing::warn!(file = %path.display(), code = why.code, reason = %why.reason, "refused a feed file");
        let mut side = SideFile::of(self.desk.reports(), path, 0).map_err(failed)?;
        let Rejection { code, field, reason } = why;
        let line = RejectedLine { line: 0, offset: 0, kind: None, code, field, reason };
        side.append(&[line]).map_err(failed)?;
        let mut counts = Counts::default();
        counts.reject(None);
        Ok(counts)
    }

    async fn read(
        &self,
        path: &Path,
        admitted: Admitted,
        mut progress: impl FnMut(Progress) -> ControlFlow<()> + Send,
    ) -> Result<Counts, ImportError> {
        let failed = |error| ImportError::File { path: path.to_owned(), error };
        let Admitted { mut file, name, length, scope } = admitted;
        let (row, running) = self.start(&name, &mut file).await?;
        let unsigned = |stored: i64| u64::try_from(stored).unwrap_or_default();
        let side = SideFile::of(self.desk.reports(), path, unsigned(row.side_bytes));
        let mut side = side.map_err(failed)?;
        let batches = Batches {
            file: file.try_clone().map_err(failed)?,
            length: length.unwrap_or(u64::MAX),
            bytes_read: unsigned(row.bytes_read),
            lines_read: unsigned(row.lines_read),
            running,
            scope: scope.clone(),
            sealer: Arc::clone(&self.sealer),
            clock: Arc::clone(&self.clock),
        };
        let (sender, mut receiver) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || batches.send(&sender));
        let (mut counts, mut at) = (Counts::default(), row.bytes_read);
        while let Some(batch) = receiver.recv().await {
            let mut batch = batch.map_err(failed)?;
            if let Some(scope) = &scope {
                let mut connection = self.store.read().await?;
                scope.judge(&mut connection, &self.sealer, &mut batch).await.map_err(Fault::from)?;
            }
            side.append(&batch.rejected)
                .map_err(|error| ImportError::File { path: side.path().to_owned(), error })?;
            let (bytes_read, lines_read) = (batch.bytes_read, batch.lines_read);
            fail::fail_point!("feed.before-batch");
            let written = self.write(&name, at, batch, side.bytes()).await?;
            fail::fail_point!("feed.after-batch");
            counts.add(&written.ok_or_else(|| ImportError::Contended { path: path.to_owned() })?);
            at = signed(bytes_read);
            let bytes_total = total(&file, length).map_err(failed)?.max(bytes_read);
            if progress(Progress { bytes_read, bytes_total, lines_read }).is_break() {
                return Ok(counts);
            }
        }
        counts.unfinished = total(&file, length).map_err(failed)?.saturating_sub(unsigned(at));
        self.finish(name, at).await?;
        Ok(counts)
    }

    /// Where to go on: where the store says, when everything that was read still is as it was; else at the beginning.
    async fn start(&self, name: &str, file: &mut File) -> Result<(FileRow, Running), ImportError> {
        let known = feed::find_file(&mut *self.store.read().await?, name).await.map_err(Fault::from)?;
        if let Some(row) = known {
            let (again, read) = (file.try_clone(), u64::try_from(row.bytes_read).unwrap_or_default());
            let hashed = tokio::task::spawn_blocking(move || Running::of(&mut again?, read));
            let hashed = hashed.await.map_err(|error| Fault::Internal(format!("hashing: {error}")))?;
            let running = hashed.map_err(|error| ImportError::File { path: name.into(), error })?;
            let same = |running: &Running| read == 0 || running.fingerprint(&self.sealer) == row.fingerprint;
            if let Some(running) = running.filter(same) {
                return Ok((row, running));
            }
        }
        let name = name.to_owned();
        let begun = self.store.write(name, move |connection, name| {
            Box::pin(async move { Ok(feed::begin_file(connection, &name).await?) })
        });
        begun.await?;
        Ok((FileRow::default(), Running::default()))
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
        let written = self.store.write((), move |connection, ()| {
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
                    Err(Fault::Changed)
                }
            })
        });
        match written.await {
            Ok(counts) => Ok(Some(counts)),
            Err(Fault::Changed) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn finish(&self, name: String, at: i64) -> Result<(), Fault> {
        let now = self.clock.now().timestamp_millis();
        let finished = self.store.write(name, move |connection, name| {
            Box::pin(async move { Ok(feed::finish_file(connection, &name, at, now).await?) })
        });
        finished.await
    }
}

/// How a file was received.
enum Admission {
    Admitted(Admitted),
    /// It was read to its end before.
    Known,
    Refused(Rejection),
}

fn used_again() -> Rejection {
    Rejection::new("sequence", "the source used this sequence number for another file")
}

/// The file's own name in its real folder: a link in the file's place stays one and is not opened.
fn located(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::other("not the path of a file"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(folder.unwrap_or(Path::new(".")).canonicalize()?.join(name))
}

/// How long the file is, or so much of it as is read.
fn total(file: &File, length: Option<u64>) -> io::Result<u64> {
    let whole = file.metadata()?.len();
    Ok(length.map_or(whole, |length| length.min(whole)))
}

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
