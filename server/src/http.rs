//! Requests in, answers out.

pub mod request_id;
