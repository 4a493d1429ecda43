//! From the chosen records to the receipt: notice, check, code, order, payment, receipt.

mod order;
mod placing;
mod receipt;

pub use order::{Order, Orders};
pub use placing::{Confirm, Decision, Notice};
pub use receipt::{Receipt, Receipts};
