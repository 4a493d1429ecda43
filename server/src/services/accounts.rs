//! Accounts: registering, signing in, sessions, licence. Known and unknown phones are answered alike.

pub mod budgets;
pub mod codes;
mod identify;
mod licence;
pub mod passwords;
mod recognise;
mod register;
pub mod sessions;
mod steps;
pub mod texts;

pub use licence::licence;
pub use recognise::{Recognised, recognise};
pub use register::{NewAccount, create};
pub use sessions::{ABSOLUTE, IDLE, SignedIn};
pub use steps::{Draft, Steps};
