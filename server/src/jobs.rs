//! Background jobs.

pub mod bill;
pub mod orders;
pub mod outbox;
pub mod purge;
