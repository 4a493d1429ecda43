//! Serves the application, keeps the truth, talks to the outside.

pub mod clock;
pub mod gateways;
pub mod sandbox;
