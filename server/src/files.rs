//! Files that must be private, and files that somebody else may have put in place: no link is ever followed.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Files that the process makes from here on are for its own user alone.
pub fn keep_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Makes the folder for the own user alone where it is missing. A link in its place is an error.
pub fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    if path.symlink_metadata()?.is_dir() { Ok(()) } else { Err(io::Error::other("a link and no folder")) }
}

/// Takes the file away from everybody but its owner; a missing file is none of this function's concern.
pub fn make_private(path: &Path) -> io::Result<()> {
    match path.metadata() {
        Ok(known) if known.permissions().mode() & 0o077 != 0 => {
            std::fs::set_permissions(path, Permissions::from_mode(0o600))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes a new file that only its owner may read; it is on the disk when this returns.
pub fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_folder_of(path)
}

/// Writes the file anew: whoever reads it meanwhile gets the old text or the new one.
pub fn replace_secret(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_secret(&new, text)?;
    std::fs::rename(&new, path)?;
    sync_folder_of(path)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Creates a file that must not be there yet, not even as a link that leads nowhere.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Opens a regular file for reading.
pub fn open(path: &Path) -> io::Result<File> {
    regular(unlinked(OpenOptions::new().read(true)).open(path)?)
}

/// Opens a regular file for writing, and creates it where it is missing.
pub fn open_to_write(path: &Path) -> io::Result<File> {
    regular(unlinked(OpenOptions::new().write(true).create(true).truncate(false).mode(0o600)).open(path)?)
}

/// Reads a regular file of at most so many bytes; none where it is missing.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("longer than {most} bytes")));
    }
    Ok(Some(bytes))
}

/// Neither follows a link nor waits for the other end of a pipe.
fn unlinked(options: &mut OpenOptions) -> &mut OpenOptions {
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("not a regular file")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn secrets_and_folders_are_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        private_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
        let secret = inner.join("seal.key");
        write_secret(&secret, "old").unwrap();
        assert_eq!(mode(&secret), 0o600);
        assert!(write_secret(&secret, "other").is_err(), "a secret is never overwritten by chance");
        replace_secret(&secret, "new").unwrap();
        assert_eq!((std::fs::read_to_string(&secret).unwrap().as_str(), mode(&secret)), ("new", 0o600));
        std::fs::set_permissions(&secret, Permissions::from_mode(0o644)).unwrap();
        make_private(&secret).unwrap();
        assert_eq!(mode(&secret), 0o600);
        make_private(&inner.join("nothing")).unwrap();
    }

    #[test]
    fn links_and_pipes_are_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "text").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(open(&link).is_err());
        assert!(open_to_write(&link).is_err());
        assert!(create(&link).is_err());
        assert!(read_at_most(&link, 10).is_err());
        let nowhere = folder.path().join("nowhere");
        std::os::unix::fs::symlink(folder.path().join("target"), &nowhere).unwrap();
        assert!(create(&nowhere).is_err());
        assert!(open_to_write(&nowhere).is_err());
        let linked = folder.path().join("linked");
        std::os::unix::fs::symlink(folder.path(), &linked).unwrap();
        assert!(private_folder(&linked).is_err());
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|made| made.success()));
        assert!(open(&pipe).is_err());
        assert_eq!(read_at_most(&file, 4).unwrap().as_deref(), Some(b"text".as_slice()));
        assert!(read_at_most(&file, 3).is_err());
        assert_eq!(read_at_most(&folder.path().join("none"), 3).unwrap(), None);
    }
}
