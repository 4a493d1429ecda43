//! The machine of an order for camera records.

use crate::kernel::{CaseEvent as E, CaseState as S, Machine};

/// A payment may succeed after the order has ended: it is never dropped.
pub const MACHINE: Machine = Machine {
    initial: S::Placed,
    edges: &[
        (S::Placed, E::StartPayment, S::Paying),
        (S::Placed, E::PaymentSucceeded, S::Paid),
        (S::Placed, E::Lapse, S::Lapsed),
        (S::Placed, E::Cancel, S::Cancelled),
        // With a fine of nothing there is nothing to pay.
        (S::Placed, E::Settle, S::Settled),
        (S::Paying, E::PaymentFailed, S::Placed),
        (S::Paying, E::PaymentSucceeded, S::Paid),
        (S::Paying, E::Lapse, S::Lapsed),
        (S::Paying, E::Cancel, S::Cancelled),
        (S::Lapsed, E::PaymentSucceeded, S::Paid),
        (S::Cancelled, E::PaymentSucceeded, S::Paid),
        (S::Paid, E::Settle, S::Settled),
        (S::Paid, E::Refund, S::Refunding),
        (S::Refunding, E::RefundSucceeded, S::Refunded),
    ],
    holding: &[S::Placed, S::Paying, S::Paid],
};
