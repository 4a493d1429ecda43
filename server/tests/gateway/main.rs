//! The client of WeChat Pay against the sandbox, over real sockets.

mod answers;
mod cashier;
mod faults;
mod journal;
#[path = "../support/keys.rs"]
mod keys;
mod notifications;
mod payments;
mod refunds;
mod requests;
mod support;
