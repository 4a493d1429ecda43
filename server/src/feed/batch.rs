//! Gathers lines into batches, each written in one transaction. It reads and seals; it does not write.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use rules::Moment;
use tokio::sync::mpsc;

use super::counts::Counts;
use super::fact::Kind;
use super::json::Rejection;
use super::line::{self, Refused};
use super::reader::{LONGEST, LineReader, Next};
use super::tables::{Maker, TABLES};
use crate::clock::Clock;
use crate::db::feed::upsert::{Cell, Row, Wave};
use crate::sealing::Sealer;

/// A batch ends after so many lines, or so many bytes of them.
const LINES: usize = 1_000;
const BYTES: u64 = 1024 * 1024;
/// So much of a file's beginning tells it from another under the same name.
const HEAD: usize = 1024;

/// A file's beginning as far as it was read, from which its fingerprint follows.
#[derive(Clone, Default)]
pub struct Head(Vec<u8>);

impl Head {
    /// Reads what the first `read` bytes contribute; none where the file is shorter.
    pub fn of(file: &mut File, read: u64) -> io::Result<Option<Self>> {
        let wanted = usize::try_from(read).unwrap_or(HEAD).min(HEAD);
        let mut head = vec![0; wanted];
        file.seek(SeekFrom::Start(0))?;
        match file.read_exact(&mut head) {
            Ok(()) => Ok(Some(Self(head))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn extend(&mut self, line: &[u8]) {
        let room = HEAD.saturating_sub(self.0.len());
        self.0.extend_from_slice(&line[..line.len().min(room)]);
    }

    /// Keyed, since a file begins with personal numbers.
    pub fn fingerprint(&self, sealer: &Sealer) -> String {
        sealer.look_up("feed-file", &hex::encode(&self.0))
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

#[derive(Default)]
pub struct Batch {
    /// The waves of each kind, in the order of `Kind::ALL`.
    pub waves: [Vec<Wave>; 7],
    keys: [HashSet<Vec<Cell>>; 7],
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

    fn reject(&mut self, place: (u64, u64), refused: Refused) {
        self.counts.reject(refused.kind);
        let Rejection { code, field, reason } = refused.why;
        let kind = refused.kind.map(Kind::code);
        self.rejected.push(RejectedLine { line: place.0, offset: place.1, kind, code, field, reason });
    }
}

/// Reads one file from a position to its end.
pub struct Batches {
    pub path: PathBuf,
    pub bytes_read: u64,
    pub lines_read: u64,
    pub head: Head,
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
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.bytes_read))?;
        let source = BufReader::with_capacity(256 * 1024, file);
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
        lines: &mut LineReader<BufReader<File>>,
        buffer: &mut Vec<u8>,
    ) -> io::Result<Option<Batch>> {
        let (now, mut batch) = (self.clock.now(), Batch::default());
        while batch.lines < LINES && lines.offset - self.bytes_read < BYTES {
            let place = (self.lines_read + batch.lines as u64 + 1, lines.offset);
            match lines.next_line(buffer)? {
                Next::End => break,
                Next::Line => self.take(&mut batch, buffer, place, now),
                Next::TooLong => {
                    let why = Rejection::new("too-long", format_args!("longer than {LONGEST} bytes"));
                    batch.reject(place, Refused { kind: None, why });
                }
            }
            batch.lines += 1;
            self.head.extend(buffer);
            self.head.extend(b"\n");
        }
        if batch.lines == 0 {
            return Ok(None);
        }
        self.bytes_read = lines.offset;
        self.lines_read += batch.lines as u64;
        batch.bytes_read = self.bytes_read;
        batch.lines_read = self.lines_read;
        batch.fingerprint = self.head.fingerprint(&self.sealer);
        Ok(Some(batch))
    }

    fn take(&self, batch: &mut Batch, line: &[u8], place: (u64, u64), now: Moment) {
        if line.trim_ascii().is_empty() {
            return;
        }
        match line::parse(line, now) {
            Ok((kind, line)) => {
                let maker = Maker { sealer: &self.sealer, clock: &*self.clock };
                let rows = maker.rows(&line.fact, line.at);
                batch.newest = batch.newest.max(Some(line.at.timestamp_millis()));
                batch.push(kind, rows.row, rows.parts);
            }
            Err(refused) => batch.reject(place, refused),
        }
    }
}
