//! Outside parties: one trait and one module each. Everything beyond calls over the wire is elsewhere.

pub mod payment;
pub mod sms;
pub mod wechat;
