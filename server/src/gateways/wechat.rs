//! WeChat Pay API v3: signed requests, signed answers, encrypted notifications.

pub mod client;
pub mod keys;
pub mod wire;

pub use client::Client;
