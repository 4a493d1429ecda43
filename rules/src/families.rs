//! The rule families. A new family gets its line in `ALL`.

pub mod camera;
pub mod late_fee;

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use crate::kernel::{AnyFamily, Description, Of, RuleId};

/// Every family, in the order of the catalogue.
pub static ALL: &[&dyn AnyFamily] = &[&Of::<camera::Camera>::new(), &Of::<late_fee::LateFees>::new()];

/// Every rule, in the order of the catalogue.
pub fn rules() -> &'static [RuleId] {
    static RULES: LazyLock<Vec<RuleId>> =
        LazyLock::new(|| ALL.iter().flat_map(|family| family.rules()).collect());
    &RULES
}

/// Every parameter, each code once: families may share one.
pub fn parameters() -> Vec<Description> {
    let mut all: Vec<Description> = Vec::new();
    for parameter in ALL.iter().flat_map(|family| family.parameters()) {
        if all.iter().all(|known| known.code != parameter.code) {
            all.push(parameter);
        }
    }
    all
}

/// The family of the rule.
pub fn of_rule(rule: RuleId) -> Option<&'static dyn AnyFamily> {
    ALL.iter().copied().find(|family| family.rules().contains(&rule))
}

impl RuleId {
    /// The rule with this identifier, of any family.
    pub fn from_code(code: &str) -> Option<Self> {
        rules().iter().copied().find(|rule| rule.code() == code)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| serde::de::Error::custom(format!("unknown rule '{code}'")))
    }
}
