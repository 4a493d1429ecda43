//! The side file of lines that were not taken, beside the feed file. It is cut back to what the store knows of before
//! an import goes on, so that a crash leaves no line in it twice.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::batch::RejectedLine;

const ENDING: &str = ".rejected.ndjson";

pub struct SideFile {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl SideFile {
    /// The side file of a feed file, of which so many bytes count.
    pub fn of(feed: &Path, bytes: u64) -> io::Result<Self> {
        let stem = feed.file_stem().unwrap_or_default().to_string_lossy();
        let path = feed.with_file_name(format!("{stem}{ENDING}"));
        if let Ok(known) = path.metadata() {
            if known.len() > bytes {
                OpenOptions::new().write(true).open(&path)?.set_len(bytes)?;
            }
            return Ok(Self { bytes: bytes.min(known.len()), path, file: None });
        }
        Ok(Self { path, file: None, bytes: 0 })
    }

    /// Whether the path is that of a side file, which is no feed.
    pub fn is_one(path: &Path) -> bool {
        path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is with everything appended so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends the lines; they are on the disk when this returns.
    pub fn append(&mut self, rejected: &[RejectedLine]) -> io::Result<()> {
        if rejected.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        for line in rejected {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut options = OpenOptions::new();
                let mut file = options.create(true).truncate(false).write(true).open(&self.path)?;
                file.seek(SeekFrom::Start(self.bytes))?;
                self.file.insert(file)
            }
        };
        file.write_all(&text)?;
        file.sync_data()?;
        self.bytes += text.len() as u64;
        Ok(())
    }
}
