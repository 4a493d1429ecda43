//! Services. Each loads facts, asks `rules`, and stores the result in one transaction.

pub mod accounts;
pub mod orders;
pub mod payments;
pub mod portal;
pub mod violations;
