//! The client of WeChat Pay against the sandbox, over real sockets.

mod answers;
mod cashier;
mod faults;
mod journal;
mod notifications;
mod payments;
mod refunds;
mod requests;
mod support;
