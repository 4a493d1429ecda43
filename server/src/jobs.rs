//! Background jobs.

pub mod bill;
pub mod cases;
pub mod outbox;
pub mod purge;
