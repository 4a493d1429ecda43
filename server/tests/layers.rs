//! The direction of dependencies within the server: a module uses modules of its own floor and of those below.

use std::path::{Path, PathBuf};

/// The modules of `server/src` by floor, the lowest first.
const FLOORS: [&[&str]; 6] = [
    // What knows nothing of the service.
    &[
        "address",
        "caller",
        "clock",
        "crash",
        "files",
        "last_uses",
        "limits",
        "reference",
        "sealing",
        "signing",
    ],
    // Outside parties and the store.
    &["db", "gateways"],
    // The engine works on the state, which holds the procedures.
    &["engine", "state"],
    &["services"],
    // What calls services: requests, jobs, commands.
    &[
        "api",
        "bill",
        "config",
        "demo",
        "feed",
        "http",
        "invariants",
        "jobs",
        "keys",
        "monitoring",
        "sandbox",
        "settings",
    ],
    &["lib", "main", "serve"],
];

fn floor(module: &str) -> usize {
    let found = FLOORS.iter().position(|modules| modules.contains(&module));
    found.unwrap_or_else(|| panic!("module {module} has no floor"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let of = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flat_map(of).filter(|path| path.extension().is_some_and(|name| name == "rs")).collect()
}

/// The modules that the text names after `crate::`, lists in braces included.
fn used(text: &str) -> Vec<String> {
    let word = |text: &str| {
        let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
        text[..end].to_owned()
    };
    let of = |path: &str| match path.strip_prefix('{') {
        Some(list) => {
            let (mut depth, mut names, mut start) = (0, Vec::new(), true);
            for (at, letter) in list.char_indices() {
                match letter {
                    '}' if depth == 0 => break,
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    _ if start && letter.is_alphabetic() => {
                        names.push(word(&list[at..]));
                        start = false;
                    }
                    _ => {}
                }
            }
            names
        }
        None => vec![word(path)],
    };
    text.split("crate::").skip(1).flat_map(of).filter(|name| !name.is_empty()).collect()
}

#[test]
fn no_module_uses_one_of_a_floor_above() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut upwards = Vec::new();
    for file in files(&source) {
        let path = file.strip_prefix(&source).expect("a file of the source");
        let module = path.iter().next().and_then(|name| Path::new(name).file_stem()).expect("a name");
        let module = module.to_str().expect("UTF-8");
        let text = std::fs::read_to_string(&file).expect("a file");
        for used in used(&text) {
            if floor(&used) > floor(module) {
                upwards.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert_eq!(upwards, Vec::<String>::new());
}

/// Words of camera records, in code and in comments.
const OF_CAMERA_RECORDS: [&str; 7] =
    ["camera", "record", "plate", "points", "vehicle", "licence", "violation"];

#[test]
fn the_engine_names_nothing_of_any_kind_of_case() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut engine = files(&source.join("engine"));
    engine.extend(
        ["engine.rs", "db/cases.rs", "db/case_events.rs", "db/holds.rs"].map(|name| source.join(name)),
    );
    assert!(engine.len() > 15, "{engine:?}");
    for file in engine {
        let text = std::fs::read_to_string(&file).expect("a file").to_lowercase();
        let lines = text.lines().filter(|line| !line.contains("fail_point!"));
        let words = lines.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric()));
        let named: Vec<&str> = words.filter(|word| OF_CAMERA_RECORDS.contains(word)).collect();
        assert_eq!(named, Vec::<&str>::new(), "{}", file.display());
    }
}

#[test]
fn names_in_braces_are_found() {
    let text = "use crate::{api, db::{self, orders}, http};\nuse crate::serve::router;\n";
    assert_eq!(used(text), ["api", "db", "http", "serve"]);
}
