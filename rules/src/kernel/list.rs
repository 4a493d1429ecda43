//! Lists of codes without their Rust type, so that facts and parameters of any family can speak of them.

use crate::set::Coded;

/// A closed list of codes.
#[derive(Debug)]
pub struct List {
    /// The area of its texts: `vehicle-kind`.
    pub name: &'static str,
    /// Names the list in a serialised value: `kinds`.
    pub tag: &'static str,
    /// One code of the list is shown as a set of one.
    pub plural: bool,
    pub codes: &'static [&'static str],
}

impl List {
    /// The list of a value of which a case has one.
    pub const fn one<T: Coded>(name: &'static str, tag: &'static str) -> Self {
        Self { name, tag, plural: false, codes: T::CODES }
    }

    /// The list of a value that is shown as a set.
    pub const fn several<T: Coded>(name: &'static str, tag: &'static str) -> Self {
        Self { name, tag, plural: true, codes: T::CODES }
    }

    pub const fn len(&self) -> usize {
        self.codes.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The code with this index.
    pub fn code(&self, index: i64) -> Option<&'static str> {
        self.codes.get(usize::try_from(index).ok()?).copied()
    }

    pub fn index(&self, code: &str) -> Option<i64> {
        self.codes.iter().position(|known| *known == code).and_then(|index| i64::try_from(index).ok())
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for List {}
