//! A case's money: opened, captured, settled or given back. Nothing outside is called within a transaction, and
//! every step may be repeated after a crash at any point.

pub mod bill;
pub mod capture;
pub mod notified;
pub mod open;
pub mod reconcile;
pub mod refund;

use chrono::TimeDelta;
use rules::Moment;

/// The number under which the provider knows the case's payment, try by try: one that failed has spent its number.
pub fn out_trade_no(case_number: &str, number: usize) -> String {
    if number == 1 { format!("LT{case_number}") } else { format!("LT{case_number}T{number}") }
}

/// The number under which the provider knows the refund of a payment, try by try: a refund that was closed has spent
/// its number.
pub fn out_refund_no(out_trade_no: &str, number: i64) -> String {
    if number == 1 { format!("{out_trade_no}R") } else { format!("{out_trade_no}R{number}") }
}

/// How many questions to the provider are on their way at the same time.
const AT_ONCE: usize = 8;

/// When the provider is asked again after so many times: soon at first, every ten minutes in the end.
fn ask_again_at(now: Moment, asks: i64) -> Moment {
    let seconds = (2_i64 << asks.clamp(0, 9)).min(600);
    now + TimeDelta::seconds(seconds)
}

/// Accounts of the ledger: the provider's, ours in between, and the treasury's.
pub mod account {
    pub const PROVIDER: &str = "provider";
    pub const SUSPENSE: &str = "suspense";
    pub const TREASURY: &str = "treasury";
}
