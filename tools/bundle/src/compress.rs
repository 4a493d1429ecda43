//! Compressed copies beside the files, so that the server sends them without compressing.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site::files_below;

const TEXT_LIKE: [&str; 7] = ["css", "js", "json", "svg", "txt", "wasm", "webmanifest"];

pub fn folder(folder: &Path) -> Result<()> {
    for file in files_below(folder)? {
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !TEXT_LIKE.contains(&ending) {
            continue;
        }
        let bytes = std::fs::read(&file)?;
        std::fs::write(file.with_added_extension("br"), brotli(&bytes)?)?;
        std::fs::write(file.with_added_extension("gz"), gzip(&bytes)?)?;
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &best)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_copies_are_smaller_and_hold_the_same_and_pictures_have_none() {
        let dir = tempfile::tempdir().unwrap();
        let text = "one rule and another rule; ".repeat(500);
        std::fs::create_dir(dir.path().join("pkg")).unwrap();
        std::fs::write(dir.path().join("pkg/a.js"), &text).unwrap();
        std::fs::write(dir.path().join("b.png"), &text).unwrap();
        folder(dir.path()).unwrap();

        let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
        let (mut plain, mut unzipped) = (Vec::new(), String::new());
        brotli::BrotliDecompress(&mut &read("pkg/a.js.br")[..], &mut plain).unwrap();
        flate2::read::GzDecoder::new(&read("pkg/a.js.gz")[..]).read_to_string(&mut unzipped).unwrap();
        assert_eq!(plain, text.as_bytes());
        assert_eq!(unzipped, text);
        assert!(read("pkg/a.js.br").len() < text.len() / 10);
        assert!(!dir.path().join("b.png.br").exists());
    }
}
