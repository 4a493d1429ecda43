//! The side file of lines that were not taken, in a folder of its own. It is cut back to what the store knows of before
//! an import goes on, so that a crash leaves no line in it twice.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::batch::RejectedLine;
use crate::files;

const ENDING: &str = "rejected.ndjson";

pub struct SideFile {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl SideFile {
    /// The side file of a feed file, of which so many bytes count. Feed files of the same name in other folders have
    /// others.
    pub fn of(folder: &Path, feed: &Path, bytes: u64) -> io::Result<Self> {
        let stem = feed.file_stem().unwrap_or_default().to_string_lossy();
        let told_apart = &crate::db::digest(&feed.to_string_lossy())[..8];
        let path = folder.join(format!("{stem}.{told_apart}.{ENDING}"));
        if path.symlink_metadata().is_ok() {
            let file = files::open_to_write(&path)?;
            let known = file.metadata()?.len();
            if known > bytes {
                file.set_len(bytes)?;
            }
            return Ok(Self { bytes: bytes.min(known), path, file: None });
        }
        // No file is made before there is a line for it.
        Ok(Self { path, file: None, bytes: 0 })
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
                let mut file = files::open_to_write(&self.path)?;
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
