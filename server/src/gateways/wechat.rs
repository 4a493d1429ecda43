//! WeChat Pay API v3: signed requests, signed answers, encrypted notifications, daily bills.

mod answers;
mod bill;
pub mod client;
pub mod keys;
pub mod settings;
pub mod wire;

pub use client::Client;
pub use settings::Settings;
