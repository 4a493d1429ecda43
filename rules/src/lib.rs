//! Pure decisions: value types, parameters, eligibility, fees, states and their edges. No IO, clock, chance or async.
//!
//! Value types ← `lists` ← `kernel` and `rulebook` ← `families` ← `load`.

pub mod calendar;
pub mod families;
pub mod hours;
pub mod kernel;
pub mod licence;
pub mod lists;
#[cfg(feature = "load")]
mod load;
pub mod money;
pub mod payment;
pub mod person;
pub mod place;
pub mod plate;
pub mod rulebook;
pub mod set;
pub mod text;
pub mod vehicle;
pub mod violation;

#[cfg(feature = "load")]
pub use load::LoadError;

/// A moment in time; pages and rules read it at the place, UTC+08:00.
pub type Moment = chrono::DateTime<chrono::Utc>;
