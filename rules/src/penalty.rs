//! Late fees (加处罚款).

use chrono::{Days, NaiveDate};

use crate::calendar::{self, DayCount};
use crate::money::Fen;

/// How late fees are computed; each value is a dated parameter of the rulebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFeeTerms {
    /// Thousandths of the fine for each day late.
    pub permille_per_day: u32,
    /// Days from service within which the fine is paid in time.
    pub grace_days: u32,
    /// The most, in percent of the fine.
    pub cap_percent: u32,
    pub count: DayCount,
}

/// The late fee after so many days, in whole fen, rounded down, never above the cap.
pub fn late_fee(fine: Fen, days_late: u32, terms: &LateFeeTerms) -> Fen {
    let fine = i128::from(fine.fen().max(0));
    let grown = fine * i128::from(terms.permille_per_day) * i128::from(days_late) / 1000;
    let cap = fine * i128::from(terms.cap_percent) / 100;
    Fen::new(i64::try_from(grown.min(cap)).unwrap_or(i64::MAX))
}

/// A decided fine on the day that it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FineCase {
    pub fine: Fen,
    /// The day on which the decision was served.
    pub served_on: NaiveDate,
    pub today: NaiveDate,
    /// First and last day of each review or lawsuit; no last day while it runs. No fee grows then (penalty 73).
    pub suspensions: Vec<(NaiveDate, Option<NaiveDate>)>,
}

/// Why a late fee cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FineCaseError {
    #[error("must be 0.00 to {LARGEST_FINE} yuan")]
    Fine,
    #[error("must be the day of service or within a hundred years after it")]
    Paid,
}

/// Largest fine that is accepted.
pub const LARGEST_FINE: Fen = Fen::new(100_000_000);
const LONGEST_DELAY: i64 = 36_500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFee {
    /// The last day on which nothing is added.
    pub due_on: NaiveDate,
    /// The last day of the term is a day off, so `due_on` is the next working day.
    pub rolled: bool,
    pub days_late: u32,
    /// Days after `due_on` that a review or lawsuit took off.
    pub days_suspended: u32,
    pub fee: Fen,
    pub total: Fen,
}

impl FineCase {
    /// Checks that the fine and its dates are in range.
    pub fn check(&self) -> Result<(), FineCaseError> {
        if !(Fen::new(0)..=LARGEST_FINE).contains(&self.fine) {
            return Err(FineCaseError::Fine);
        }
        let delay = (self.today - self.served_on).num_days();
        if (0..=LONGEST_DELAY).contains(&delay) { Ok(()) } else { Err(FineCaseError::Paid) }
    }

    pub fn late_fee(&self, terms: &LateFeeTerms) -> LateFee {
        let due_on = calendar::deadline(self.served_on, terms.grace_days, terms.count);
        let rolled = terms.count == DayCount::CalendarRolling
            && due_on != calendar::deadline(self.served_on, terms.grace_days, DayCount::Calendar);
        let (mut days_late, mut days_suspended) = (0, 0);
        let mut day = due_on;
        while day < self.today {
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
            let suspended = self
                .suspensions
                .iter()
                .any(|(first, last)| *first <= day && last.is_none_or(|last| day <= last));
            if suspended { days_suspended += 1 } else { days_late += 1 }
        }
        let fee = late_fee(self.fine, days_late, terms);
        LateFee { due_on, rolled, days_late, days_suspended, fee, total: self.fine + fee }
    }
}
