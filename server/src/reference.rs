//! The reference of a request: in the log, in a header of the answer, and on the page when something fails.

use std::fmt;

use leptos::prelude::use_context;

use crate::clock::{Clock, SystemClock};

/// It comes with the request and is provided as context to every page and form target, so that it stays with the
/// request on whatever task a part of the answer is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// A reference by chance: a count would tell how many requests there are.
    pub fn random() -> Self {
        let clock: &dyn Clock = &SystemClock;
        Self(hex::encode(clock.random::<8>()))
    }

    /// The reference of the request being answered; in a job, one of its own.
    pub fn current() -> Self {
        use_context().unwrap_or_else(Self::random)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
