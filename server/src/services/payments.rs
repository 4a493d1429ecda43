//! An order's money: opened, captured, settled or given back. Nothing outside is called within a transaction, and
//! every step may be repeated after a crash at any point.

pub mod capture;
pub mod notified;
pub mod open;
pub mod reconcile;
pub mod refund;
pub mod release;

/// The number under which the provider knows the order's payment.
pub fn out_trade_no(order_number: &str) -> String {
    format!("LT{order_number}")
}

/// The number under which the provider knows the refund of a payment.
pub fn out_refund_no(out_trade_no: &str) -> String {
    format!("{out_trade_no}R")
}

/// Accounts of the ledger: the provider's, ours in between, and the treasury's.
pub mod account {
    pub const PROVIDER: &str = "provider";
    pub const SUSPENSE: &str = "suspense";
    pub const TREASURY: &str = "treasury";
}
