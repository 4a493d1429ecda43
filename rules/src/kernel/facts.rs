//! The facts of a case in the flat form that rules read. A fact that was not given is missing, never false.

use super::{Family, Missing, Numbers};
use crate::set::Coded;

/// One number for each fact, in the unit that its kind says. A family with more than 64 facts does not compile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts<F: Family> {
    values: F::FactValues,
    /// One bit per fact that was given.
    present: u64,
}

impl<F: Family> Default for Facts<F> {
    fn default() -> Self {
        const { assert!(<F::Fact as Coded>::ALL.len() <= u64::BITS as usize, "one presence bit for each fact") };
        Self { values: F::FactValues::ZERO, present: 0 }
    }
}

impl<F: Family> Facts<F> {
    #[inline(always)]
    pub fn set(&mut self, fact: F::Fact, value: i64) {
        let index = fact.index();
        self.values.as_mut()[index] = value;
        self.present |= 1 << index;
    }

    #[inline(always)]
    pub fn get(&self, fact: F::Fact) -> Result<i64, Missing> {
        let index = fact.index();
        if self.present & (1 << index) == 0 {
            Err(Missing::Fact(fact.code()))
        } else {
            Ok(self.values.as_ref()[index])
        }
    }
}
