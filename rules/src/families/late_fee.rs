//! Late fees (加处罚款): the additional fine for paying a decided fine late.

use chrono::{Days, NaiveDate};

use crate::Moment;
use crate::calendar::{self, DayCount};
use crate::kernel::{Amount, Computed, Family, Formula, Parameters, Rule, RuleId, Step, compute, described};
use crate::lists;
use crate::money::Fen;
use crate::place::PlaceId;
use crate::rulebook::Rulebook;

/// The rules for late fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateFees;

described! {
    /// The facts of a late fee.
    Fact {
        Fine = "fine", Money;
        DaysLate = "days-late", Count { least: 0, most: LONGEST_DELAY };
    }
}

described! {
    /// Every parameter of late fees.
    Parameter {
        /// The part of the fine that is added for each day late.
        Rate = "late-fee-rate", Share { whole: 1000 };
        /// Days from service within which the fine is paid in time.
        Grace = "late-fee-grace", Count { least: 0, most: 365 };
        /// The largest late fee, as a part of the fine.
        Cap = "late-fee-cap", Share { whole: 100 };
        /// How the days of grace are counted.
        Count = "late-fee-count", Choice(&lists::DAY_COUNT);
    }
}

pub type LateFeeParameters = Parameters<LateFees>;
type Facts = crate::kernel::Facts<LateFees>;

pub const RULE: RuleId = RuleId::new("fine.late-fee");

const FORMULA: Formula<LateFees> = Formula {
    id: RULE,
    parameters: &[Parameter::Rate, Parameter::Grace, Parameter::Cap, Parameter::Count],
    steps: &[
        Step {
            code: "grown",
            amount: Amount::Product(
                &[Amount::Fact(Fact::Fine), Amount::Parameter(Parameter::Rate), Amount::Fact(Fact::DaysLate)],
                1000,
            ),
        },
        Step {
            code: "cap",
            amount: Amount::Product(&[Amount::Fact(Fact::Fine), Amount::Parameter(Parameter::Cap)], 100),
        },
        Step { code: "fee", amount: Amount::Least(&[Amount::Step(0), Amount::Step(1)]) },
        Step { code: "total", amount: Amount::Sum(&[Amount::Fact(Fact::Fine), Amount::Step(2)]) },
    ],
};

impl Family for LateFees {
    type Fact = Fact;
    type Parameter = Parameter;
    type FactValues = [i64; Fact::ALL.len()];
    type ParameterValues = [i64; Parameter::ALL.len()];
    /// A computed amount does not wait for anything.
    type Timer = std::convert::Infallible;
    type Times = Moment;
    const RULES: &'static [Rule<Self>] = &[];
    const FORMULAS: &'static [Formula<Self>] = &[FORMULA];
    const SETTINGS: &'static [Parameter] = &[];
    const TOGETHER: &'static [(Parameter, Parameter)] = &[];

    fn now(now: &Moment) -> Moment {
        *now
    }

    fn ends(_: &Moment, timer: Self::Timer, _: &LateFeeParameters) -> Option<Moment> {
        match timer {}
    }

    fn facts_at(facts: &Facts, _: Moment, _: &Moment) -> Facts {
        *facts
    }
}

impl LateFeeParameters {
    /// Thousandths of the fine for each day late.
    pub fn permille_per_day(&self) -> i64 {
        self.proven(Parameter::Rate)
    }

    /// The largest late fee in percent of the fine.
    pub fn cap_percent(&self) -> i64 {
        self.proven(Parameter::Cap)
    }

    fn grace_days(&self) -> u32 {
        u32::try_from(self.proven(Parameter::Grace)).unwrap_or_default()
    }

    fn count(&self) -> DayCount {
        let index = self.proven(Parameter::Count);
        let known = usize::try_from(index).ok().and_then(|index| DayCount::ALL.get(index));
        *known.expect("a parameter of a list is one of its codes")
    }
}

/// The late fee of the case under the place's parameters on the day of payment.
pub fn assess(case: &FineCase, place: Option<&PlaceId>, rulebook: &Rulebook) -> LateFee {
    case.late_fee(&rulebook.parameters(place, case.today))
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
/// Days; about a hundred years.
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
    /// Fine, growth, cap, fee and total, with the text that states them.
    pub computed: Computed,
}

impl LateFee {
    pub fn fee(&self) -> Fen {
        self.computed.step("fee").expect("a step of the formula")
    }

    /// The fine with the fee.
    pub fn total(&self) -> Fen {
        self.computed.step("total").expect("a step of the formula")
    }
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

    /// Counts the days late and computes the fee. The parameters must be those of the day of payment.
    pub fn late_fee(&self, parameters: &LateFeeParameters) -> LateFee {
        let (grace_days, count) = (parameters.grace_days(), parameters.count());
        let due_on = calendar::deadline(self.served_on, grace_days, count);
        let rolled = count == DayCount::CalendarRolling
            && due_on != calendar::deadline(self.served_on, grace_days, DayCount::Calendar);
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
        let mut facts = Facts::default();
        facts.set(Fact::Fine, self.fine.fen());
        facts.set(Fact::DaysLate, days_late.into());
        let computed = compute(0, &facts, parameters)
            .expect("a fine gives every fact, and loading proves every parameter and source");
        LateFee { due_on, rolled, days_late, days_suspended, computed }
    }
}
