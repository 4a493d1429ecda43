//! From the chosen records to the receipt: notice, decision, code, order, payment, receipt.

mod list;
mod order;
mod placing;
mod receipt;

pub use list::Orders;
pub use order::{CancelOrder, Order};
pub use placing::{Confirm, Decision, Notice};
pub use receipt::{Receipt, Receipts};
