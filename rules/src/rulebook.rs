//! The parameters and sources of all places under one version.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::{Dated, RuleId, Source, SourceId, Version};
use crate::place::{PlaceId, RegionCode};

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    pub zh: String,
    pub en: String,
}

/// Where disputes and everything that is not done online go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    pub name: Name,
    pub address: Option<String>,
    pub phone: Option<String>,
}

/// A phone that answers questions about online handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hotline {
    pub name: Name,
    pub phone: String,
    pub hours: Option<Name>,
    pub source: SourceId,
}

/// An office that gives a stamped paper, and what to bring there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperOffice {
    pub name: Name,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub bring: Option<Name>,
    pub source: SourceId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jurisdiction {
    pub id: PlaceId,
    pub name: Name,
    /// Beginnings of the region codes that it answers for; the longest match of all places counts.
    pub regions: Vec<String>,
    pub office: Office,
    #[serde(default)]
    pub hotline: Option<Hotline>,
    /// Where the stamped receipt of a fine is given.
    #[serde(default)]
    pub receipt_offices: Vec<PaperOffice>,
    /// Where the stamped penalty decision is printed.
    #[serde(default)]
    pub decision_offices: Vec<PaperOffice>,
    pub parameters: BTreeMap<String, Vec<Dated>>,
    /// Texts that state a rule, beside the parameters' own.
    pub rules: BTreeMap<String, Vec<SourceId>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rulebook {
    pub version: Version,
    /// National first.
    pub jurisdictions: Vec<Jurisdiction>,
    pub sources: Vec<Source>,
}

impl Jurisdiction {
    /// The place's own value on the day.
    pub fn own(&self, parameter: &str, day: NaiveDate) -> Option<&Dated> {
        self.parameters.get(parameter)?.iter().find(|dated| dated.holds_on(day))
    }
}

impl Rulebook {
    /// The base that holds where a place states nothing.
    pub fn national(&self) -> &Jurisdiction {
        &self.jurisdictions[0]
    }

    pub fn jurisdiction(&self, place: &PlaceId) -> Option<&Jurisdiction> {
        self.jurisdictions.iter().find(|jurisdiction| jurisdiction.id == *place)
    }

    /// The place that answers for the region; none where the platform does not serve it.
    pub fn place_of(&self, region: &RegionCode) -> Option<&Jurisdiction> {
        let matching = |jurisdiction: &Jurisdiction| {
            let matches = jurisdiction.regions.iter().filter(|prefix| region.within(prefix));
            matches.map(String::len).max()
        };
        self.jurisdictions
            .iter()
            .filter_map(|place| Some((matching(place)?, place)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, place)| place)
    }

    /// The value in force for the place on the day: its own, or the national one.
    pub fn in_force(&self, place: Option<&PlaceId>, parameter: &str, day: NaiveDate) -> Option<&Dated> {
        place
            .and_then(|place| self.jurisdiction(place)?.own(parameter, day))
            .or_else(|| self.national().own(parameter, day))
    }

    pub fn source(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(usize::from(id.0))
    }

    /// The texts that state the rule at the place; the national ones where it states none.
    pub fn rule_sources(&self, place: Option<&PlaceId>, rule: RuleId) -> &[SourceId] {
        let own = place.and_then(|place| self.jurisdiction(place)?.rules.get(rule.code()));
        own.or_else(|| self.national().rules.get(rule.code())).map_or(&[], Vec::as_slice)
    }

    /// The place whose own text the source is, where another place's refusal cites it.
    pub fn cited_from(&self, id: SourceId, place: Option<&PlaceId>) -> Option<&Jurisdiction> {
        let text = &self.source(id)?.text;
        let of = self.jurisdictions.iter().find(|jurisdiction| jurisdiction.id.as_str() == text)?;
        (Some(&of.id) != place).then_some(of)
    }

    /// Days on which some parameter of the place changes, in order.
    pub fn change_days(&self, place: Option<&PlaceId>) -> Vec<NaiveDate> {
        let own = place.and_then(|place| self.jurisdiction(place));
        let mut days: Vec<NaiveDate> = [Some(self.national()), own]
            .into_iter()
            .flatten()
            .flat_map(|jurisdiction| jurisdiction.parameters.values().flatten())
            .flat_map(|dated| [dated.from, dated.until.and_then(|day| day.succ_opt())])
            .flatten()
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}
