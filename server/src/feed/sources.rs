//! The registries that feed files are accepted from: the public key of each and what it may tell.

use std::path::Path;

use ed25519_dalek::VerifyingKey;
use serde::Deserialize;

use super::fact::Kind;
use super::scope::Scope;

#[derive(Clone, Debug)]
pub struct Source {
    pub id: String,
    pub key: VerifyingKey,
    pub scope: Scope,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    source: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    public_key: String,
    regions: Vec<String>,
    plates: Vec<String>,
    kinds: Option<Vec<String>>,
}

/// Reads the settings' file.
pub fn read(path: &Path) -> Result<Vec<Source>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Source>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut sources: Vec<Source> = Vec::new();
    for written in file.source {
        let id = written.id.clone();
        if sources.iter().any(|source| source.id == id) {
            return Err(format!("source {id} stands twice"));
        }
        sources.push(written.source().map_err(|wrong| format!("source {id}: {wrong}"))?);
    }
    Ok(sources)
}

impl Written {
    fn source(self) -> Result<Source, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.id.is_empty() || self.id.len() > 32 || !self.id.bytes().all(plain) {
            return Err("an id has 1 to 32 small letters, digits or '-'".into());
        }
        let mut key = [0; 32];
        hex::decode_to_slice(&self.public_key, &mut key).map_err(|_| "public_key must be 64 hex digits")?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| "public_key is no Ed25519 key")?;
        let kind = |code: &String| Kind::from_code(code).ok_or(format!("no kind {code}"));
        let kinds = self.kinds.map(|kinds| kinds.iter().map(kind).collect::<Result<Vec<_>, _>>());
        let kinds = kinds.transpose()?.unwrap_or_else(|| Kind::ALL.to_vec());
        Ok(Source { id: self.id, key, scope: Scope::new(self.regions, self.plates, kinds)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";

    fn file(id: &str, key: &str, regions: &str, plates: &str, more: &str) -> String {
        format!(
            "[[source]]\nid = \"{id}\"\npublic_key = \"{key}\"\nregions = [{regions}]\nplates = [{plates}]\n{more}\n"
        )
    }

    #[test]
    fn a_source_has_a_key_and_a_scope() {
        let text = file("yunnan", KEY, "\"53\"", "\"云\"", "kinds = [\"camera-record\"]");
        let sources = parse(&text).unwrap();
        assert_eq!(sources[0].id, "yunnan");
        assert!(parse("").unwrap().is_empty());
        for (text, wrong) in [
            (text.repeat(2), "twice"),
            (file("云", KEY, "", "", ""), "an id"),
            (file("a", "12", "", "", ""), "hex"),
            (file("a", KEY, "\"5\"", "", ""), "region"),
            (file("a", KEY, "", "\"A\"", ""), "plate"),
            (file("a", KEY, "", "", "kinds = [\"decision\"]"), "no kind"),
            (file("a", KEY, "", "", "colour = 1"), "colour"),
        ] {
            let error = parse(&text).err().unwrap_or_default();
            assert!(error.contains(wrong), "{wrong}: {error}");
        }
    }
}
