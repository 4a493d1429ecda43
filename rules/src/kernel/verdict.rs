//! The answer: every rule that refuses, with what was found, what is required, and when it would pass.

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{List, RuleId, SourceId, Version};
use crate::Moment;
use crate::licence::Points;
use crate::money::Fen;
use crate::place::PlaceId;
use crate::plate::PlatePrefix;
use crate::set::{CodeSet, coded};
use crate::vehicle::Relation;

/// A value that a rule read or asks for, for people to see. Serialised as `{"kind": …, "value": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Value {
    /// The rule's own sentence says it all.
    Nothing,
    Yes(bool),
    Money(Fen),
    Points(Points),
    Count(i64),
    At(Moment),
    /// Minutes since local midnight.
    Minute(i64),
    /// Minutes since local midnight: closed from, open from.
    Hours(i64, i64),
    /// `number` parts of `whole`.
    Share {
        number: i64,
        whole: i64,
    },
    /// Relations allowed for every record, and those allowed for records without points only.
    Allowed(CodeSet<Relation>, CodeSet<Relation>),
    Plates(Vec<PlatePrefix>),
    /// From and until.
    Term(Moment, Moment),
    /// One code or several of a list, whose tag is the kind.
    #[serde(untagged)]
    Coded(Codes),
}

impl Value {
    /// Plate prefixes by their numbers.
    pub fn plates(numbers: &[i64]) -> Self {
        Self::Plates(numbers.iter().filter_map(|number| PlatePrefix::from_number(*number)).collect())
    }
}

/// Codes of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codes {
    pub list: &'static List,
    /// One bit per code.
    bits: i64,
    /// Shown as a code and not as a set.
    single: bool,
}

impl Codes {
    /// The code with this index.
    #[inline]
    pub(super) fn one(list: &'static List, index: i64) -> Self {
        Self { list, bits: 1 << index, single: !list.plural }
    }

    #[inline]
    pub(super) fn several(list: &'static List, bits: i64) -> Self {
        Self { list, bits, single: false }
    }

    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        let codes = self.list.codes.iter().enumerate();
        codes.filter(move |(index, _)| self.bits >> index & 1 == 1).map(|(_, code)| *code)
    }

    pub fn is_empty(self) -> bool {
        self.bits == 0
    }
}

impl Serialize for Codes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serializer.serialize_struct("Value", 2)?;
        value.serialize_field("kind", self.list.tag)?;
        if self.single {
            value.serialize_field("value", self.iter().next().unwrap_or_default())?;
        } else {
            value.serialize_field("value", &self.iter().collect::<Vec<_>>())?;
        }
        value.end()
    }
}

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            Several(Vec<String>),
        }
        #[derive(Deserialize)]
        struct Tagged {
            kind: String,
            value: Written,
        }
        let Tagged { kind, value } = Tagged::deserialize(deserializer)?;
        let list =
            crate::lists::tagged(&kind).ok_or_else(|| D::Error::custom(format!("unknown kind '{kind}'")))?;
        let index = |code: &String| {
            list.index(code).ok_or_else(|| D::Error::custom(format!("unknown code '{code}' in '{kind}'")))
        };
        match value {
            Written::One(code) => Ok(Self { list, bits: 1 << index(&code)?, single: true }),
            Written::Several(codes) => {
                let bits = codes.iter().try_fold(0, |bits, code| Ok(bits | 1 << index(code)?))?;
                Ok(Self::several(list, bits))
            }
        }
    }
}

coded! {
    /// What the person can do.
    Remedy {
        /// Go to the office of the place where it happened.
        Office = "office",
        /// Wait until `passes_at`.
        Wait = "wait",
        /// Bind the licence to the account.
        BindLicence = "bind-licence",
        /// Bind the vehicle first.
        BindVehicle = "bind-vehicle",
        /// Pass the real-person check.
        Identify = "identify",
        /// Put the licence in order at the office that issued it.
        MendLicence = "mend-licence",
        /// Choose fewer records.
        ChooseFewer = "choose-fewer",
        /// The owner or driver handles it.
        AnotherPerson = "another-person",
        /// Nothing is to be done: it is settled.
        Nothing = "nothing",
        /// Continue the order that holds it, or let it lapse.
        FinishOrder = "finish-order",
    }
}

/// One rule that refuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub rule: RuleId,
    pub found: Value,
    pub required: Value,
    /// Which text of the rulebook it comes from.
    pub source: SourceId,
    pub remedy: Remedy,
    /// The first moment at which it would pass if nothing else changes; none where only an act can change it.
    pub passes_at: Option<Moment>,
}

/// All that refuses, in catalogue order, under one version of the rulebook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub rulebook: Version,
    /// Whose rules were asked; none where the place is not served.
    pub place: Option<PlaceId>,
    pub refusals: Vec<Refusal>,
}

impl Verdict {
    pub fn passes(&self) -> bool {
        self.refusals.is_empty()
    }

    /// The refusal of the rule, if it refuses.
    pub fn refusal(&self, rule: RuleId) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.rule == rule)
    }
}
