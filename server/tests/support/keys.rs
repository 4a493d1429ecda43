//! The keys of the payment sandbox and its merchant. They take half a second to make, so all tests of a build share one set.

use std::path::{Path, PathBuf};

use server::clock::SystemClock;
use server::sandbox::keys::make_missing;
use sha2::{Digest, Sha256};

/// Puts a copy of the keys into the folder, which is made where it is missing.
pub fn copy_to(folder: &Path) {
    copy(&made(), folder);
}

/// The folder with the shared keys. It is named after the code that makes them.
fn made() -> PathBuf {
    let code = Sha256::digest(include_bytes!("../../src/sandbox/keys.rs"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wechat-{}", hex::encode(&code[..8])));
    make_missing(&folder, &SystemClock).expect("keys");
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("a file");
        }
    }
}
