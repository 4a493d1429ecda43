//! Names by hash. The parts name each other, so their hash is taken while a placeholder stands in every name, and takes
//! its place afterwards. It has the same length: a module holds names with their lengths.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};

pub const PLACEHOLDER: &str = "hash~of~all~the~parts";
pub const LINK: &str = "__wasm_split";
const MANIFEST: &str = "__wasm_split_manifest";

/// The files of one build, which name each other.
pub struct Parts {
    /// The JavaScript that starts the main module.
    pub glue: Vec<u8>,
    pub main: Vec<u8>,
    /// The JavaScript that loads a split part when it is needed.
    pub link: Vec<u8>,
    /// Split parts by name.
    pub splits: BTreeMap<String, Vec<u8>>,
    /// The parts that a lazy island needs.
    pub needed_by: BTreeMap<String, Vec<String>>,
}

pub struct Named {
    pub hash: String,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A hash of the placeholder's length.
pub fn hash<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for content in contents {
        digest.update(u64::try_from(content.len()).unwrap_or(u64::MAX).to_le_bytes());
        digest.update(content);
    }
    let mut text = hex::encode(digest.finalize());
    text.truncate(PLACEHOLDER.len());
    text
}

pub fn name_parts(output_name: &str, parts: Parts) -> Result<Named> {
    let name = |stem: &str, ending: &str| format!("{stem}.{PLACEHOLDER}.{ending}");
    let mut link = String::from_utf8(parts.link)?;
    for stem in parts.splits.keys() {
        let plain = format!("./{stem}.wasm");
        ensure!(link.contains(&plain), "nothing loads the part {stem}");
        link = link.replace(&plain, &format!("./{}", name(stem, "wasm")));
    }
    let needed_by: BTreeMap<&String, Vec<String>> = parts
        .needed_by
        .iter()
        .map(|(island, stems)| (island, stems.iter().map(|stem| format!("{stem}.{PLACEHOLDER}")).collect()))
        .collect();

    let mut files = BTreeMap::from([
        (name(output_name, "js"), parts.glue),
        (name(output_name, "wasm"), parts.main),
        (name(LINK, "js"), link.into_bytes()),
        (name(MANIFEST, "json"), serde_json::to_vec(&needed_by)?),
    ]);
    files.extend(parts.splits.into_iter().map(|(stem, bytes)| (name(&stem, "wasm"), bytes)));

    let hash = hash(files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]));
    let files = files
        .into_iter()
        .map(|(name, bytes)| (name.replace(PLACEHOLDER, &hash), fill_in(bytes, &hash)))
        .collect();
    Ok(Named { hash, files })
}

fn fill_in(mut bytes: Vec<u8>, hash: &str) -> Vec<u8> {
    let length = PLACEHOLDER.len();
    let mut at = 0;
    while at + length <= bytes.len() {
        if &bytes[at..at + length] == PLACEHOLDER.as_bytes() {
            bytes[at..at + length].copy_from_slice(hash.as_bytes());
            at += length;
        } else {
            at += 1;
        }
    }
    bytes
}

/// The file by which leptos finds the names, in its format.
pub fn hash_file(parts: &str, style: &str) -> String {
    format!("js: {parts}\nwasm: {parts}\ncss: {style}\nmanifest: {parts}\nsplit: {parts}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(main: &[u8]) -> Parts {
        Parts {
            glue: format!("import * as link from './{LINK}.{PLACEHOLDER}.js'").into_bytes(),
            main: main.to_vec(),
            link: b"fetch(new URL('./chunk_0.wasm', import.meta.url)); fetch('./split_bar.wasm')".to_vec(),
            splits: BTreeMap::from([
                ("chunk_0".to_owned(), b"chunk".to_vec()),
                ("split_bar".to_owned(), b"bar".to_vec()),
            ]),
            needed_by: BTreeMap::from([(
                "bar".to_owned(),
                vec!["chunk_0".to_owned(), "split_bar".to_owned()],
            )]),
        }
    }

    fn text<'a>(named: &'a Named, start: &str, ending: &str) -> &'a str {
        let found = named.files.get(&format!("{start}.{}.{ending}", named.hash));
        std::str::from_utf8(found.unwrap_or_else(|| panic!("{start}: {:?}", named.files.keys()))).unwrap()
    }

    #[test]
    fn every_part_is_named_by_the_hash_and_found_by_that_name() {
        let main = format!("\u{15}{PLACEHOLDER}\u{15}{PLACEHOLDER}");
        let named = name_parts("lutong", parts(main.as_bytes())).unwrap();
        let hash = &named.hash;
        assert_eq!(text(&named, "lutong", "js"), format!("import * as link from './__wasm_split.{hash}.js'"));
        assert_eq!(text(&named, "lutong", "wasm"), format!("\u{15}{hash}\u{15}{hash}"));
        assert!(text(&named, LINK, "js").contains(&format!("./chunk_0.{hash}.wasm")));
        assert!(text(&named, LINK, "js").contains(&format!("./split_bar.{hash}.wasm")));
        assert_eq!(
            text(&named, MANIFEST, "json"),
            format!(r#"{{"bar":["chunk_0.{hash}","split_bar.{hash}"]}}"#)
        );
        assert_eq!(named.files.len(), 6);
    }

    #[test]
    fn another_module_has_another_hash_of_the_same_length() {
        let (one, other) =
            (name_parts("a", parts(b"one")).unwrap(), name_parts("a", parts(b"other")).unwrap());
        assert_ne!(one.hash, other.hash);
        assert_eq!(one.hash.len(), PLACEHOLDER.len());
        assert_eq!(one.hash, name_parts("a", parts(b"one")).unwrap().hash);
    }

    #[test]
    fn a_part_that_nothing_loads_is_refused() {
        let mut parts = parts(b"");
        parts.splits.insert("split_lost".to_owned(), Vec::new());
        let error = name_parts("a", parts).err().unwrap();
        assert_eq!(error.to_string(), "nothing loads the part split_lost");
    }
}
