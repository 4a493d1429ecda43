//! The commands for keys and signed feeds, as an operator runs them on an empty machine.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

const PERSON: &str = "{\"kind\":\"person\",\"at\":\"2020-01-01T08:00:00Z\",\"id_number\":\"53010219880412901X\",\"name\":\"李明\"}\n";

struct Machine(TempDir);

/// The exit code, and both outputs.
type Ran = (Option<i32>, String);

impl Machine {
    /// Runs the program as a shell with the usual umask does.
    fn run(&self, arguments: &str) -> Ran {
        let folder = self.0.path();
        let ran = Command::new("sh")
            .args(["-c", &format!("umask 022; exec \"$SERVER\" {arguments}")])
            .current_dir(folder)
            .env("SERVER", env!("CARGO_BIN_EXE_server"))
            .env("DATABASE_URL", format!("sqlite://{}/data/lutong.db", folder.display()))
            .env("LUTONG_DATA", folder.join("data"))
            .env("LUTONG_KEY_FOLDER", folder.join("keys"))
            .env("RUST_LOG", "warn")
            .output()
            .expect("a shell");
        let told = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (ran.status.code(), told.concat())
    }

    fn runs(&self, arguments: &str, code: i32) -> String {
        let (ended, told) = self.run(arguments);
        assert_eq!(ended, Some(code), "{arguments}: {told}");
        told
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join(path)).expect("a file")
    }
}

/// Every file and folder that others may open.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let mode = path.metadata().expect("a file").permissions().mode();
        if mode & 0o077 != 0 {
            found.push(format!("{} {:o}", path.display(), mode & 0o777));
        }
        if path.is_dir() {
            found.extend(open_to_others(&path));
        }
    }
    found
}

#[test]
fn an_operator_makes_keys_receives_a_signed_feed_and_replaces_the_sealing_key() {
    let machine = Machine(TempDir::new().expect("a folder"));
    let folder = machine.0.path();
    std::fs::write(folder.join("a.ndjson"), PERSON).expect("a file");

    let told = machine.runs("import a.ndjson", 1);
    assert!(told.contains("server keys make") && told.contains("seal.key"), "{told}");
    assert!(!folder.join("keys").exists(), "no keys are made outside of development");
    machine.runs("keys make", 0);
    let first = machine.read("keys/seal.key");
    let told = machine.runs("keys make", 0);
    assert_eq!(told.matches("is there already").count(), 3, "{told}");

    let told = machine.runs("import a.ndjson", 2);
    assert!(told.contains("unsigned"), "{told}");
    let public = machine.runs("feed key yunnan.key", 0);
    let source = format!("[[source]]\nid = \"yunnan\"\n{public}regions = [\"53\"]\nplates = [\"云\"]\n");
    std::fs::write(folder.join("sources.toml"), source).expect("a file");
    machine.runs("feed sign --source yunnan --sequence 1 --key yunnan.key a.ndjson", 0);
    let told = machine.runs("import a.ndjson --feed-sources sources.toml", 0);
    assert!(told.contains("1 lines"), "{told}");
    assert_eq!(open_to_others(&folder.join("keys")), Vec::<String>::new());
    assert_eq!(open_to_others(&folder.join("data")), Vec::<String>::new());
    for made in ["data", "keys"] {
        let mode = folder.join(made).metadata().expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }

    let old = first.split(':').next().expect("an ID");
    machine.runs("keys add seal --id new1", 0);
    let told = machine.runs(&format!("keys retire seal {old}"), 1);
    assert!(told.contains("server reseal"), "{told}");
    let told = machine.runs("reseal", 0);
    assert!(told.contains("2 texts re-sealed with key new1") && told.contains(old), "{told}");
    machine.runs(&format!("keys retire seal {old}"), 0);
    assert!(!machine.read("keys/seal.key").contains(old));
    assert!(machine.runs("reseal", 0).contains("0 texts"), "the new key alone opens the database");

    let receipts = machine.read("keys/receipts.key");
    let old = receipts.split(':').next().expect("an ID").to_owned();
    machine.runs(&format!("keys retire receipts {old}"), 1);
    machine.runs("keys add receipts --id r2", 0);
    machine.runs(&format!("keys retire receipts {old}"), 0);
    assert!(machine.read("keys/receipts.key").contains(&format!("{old}:public:")));
    let listed = machine.runs("keys list", 0);
    let secrets = ["keys/seal.key", "keys/look-up.key"].map(|file| machine.read(file));
    for named in ["seal new1 ", "look-up check", "receipts r2 ", &format!("receipts {old} ")] {
        assert!(listed.contains(named), "{listed}");
    }
    assert!(secrets.iter().all(|secret| !listed.contains(secret.trim().rsplit(':').next().expect("a key"))));

    std::fs::write(folder.join("keys/look-up.key"), "22".repeat(32)).expect("a file");
    let told = machine.runs("import a.ndjson", 1);
    assert!(told.contains("the key look-up is not the one"), "{told}");
}
