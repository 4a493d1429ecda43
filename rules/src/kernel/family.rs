//! A rule family: its facts, parameters and rules, each declared once. `docs/architecture.md` says how to add to one.

use std::fmt::Debug;
use std::marker::PhantomData;

use chrono::NaiveDate;

use super::{Facts, Formula, Kind, Parameters, Rule, RuleId};
use crate::Moment;
use crate::place::PlaceId;
use crate::rulebook::Rulebook;
use crate::set::Coded;

/// Code and kind of a fact or a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    pub code: &'static str,
    pub kind: Kind,
    /// A place may leave the parameter open with the value `none`.
    pub optional: bool,
}

/// A fact or a parameter of a family.
pub trait Described: Coded + Debug + Ord {
    fn description(self) -> Description;

    #[inline(always)]
    fn kind(self) -> Kind {
        self.description().kind
    }
}

/// Declares the facts or the parameters of a family: name, code, kind.
macro_rules! described {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$item:meta])* $variant:ident = $code:literal, $kind:expr $(, $optional:ident)?;)+
    }) => {
        $crate::set::coded! {
            $(#[$meta])*
            $name { $($(#[$item])* $variant = $code,)+ }
        }

        impl $crate::kernel::Described for $name {
            #[inline(always)]
            fn description(self) -> $crate::kernel::Description {
                use $crate::kernel::Kind::*;
                match self {
                    $(Self::$variant => $crate::kernel::Description {
                        code: $code,
                        kind: $kind,
                        optional: described!(@optional $($optional)?),
                    },)+
                }
            }
        }
    };
    (@optional optional) => { true };
    (@optional) => { false };
}
pub(crate) use described;

/// An array of numbers, one for each fact or parameter.
pub trait Numbers: Copy + Debug + PartialEq + AsRef<[i64]> + AsMut<[i64]> {
    const ZERO: Self;
}

impl<const N: usize> Numbers for [i64; N] {
    const ZERO: Self = [0; N];
}

/// Rules that judge one kind of case.
pub trait Family: Copy + Debug + PartialEq + 'static {
    type Fact: Described;
    type Parameter: Described;
    /// `[i64; N]` with one number for each fact.
    type FactValues: Numbers;
    /// `[i64; N]` with one number for each parameter.
    type ParameterValues: Numbers;
    /// The changes that time alone may bring.
    type Timer: Copy + Debug + PartialEq + 'static;
    /// When the timers of a case end.
    type Times;

    /// The rules that refuse, in the order of the catalogue.
    const RULES: &'static [Rule<Self>];
    /// The amounts that are computed.
    const FORMULAS: &'static [Formula<Self>];
    /// Parameters that no rule reads, but what a case does: deadlines, channels, ways to confirm.
    const SETTINGS: &'static [Self::Parameter];
    /// Parameters that are set together or not at all.
    const TOGETHER: &'static [(Self::Parameter, Self::Parameter)];

    /// When the case is judged.
    fn now(times: &Self::Times) -> Moment;
    /// When the timer ends.
    fn ends(times: &Self::Times, timer: Self::Timer, parameters: &Parameters<Self>) -> Option<Moment>;
    /// The facts at a later moment, if nothing but time passes.
    fn facts_at(facts: &Facts<Self>, moment: Moment, times: &Self::Times) -> Facts<Self>;
}

/// A family without its type, for what loads, lists and shows the rules of all.
pub trait AnyFamily: Sync {
    fn parameters(&self) -> Vec<Description>;
    /// Every rule and formula, in the order of the catalogue.
    fn rules(&self) -> Vec<RuleId>;
    /// The parameters that the rule or formula reads; empty where the family has no such rule.
    fn parameters_of(&self, rule: RuleId) -> Vec<Description>;
    /// The parameters that no rule reads.
    fn settings(&self) -> Vec<Description>;
    /// Codes of parameters that are set together or not at all.
    fn together(&self) -> Vec<(&'static str, &'static str)>;
    /// The first rule that may refuse at the place on the day and that no text states.
    fn rule_without_source(&self, rulebook: &Rulebook, place: &PlaceId, day: NaiveDate) -> Option<RuleId>;
}

/// The family `F` as a value.
#[derive(Debug)]
pub struct Of<F>(PhantomData<F>);

impl<F> Of<F> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> Default for Of<F> {
    fn default() -> Self {
        Self::new()
    }
}

fn all<D: Described>(list: &[D]) -> Vec<Description> {
    list.iter().map(|item| item.description()).collect()
}

impl<F: Family + Sync> AnyFamily for Of<F> {
    fn parameters(&self) -> Vec<Description> {
        all(F::Parameter::ALL)
    }

    fn rules(&self) -> Vec<RuleId> {
        F::RULES.iter().map(|rule| rule.id).chain(F::FORMULAS.iter().map(|formula| formula.id)).collect()
    }

    fn parameters_of(&self, rule: RuleId) -> Vec<Description> {
        let refusing = F::RULES.iter().find(|known| known.id == rule).map(|rule| rule.parameters);
        let computing = || F::FORMULAS.iter().find(|known| known.id == rule).map(|rule| rule.parameters);
        all(refusing.or_else(computing).unwrap_or_default())
    }

    fn settings(&self) -> Vec<Description> {
        all(F::SETTINGS)
    }

    fn together(&self) -> Vec<(&'static str, &'static str)> {
        F::TOGETHER.iter().map(|(one, other)| (one.code(), other.code())).collect()
    }

    fn rule_without_source(&self, rulebook: &Rulebook, place: &PlaceId, day: NaiveDate) -> Option<RuleId> {
        let parameters: Parameters<F> = rulebook.parameters_on(Some(place), day);
        parameters.rule_without_source()
    }
}
