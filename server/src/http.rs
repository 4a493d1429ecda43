//! Requests in, answers out.

pub mod current;
pub mod request_id;
