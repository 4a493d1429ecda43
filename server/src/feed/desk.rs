//! Decides which feed files are read: those with a manifest that a known source signed, and in development any. A
//! signed file is copied while it is hashed, so that nobody changes it between the check and the reading.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::batch::Running;
use super::json::Rejection;
use super::manifest::{self, Manifest};
use super::scope::Scope;
use super::sources::Source;
use crate::files;

/// Where feed files are received, and from whom.
#[derive(Clone)]
pub struct Desk {
    /// Side files, and copies for the moment in which they are made.
    folder: PathBuf,
    sources: Arc<[Source]>,
    /// In development files without a manifest are read, with every fact.
    unsigned: bool,
}

/// A file that may be read.
pub struct Admitted {
    pub file: File,
    /// What the position is stored under.
    pub name: String,
    pub length: Option<u64>,
    pub scope: Option<Arc<Scope>>,
}

/// A manifest that was checked, before the file itself is.
pub struct Announced {
    pub manifest: Manifest,
    scope: Scope,
}

impl Announced {
    pub fn name(&self) -> String {
        format!("signed:{}:{}", self.manifest.source, self.manifest.sequence)
    }
}

pub enum Opened {
    Unsigned,
    Signed(Announced),
    Refused(Rejection),
}

fn refused(code: &'static str, reason: impl std::fmt::Display) -> Opened {
    Opened::Refused(Rejection::new(code, reason))
}

impl Desk {
    pub fn open(data: &Path, sources: Vec<Source>, unsigned: bool) -> io::Result<Self> {
        let folder = data.join("feed-reports");
        files::private_folder(&folder)?;
        Ok(Self { folder, sources: sources.into(), unsigned })
    }

    /// The folder of side files.
    pub fn reports(&self) -> &Path {
        &self.folder
    }

    /// Reads the file's manifest and checks its signature.
    pub fn announced(&self, feed: &Path) -> io::Result<Opened> {
        let path = Manifest::path_of(feed);
        let Some(bytes) = files::read_at_most(&path, manifest::LONGEST)? else {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return Ok(match self.unsigned {
                true => Opened::Unsigned,
                false => refused("unsigned", format_args!("there is no {name}")),
            });
        };
        let manifest: Manifest = match serde_json::from_slice(&bytes) {
            Ok(manifest) => manifest,
            Err(error) => {
                return Ok(refused("manifest", format_args!("no manifest at column {}", error.column())));
            }
        };
        let Some(source) = self.sources.iter().find(|source| source.id == manifest.source) else {
            return Ok(refused("source", "the manifest names an unknown source"));
        };
        if !manifest.verify(&source.key) {
            return Ok(refused("signature", "the manifest is not signed with the key of its source"));
        }
        if manifest.sequence < 0 {
            return Ok(refused("manifest", "the sequence is negative"));
        }
        Ok(Opened::Signed(Announced { manifest, scope: source.scope.clone() }))
    }

    /// Opens a file that needs no manifest.
    pub fn admit_unsigned(feed: &Path) -> io::Result<Admitted> {
        let (file, name) = (files::open(feed)?, feed.to_string_lossy().into_owned());
        Ok(Admitted { file, name, length: None, scope: None })
    }

    /// Copies the file and compares the copy with the manifest. The copy has no name and goes with its handle.
    pub fn admit(
        &self,
        feed: &Path,
        announced: Announced,
        random: [u8; 8],
    ) -> io::Result<Result<Admitted, Rejection>> {
        let (name, Announced { manifest, scope }) = (announced.name(), announced);
        let source = files::open(feed)?;
        if source.metadata()?.len() < manifest.length {
            return Ok(Err(Rejection::new("length", "the file is shorter than its manifest says")));
        }
        let path = self.folder.join(format!("{}.copy", hex::encode(random)));
        let mut file = files::create(&path)?;
        std::fs::remove_file(&path)?;
        let running = copy(source.take(manifest.length), &mut file)?;
        if running.sha256() != manifest.sha256 {
            return Ok(Err(Rejection::new("sha256", "the file is not the one that its manifest is of")));
        }
        Ok(Ok(Admitted { file, name, length: Some(manifest.length), scope: Some(Arc::new(scope)) }))
    }
}

fn copy(mut source: impl Read, target: &mut File) -> io::Result<Running> {
    let (mut running, mut buffer) = (Running::default(), vec![0; 256 * 1024]);
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok(running),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        running.write_all(&buffer[..read])?;
        target.write_all(&buffer[..read])?;
    }
}
