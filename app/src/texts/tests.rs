use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Language, t, t_with};

fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .map(|entry| entry.expect("a readable folder").path())
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => files_under(&path, extension),
            Some(found) if found == extension => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

/// Keys and sentences of one language, read from the files: indented blocks of `name: "sentence"`.
fn sentences(language: Language) -> BTreeMap<String, String> {
    let ending = format!(".{}.yml", language.code());
    let mut all = BTreeMap::new();
    for path in files_under(Path::new("locales"), "yml") {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if !name.ends_with(&ending) {
            continue;
        }
        let mut blocks: Vec<String> = Vec::new();
        for line in fs::read_to_string(&path).expect("a readable file").lines() {
            let words = line.trim();
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            let (name, sentence) = words.split_once(':').unwrap_or_else(|| panic!("{path:?}: {line}"));
            blocks.truncate((line.len() - line.trim_start().len()) / 2);
            blocks.push(name.trim_matches('"').to_owned());
            if !sentence.trim().is_empty() {
                let key = blocks.join(".");
                let sentence = sentence.trim().trim_matches('"').to_owned();
                assert!(all.insert(key.clone(), sentence).is_none(), "{path:?}: {key} stands twice");
            }
        }
    }
    all
}

fn placeholders(sentence: &str) -> BTreeSet<&str> {
    let inner = sentence.split("%{").skip(1).filter_map(|rest| rest.split_once('}'));
    inner.map(|(inner, _)| inner.split('|').next().unwrap_or(inner)).collect()
}

/// What the sources quote that looks like a key; `{…}` stands for any one part.
fn quoted_keys(sections: &BTreeSet<String>) -> BTreeSet<String> {
    let sources = [Path::new("src"), Path::new("../server/src")];
    let mut keys = BTreeSet::new();
    for path in sources.iter().flat_map(|folder| files_under(folder, "rs")) {
        if path.ends_with("texts/tests.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).expect("a readable file");
        // The names of failpoints look alike.
        let lines =
            source.lines().filter(|line| !line.contains("fail_point!") && !line.contains("include_str!"));
        for quoted in lines.flat_map(|line| line.split('"')) {
            let of_key = |c: char| c.is_ascii_alphanumeric() || "._-{}".contains(c);
            let Some((section, rest)) = quoted.split_once('.') else { continue };
            if !rest.is_empty() && quoted.chars().all(of_key) && sections.contains(section) {
                keys.insert(quoted.to_owned());
            }
        }
    }
    keys
}

/// Whether the quoted key, with its open parts, is this key.
fn covers(quoted: &str, key: &str) -> bool {
    let (quoted, key): (Vec<&str>, Vec<&str>) = (quoted.split('.').collect(), key.split('.').collect());
    let part_fits = |quoted: &str, part: &str| match (quoted.split_once('{'), quoted.rsplit_once('}')) {
        (Some((start, _)), Some((_, end))) => part.starts_with(start) && part.ends_with(end),
        _ => quoted == part,
    };
    quoted.len() == key.len() && quoted.iter().zip(&key).all(|(quoted, part)| part_fits(quoted, part))
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_values_in_them() {
    let (zh, en) = (sentences(Language::Zh), sentences(Language::En));
    let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<BTreeSet<_>>();
    let only_one: Vec<_> = keys(&zh).symmetric_difference(&keys(&en)).cloned().collect();
    assert!(only_one.is_empty(), "in one language only: {only_one:?}");
    for (key, sentence) in &zh {
        assert_eq!(placeholders(sentence), placeholders(&en[key]), "{key}");
    }
}

#[test]
fn every_sentence_is_found_by_its_key() {
    for language in Language::ALL {
        for (key, sentence) in sentences(language) {
            assert_eq!(t(language, &key), sentence.replace("\\\"", "\""), "{key}");
        }
    }
}

#[test]
fn no_key_in_the_sources_is_missing() {
    let known = sentences(Language::Zh);
    let sections =
        known.keys().filter_map(|key| key.split_once('.')).map(|(section, _)| section.to_owned()).collect();
    let missing: Vec<_> = quoted_keys(&sections)
        .into_iter()
        .filter(|quoted| !known.keys().any(|key| covers(quoted, key)))
        .collect();
    assert!(missing.is_empty(), "without a sentence: {missing:#?}");
}

#[test]
fn no_sentence_is_left_unused() {
    let known = sentences(Language::Zh);
    let sections =
        known.keys().filter_map(|key| key.split_once('.')).map(|(section, _)| section.to_owned()).collect();
    let mut quoted = quoted_keys(&sections);
    // A page that shows a value out of a list asks for its code.
    quoted.extend(rules::lists::ALL.iter().map(|list| format!("{}.{{code}}", list.name)));
    let unused: Vec<_> =
        known.keys().filter(|key| !quoted.iter().any(|quoted| covers(quoted, key))).collect();
    assert!(unused.is_empty(), "never shown: {unused:#?}");
}

#[test]
fn every_rule_and_every_code_of_the_rules_has_its_words() {
    let known = sentences(Language::Zh);
    let mut wanted: Vec<String> = Vec::new();
    for rule in rules::families::rules() {
        let rule = rule.code().replace('.', "-");
        wanted.extend(["title", "short", "refusal", "remedy"].map(|part| format!("rule.{rule}.{part}")));
    }
    for rule in <rules::families::camera::Camera as rules::kernel::Family>::RULES {
        wanted.push(format!("rule.{}.title-refused", rule.id.code().replace('.', "-")));
    }
    let mut named = |section: &str, codes: Vec<&str>| {
        wanted.extend(codes.into_iter().map(|code| format!("{section}.{code}")));
    };
    named("group", rules::families::camera::Group::ALL.iter().map(|v| v.code()).collect());
    for list in rules::lists::ALL {
        named(list.name, list.codes.to_vec());
    }
    named("parameter", rules::families::parameters().iter().map(|parameter| parameter.code).collect());
    named("licence-class", rules::licence::LicenceClass::ALL.iter().map(|v| v.code()).collect());
    named("order-state", rules::kernel::CaseState::ALL.iter().map(|v| v.code()).collect());
    named("order-event", rules::kernel::CaseEvent::ALL.iter().map(|v| v.code()).collect());
    let missing: Vec<_> = wanted.iter().filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "without words: {missing:?}");
}

#[test]
fn values_stand_where_the_sentence_names_them() {
    let values: [(&str, &dyn std::fmt::Display); 2] = [("step", &2), ("steps", &5)];
    assert_eq!(t_with(Language::Zh, "frame.step", &values), "第 2 步，共 5 步");
    assert_eq!(t_with(Language::En, "frame.step", &values), "Step 2 of 5");
}

#[test]
fn an_english_word_agrees_with_its_number() {
    let say = |points: u32| t_with(Language::En, "frame.points", &[("points", &points)]);
    assert_eq!([say(0), say(1), say(2)], ["0 points", "1 point", "2 points"]);
    assert_eq!(t_with(Language::Zh, "frame.points", &[("points", &1)]), "1 分");
}

/// Words for things that are counted, in the plural.
const COUNTED: [&str; 8] = ["points", "records", "days", "times", "tries", "seconds", "minutes", "rules"];

#[test]
fn no_english_number_stands_before_a_word_in_the_plural_alone() {
    for (key, sentence) in sentences(Language::En) {
        for plural in COUNTED {
            let stands = sentence.match_indices(plural).any(|(at, _)| sentence[..at].ends_with("} "));
            assert!(!stands, "{key}: {sentence}");
        }
        for choice in sentence.split("%{").skip(1).filter_map(|rest| rest.split_once('}')) {
            assert!([1, 3].contains(&choice.0.split('|').count()), "{key}: {sentence}");
        }
    }
}

#[test]
fn a_language_comes_back_from_its_code_and_no_other() {
    for language in Language::ALL {
        assert_eq!(Language::from_code(language.code()), Some(language));
    }
    assert_eq!(Language::from_code("fr"), None);
}
