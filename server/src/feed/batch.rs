//! Gathers lines into batches, each written in one transaction. It reads and seals; it does not write.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use rules::Moment;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::counts::Counts;
use super::fact::{Fact, Kind};
use super::json::Rejection;
use super::line::{self, Refused};
use super::reader::{LONGEST, LineReader, Next};
use super::scope::Scope;
use super::tables::{Maker, TABLES};
use crate::clock::Clock;
use crate::db::feed::upsert::{Cell, Row, Wave};
use crate::sealing::Sealer;

/// A batch ends after so many lines, or so many bytes of them.
const LINES: usize = 1_000;
const BYTES: u64 = 1024 * 1024;

/// The hash of everything that was read of a file so far.
#[derive(Clone, Default)]
pub struct Running(Sha256);

impl Running {
    /// Over the first bytes of the file; none where it is shorter.
    pub fn of(file: &mut File, read: u64) -> io::Result<Option<Self>> {
        file.seek(SeekFrom::Start(0))?;
        let mut running = Self::default();
        let hashed = io::copy(&mut file.take(read), &mut running)?;
        Ok((hashed == read).then_some(running))
    }

    /// In hex.
    pub fn sha256(&self) -> String {
        hex::encode(self.0.clone().finalize())
    }

    /// Keyed, since a short file could be guessed by its hash.
    pub fn fingerprint(&self, sealer: &Sealer) -> String {
        sealer.look_up("feed-file", &self.sha256())
    }
}

impl io::Write for Running {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line that was not taken, as the side file tells it.
#[derive(serde::Serialize)]
pub struct RejectedLine {
    pub line: u64,
    pub offset: u64,
    pub kind: Option<&'static str>,
    pub code: &'static str,
    pub field: String,
    pub reason: String,
}

/// A row that a source's scope decides on together with what the store knows.
#[derive(Clone, Debug)]
pub struct Claim {
    pub kind: Kind,
    /// The row's key.
    pub key: Vec<String>,
    /// The vehicle that the fact is about; nothing where it is about none.
    pub vehicle: String,
    /// Wave and row.
    at: (usize, usize),
    /// Line and offset.
    place: (u64, u64),
}

#[derive(Default)]
pub struct Batch {
    /// The waves of each kind, in the order of `Kind::ALL`.
    pub waves: [Vec<Wave>; 7],
    keys: [HashSet<Vec<Cell>>; 7],
    /// The rows of a source with a scope.
    pub claims: Vec<Claim>,
    pub rejected: Vec<RejectedLine>,
    /// Rejections by kind.
    pub counts: Counts,
    /// The newest fact's own time.
    pub newest: Option<i64>,
    lines: usize,
    pub bytes_read: u64,
    pub lines_read: u64,
    pub fingerprint: String,
}

impl Batch {
    /// Lines of the kind that were read.
    pub fn lines_of(&self, kind: Kind) -> u64 {
        self.waves[kind as usize].iter().map(|wave| wave.rows.len() as u64).sum()
    }

    /// A key that comes again begins a new wave, so that each line meets what the lines before it left.
    fn push(&mut self, kind: Kind, row: Row, parts: Vec<Row>) {
        let (waves, keys) = (&mut self.waves[kind as usize], &mut self.keys[kind as usize]);
        let key = row[..TABLES[kind as usize].key].to_vec();
        if keys.contains(&key) {
            keys.clear();
        }
        if keys.is_empty() {
            waves.push(Wave::default());
        }
        keys.insert(key);
        if let Some(wave) = waves.last_mut() {
            wave.rows.push(row);
            wave.parts.push(parts);
        }
    }

    /// Notes the row that was pushed last, to be judged by the source's scope.
    fn claim(&mut self, kind: Kind, fact: &Fact, place: (u64, u64)) {
        let waves = &self.waves[kind as usize];
        let Some((wave, row)) = waves.last().and_then(|wave| Some((waves.len() - 1, wave.rows.last()?)))
        else {
            return;
        };
        let key = row[..TABLES[kind as usize].key].iter().map(|cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::NoText | Cell::NoNumber => String::new(),
        });
        let vehicle = match fact {
            Fact::Binding(binding) => binding.vehicle.clone(),
            Fact::Lease(lease) => lease.vehicle.clone(),
            _ => String::new(),
        };
        let at = (wave, waves[wave].rows.len() - 1);
        self.claims.push(Claim { kind, key: key.collect(), vehicle, at, place });
    }

    /// Takes the rows out again and rejects their lines.
    pub fn refuse(&mut self, refused: Vec<(Claim, Rejection)>) {
        let mut places = HashSet::new();
        for (claim, why) in refused {
            places.insert((claim.kind as usize, claim.at.0, claim.at.1));
            self.reject(claim.place, Refused { kind: Some(claim.kind), why });
        }
        if places.is_empty() {
            return;
        }
        for (kind, waves) in self.waves.iter_mut().enumerate() {
            for (number, wave) in waves.iter_mut().enumerate() {
                let mut row = 0..;
                let mut part = 0..;
                let kept = |row: Option<usize>| row.is_some_and(|row| !places.contains(&(kind, number, row)));
                wave.rows.retain(|_| kept(row.next()));
                wave.parts.retain(|_| kept(part.next()));
            }
        }
        self.rejected.sort_by_key(|line| line.line);
    }

    fn reject(&mut self, place: (u64, u64), refused: Refused) {
        self.counts.reject(refused.kind);
        let Rejection { code, field, reason } = refused.why;
        let kind = refused.kind.map(Kind::code);
        self.rejected.push(RejectedLine { line: place.0, offset: place.1, kind, code, field, reason });
    }
}

/// Reads one file from a position to its end.
pub struct Batches {
    pub file: File,
    /// No more of the file is read.
    pub length: u64,
    pub bytes_read: u64,
    pub lines_read: u64,
    pub running: Running,
    pub scope: Option<Arc<Scope>>,
    pub sealer: Arc<Sealer>,
    pub clock: Arc<dyn Clock>,
}

impl Batches {
    /// Sends batch after batch, ahead of the writer by one; ends when nobody receives any more.
    pub fn send(mut self, sender: &mpsc::Sender<io::Result<Batch>>) {
        let ended = self.send_all(sender);
        if let Err(error) = ended {
            // Nobody is left to tell when the receiver has gone.
            sender.blocking_send(Err(error)).ok();
        }
    }

    fn send_all(&mut self, sender: &mpsc::Sender<io::Result<Batch>>) -> io::Result<()> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(self.bytes_read))?;
        let rest = file.take(self.length.saturating_sub(self.bytes_read));
        let source = BufReader::with_capacity(256 * 1024, rest);
        let mut lines = LineReader::new(source, self.bytes_read);
        let mut buffer = Vec::with_capacity(LONGEST + 1);
        while let Some(batch) = self.next(&mut lines, &mut buffer)? {
            if sender.blocking_send(Ok(batch)).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn next(
        &mut self,
        lines: &mut LineReader<BufReader<io::Take<File>>>,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<Batch>> {
        let (now, mut batch) = (self.clock.now(), Batch::default());
        while batch.lines < LINES && lines.offset - self.bytes_read < BYTES {
            let place = (self.lines_read + batch.lines as u64 + 1, lines.offset);
            let before = self.running.clone();
            match lines.next_line_seen(buffer, |bytes| self.running.0.update(bytes))? {
                Next::End => {
                    // The line without its newline is hashed when it is whole.
                    self.running = before;
                    break;
                }
                Next::Line => self.take(&mut batch, buffer, place, now),
                Next::TooLong => {
                    let why = Rejection::new("too-long", format_args!("longer than {LONGEST} bytes"));
                    batch.reject(place, Refused { kind: None, why });
                }
            }
            batch.lines += 1;
        }
        if batch.lines == 0 {
            return Ok(None);
        }
        self.bytes_read = lines.offset;
        self.lines_read += batch.lines as u64;
        batch.bytes_read = self.bytes_read;
        batch.lines_read = self.lines_read;
        batch.fingerprint = self.running.fingerprint(&self.sealer);
        Ok(Some(batch))
    }

    fn take(&self, batch: &mut Batch, line: &[u8], place: (u64, u64), now: Moment) {
        if line.trim_ascii().is_empty() {
            return;
        }
        match line::parse(line, now) {
            Ok((kind, line)) => {
                if let Some(Err(why)) = self.scope.as_ref().map(|scope| scope.admit(&line.fact)) {
                    batch.reject(place, Refused { kind: Some(kind), why });
                    return;
                }
                let maker = Maker { sealer: &self.sealer, clock: &*self.clock };
                let rows = maker.rows(&line.fact, line.at);
                batch.newest = batch.newest.max(Some(line.at.timestamp_millis()));
                batch.push(kind, rows.row, rows.parts);
                if self.scope.as_ref().is_some_and(|scope| scope.is_limited()) {
                    batch.claim(kind, &line.fact, place);
                }
            }
            Err(refused) => batch.reject(place, refused),
        }
    }
}
