//! Pure decisions: value types, parameters, eligibility, fees, states and their edges. No IO, clock, chance or async.

pub mod calendar;
pub mod camera;
pub mod facts;
pub mod licence;
pub mod missing;
pub mod money;
pub mod order;
pub mod outlook;
pub mod parameters;
pub mod penalty;
pub mod person;
pub mod place;
pub mod plate;
pub mod rule;
pub mod rulebook;
pub mod set;
pub mod vehicle;
pub mod verdict;
pub mod violation;

/// A moment in time; pages and rules read it at the place, UTC+08:00.
pub type Moment = chrono::DateTime<chrono::Utc>;
