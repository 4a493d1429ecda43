//! Walks one file's tables with the line of every key.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ByName, LoadError, Sources};
use crate::families;
use crate::kernel::{Dated, Description, RuleId, Source, SourceId};
use crate::place::PlaceId;
use crate::rulebook::{Hotline, Jurisdiction, Name, Office, PaperOffice};

type Found<'a> = &'a Spanned<DeValue<'a>>;

pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    root: DeTable<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn open(file: &'a str, text: &'a str) -> Result<Self, LoadError> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { file, text, root: root.into_inner() }),
            Err(error) => Err(LoadError {
                file: file.to_owned(),
                line: line_of(text, error.span().map_or(0, |span| span.start)),
                key: "syntax".into(),
                problem: error.message().to_owned(),
            }),
        }
    }

    pub(super) fn error(&self, offset: usize, key: &str, problem: String) -> LoadError {
        LoadError {
            file: self.file.to_owned(),
            line: line_of(self.text, offset),
            key: key.to_owned(),
            problem,
        }
    }

    /// The error at the key's own line, where the file has it.
    pub(super) fn error_at(&self, key: &str, problem: String) -> LoadError {
        let mut table = &self.root;
        let mut offset = 0;
        for part in key.split('.') {
            let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else { break };
            offset = name.span().start;
            match value.get_ref() {
                DeValue::Table(next) => table = next,
                _ => break,
            }
        }
        self.error(offset, key, problem)
    }

    pub(super) fn jurisdiction(&self, sources: &mut Sources) -> Result<Jurisdiction, LoadError> {
        self.only(&self.root, "", &["jurisdiction", "parameters", "rules"])?;
        let head = self.table_in(&self.root, "", "jurisdiction")?;
        let known = ["id", "name", "regions", "office", "hotline", "receipt-office", "decision-office"];
        self.only(head, "jurisdiction", &known)?;
        let (id, at) = self.text_in(head, "jurisdiction", "id")?;
        let id = PlaceId::parse(&id).map_err(|error| self.error(at, "jurisdiction.id", error.to_string()))?;
        Ok(Jurisdiction {
            id,
            name: self.name(head, "jurisdiction", "name")?,
            regions: self.regions(head)?,
            office: self.office(head)?,
            hotline: self.hotline(head, sources)?,
            receipt_offices: self.paper_offices(head, "receipt-office", sources)?,
            decision_offices: self.paper_offices(head, "decision-office", sources)?,
            parameters: self.parameters(sources)?,
            rules: self.rules(sources)?,
        })
    }

    /// Words in both languages.
    fn name(&self, table: &DeTable<'_>, key: &str, part: &str) -> Result<Name, LoadError> {
        let name = self.table_in(table, key, part)?;
        let key = format!("{key}.{part}");
        self.only(name, &key, &["zh", "en"])?;
        Ok(Name { zh: self.text_in(name, &key, "zh")?.0, en: self.text_in(name, &key, "en")?.0 })
    }

    fn office(&self, head: &DeTable<'_>) -> Result<Office, LoadError> {
        let office = self.table_in(head, "jurisdiction", "office")?;
        let key = "jurisdiction.office";
        self.only(office, key, &["name", "address", "phone"])?;
        Ok(Office {
            name: self.name(office, key, "name")?,
            address: self.text_if(office, key, "address")?,
            phone: self.text_if(office, key, "phone")?,
        })
    }

    fn hotline(&self, head: &DeTable<'_>, sources: &mut Sources) -> Result<Option<Hotline>, LoadError> {
        if !head.contains_key("hotline") {
            return Ok(None);
        }
        let hotline = self.table_in(head, "jurisdiction", "hotline")?;
        let key = "jurisdiction.hotline";
        self.only(hotline, key, &["name", "phone", "hours", "source"])?;
        Ok(Some(Hotline {
            name: self.name(hotline, key, "name")?,
            phone: self.text_in(hotline, key, "phone")?.0,
            hours: self.name_if(hotline, key, "hours")?,
            source: self.source(self.needed(hotline, key, "source")?, key, sources)?,
        }))
    }

    /// The `[[jurisdiction.PART]]` tables.
    fn paper_offices(
        &self,
        head: &DeTable<'_>,
        part: &str,
        sources: &mut Sources,
    ) -> Result<Vec<PaperOffice>, LoadError> {
        let Some(value) = head.get(part) else { return Ok(Vec::new()) };
        let key = format!("jurisdiction.{part}");
        let problem = || format!("must be [[{key}]] tables");
        let entries = value.get_ref().as_array();
        let entries = entries.ok_or_else(|| self.error(value.span().start, &key, problem()))?;
        let offices = entries.iter().map(|entry| {
            let office = entry.get_ref().as_table();
            let office = office.ok_or_else(|| self.error(entry.span().start, &key, problem()))?;
            self.only(office, &key, &["name", "address", "phone", "bring", "source"])?;
            Ok(PaperOffice {
                name: self.name(office, &key, "name")?,
                address: self.text_if(office, &key, "address")?,
                phone: self.text_if(office, &key, "phone")?,
                bring: self.name_if(office, &key, "bring")?,
                source: self.source(self.needed(office, &key, "source")?, &key, sources)?,
            })
        });
        offices.collect()
    }

    fn regions(&self, head: &DeTable<'_>) -> Result<Vec<String>, LoadError> {
        let key = "jurisdiction.regions";
        let value = self.needed(head, "jurisdiction", "regions")?;
        let list = value.get_ref().as_array();
        let list =
            list.ok_or_else(|| self.error(value.span().start, key, "must be a list of codes".into()))?;
        list.iter()
            .map(|entry| {
                let fits =
                    |text: &&str| matches!(text.len(), 2 | 4 | 6) && text.bytes().all(|b| b.is_ascii_digit());
                let text = entry.get_ref().as_str().filter(fits).map(str::to_owned);
                let problem = || "a region is the first 2, 4 or 6 digits of its code".to_owned();
                text.ok_or_else(|| self.error(entry.span().start, key, problem()))
            })
            .collect()
    }

    fn parameters(&self, sources: &mut Sources) -> Result<ByName<Vec<Dated>>, LoadError> {
        let (mut read, known) = (ByName::new(), families::parameters());
        let table = self.table_in(&self.root, "", "parameters")?;
        for (name, value) in table {
            let key = format!("parameters.{}", name.get_ref());
            let at = name.span().start;
            let parameter = known
                .iter()
                .find(|known| known.code == name.get_ref())
                .ok_or_else(|| self.error(at, &key, "there is no such parameter".into()))?;
            let entries = value.get_ref().as_array();
            let entries =
                entries.ok_or_else(|| self.error(at, &key, "must be [[parameters.NAME]] tables".into()))?;
            let dated: Result<Vec<_>, _> =
                entries.iter().map(|entry| self.dated(parameter, entry, &key, sources)).collect();
            read.insert(name.get_ref().to_string(), dated?);
        }
        Ok(read)
    }

    fn dated(
        &self,
        parameter: &Description,
        entry: Found<'_>,
        key: &str,
        sources: &mut Sources,
    ) -> Result<Dated, LoadError> {
        let at = entry.span().start;
        let table = entry.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(at, key, "must be a table".into()))?;
        self.only(table, key, &["value", "from", "until", "source", "note"])?;
        let value = table.get("value").ok_or_else(|| self.error(at, key, "has no 'value'".into()))?;
        let open = value.get_ref().as_str() == Some("none");
        let read = parameter.parse(value.get_ref());
        let read =
            read.map_err(|problem| self.error(value.span().start, &format!("{key}.value"), problem))?;
        let (from, until) = (self.day(table, key, "from")?, self.day(table, key, "until")?);
        if from.zip(until).is_some_and(|(from, until)| until < from) {
            return Err(self.error(at, key, "'until' comes before 'from'".into()));
        }
        let source = match table.get("source") {
            Some(source) => Some(self.source(source, key, sources)?),
            None if open => None,
            None => return Err(self.error(at, key, "has no 'source'".into())),
        };
        Ok(Dated { from, until, value: read, source, note: self.name_if(table, key, "note")? })
    }

    fn source(&self, value: Found<'_>, key: &str, sources: &mut Sources) -> Result<SourceId, LoadError> {
        let key = format!("{key}.source");
        let at = value.span().start;
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(at, &key, "must be a table".into()))?;
        self.only(table, &key, &["text", "article", "words", "words_zh"])?;
        let (words, words_at) = self.text_in(table, &key, "words")?;
        if words.trim().is_empty() {
            return Err(self.error(words_at, &key, "quotes nothing".into()));
        }
        let source = Source {
            text: self.text_in(table, &key, "text")?.0,
            article: self.text_if(table, &key, "article")?,
            words,
            words_zh: self.text_if(table, &key, "words_zh")?,
        };
        sources.keep(source).ok_or_else(|| self.error(at, &key, "is one source too many".into()))
    }

    fn rules(&self, sources: &mut Sources) -> Result<ByName<Vec<SourceId>>, LoadError> {
        let mut read = ByName::new();
        let Some(value) = self.root.get("rules") else { return Ok(read) };
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| self.error(value.span().start, "rules", "must be a table".into()))?;
        for (name, value) in table {
            let key = format!("rules.{}", name.get_ref());
            let at = name.span().start;
            let rule = RuleId::from_code(name.get_ref());
            rule.ok_or_else(|| self.error(at, &key, "there is no such rule".into()))?;
            let entries = value.get_ref().as_array();
            let entries = entries.ok_or_else(|| self.error(at, &key, "must be a list of sources".into()))?;
            let ids: Result<_, _> = entries.iter().map(|entry| self.source(entry, &key, sources)).collect();
            read.insert(name.get_ref().to_string(), ids?);
        }
        Ok(read)
    }

    fn day(&self, table: &DeTable<'_>, key: &str, name: &str) -> Result<Option<NaiveDate>, LoadError> {
        let Some(value) = table.get(name) else { return Ok(None) };
        let day = value.get_ref().as_datetime().and_then(|day| day.to_string().parse().ok());
        let problem = || format!("'{name}' must be a day such as 2020-02-12");
        day.map(Some).ok_or_else(|| self.error(value.span().start, key, problem()))
    }

    fn needed<'t>(
        &self,
        table: &'t DeTable<'a>,
        key: &str,
        name: &str,
    ) -> Result<&'t Spanned<DeValue<'a>>, LoadError> {
        table.get(name).ok_or_else(|| self.error_at(key, format!("has no '{name}'")))
    }

    fn table_in<'t>(
        &self,
        table: &'t DeTable<'_>,
        key: &str,
        name: &str,
    ) -> Result<&'t DeTable<'t>, LoadError> {
        let value = table.get(name).ok_or_else(|| self.error_at(key, format!("has no '{name}'")))?;
        let inner = value.get_ref().as_table();
        inner.ok_or_else(|| self.error(value.span().start, name, "must be a table".into()))
    }

    fn text_in(&self, table: &DeTable<'_>, key: &str, name: &str) -> Result<(String, usize), LoadError> {
        let value = table.get(name).ok_or_else(|| self.error_at(key, format!("has no '{name}'")))?;
        let at = value.span().start;
        let text = value.get_ref().as_str().map(str::to_owned);
        text.map(|text| (text, at))
            .ok_or_else(|| self.error(at, &format!("{key}.{name}"), "must be a text".into()))
    }

    fn text_if(&self, table: &DeTable<'_>, key: &str, name: &str) -> Result<Option<String>, LoadError> {
        match table.get(name) {
            Some(_) => self.text_in(table, key, name).map(|(text, _)| Some(text)),
            None => Ok(None),
        }
    }

    fn name_if(&self, table: &DeTable<'_>, key: &str, name: &str) -> Result<Option<Name>, LoadError> {
        table.get(name).map(|_| self.name(table, key, name)).transpose()
    }

    fn only(&self, table: &DeTable<'_>, key: &str, known: &[&str]) -> Result<(), LoadError> {
        match table.keys().find(|name| !known.contains(&name.get_ref().as_ref())) {
            None => Ok(()),
            Some(name) => {
                let problem =
                    format!("'{}' is not known here; known are {}", name.get_ref(), known.join(", "));
                Err(self.error(name.span().start, key, problem))
            }
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
