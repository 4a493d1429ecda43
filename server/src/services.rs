//! What the program does for people and for the provider: load facts, ask `rules`, store, in one transaction each.

pub mod accounts;
pub mod orders;
pub mod payments;
pub mod portal;
pub mod violations;
