//! Clients of outside parties, one trait and one module each.

pub mod payment;
pub mod sms;
pub mod wechat;
