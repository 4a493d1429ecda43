//! The states of an order with their transitions, and the payment deadline.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::calendar;
use crate::set::coded;

coded! {
    OrderState {
        /// Placed: its records, fine and points are held.
        Placed = "placed",
        /// The person was sent to the provider.
        Paying = "paying",
        /// The provider has the money.
        Paid = "paid",
        /// The records are processed.
        Settled = "settled",
        /// The payment window is over; all is given back.
        Lapsed = "lapsed",
        /// The person or the registry ended it; all is given back.
        Cancelled = "cancelled",
        /// The money is on its way back.
        Refunding = "refunding",
        Refunded = "refunded",
    }
}

coded! {
    OrderEvent {
        StartPayment = "start-payment",
        PaymentFailed = "payment-failed",
        PaymentSucceeded = "payment-succeeded",
        Lapse = "lapse",
        Cancel = "cancel",
        Settle = "settle",
        Refund = "refund",
        RefundSucceeded = "refund-succeeded",
    }
}

/// Every edge of the order's machine. A payment may succeed after the order has ended: it is never dropped.
pub const EDGES: &[(OrderState, OrderEvent, OrderState)] = {
    use OrderEvent as E;
    use OrderState as S;
    &[
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
    ]
};

/// The machine has no such edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid transition: event `{}` in state `{}`", .event.code(), .state.code())]
pub struct NoEdge {
    pub state: OrderState,
    pub event: OrderEvent,
}

impl OrderState {
    /// The state after the event.
    pub fn on(self, event: OrderEvent) -> Result<Self, NoEdge> {
        EDGES
            .iter()
            .find(|(from, by, _)| *from == self && *by == event)
            .map(|(_, _, to)| *to)
            .ok_or(NoEdge { state: self, event })
    }

    /// Whether the order holds its records.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Placed | Self::Paying | Self::Paid)
    }
}

/// Hours of the day in which a place's system is closed; may cross midnight. Minutes since local midnight; the first
/// is closed, the last is open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedHours {
    pub from_minute: i64,
    pub until_minute: i64,
}

impl ClosedHours {
    fn contains_minute(self, minute: i64) -> bool {
        if self.from_minute <= self.until_minute {
            (self.from_minute..self.until_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.until_minute
        }
    }

    pub fn contains(self, moment: Moment) -> bool {
        self.contains_minute(calendar::minute_of_day(moment))
    }

    /// The first moment not before this one at which the system is open.
    pub fn ends_after(self, moment: Moment) -> Moment {
        if self.contains(moment) { at_minute(moment, self.until_minute, moment) } else { moment }
    }

    /// The first moment after this one at which the system closes.
    pub fn begins_after(self, moment: Moment) -> Moment {
        at_minute(moment, self.from_minute, moment)
    }
}

/// The first moment after `after` at which the local clock shows the minute.
fn at_minute(day_of: Moment, minute: i64, after: Moment) -> Moment {
    let midnight = day_of.timestamp() - calendar::second_of_day(day_of);
    let that_day = Moment::from_timestamp(midnight + minute * 60, 0).unwrap_or(day_of);
    if that_day > after { that_day } else { that_day + TimeDelta::days(1) }
}

/// The payment deadline of an order placed then. Closed hours do not count towards the window.
pub fn payment_deadline(placed: Moment, window_minutes: i64, closed: Option<ClosedHours>) -> Moment {
    let mut left = TimeDelta::minutes(window_minutes);
    let closed = closed.filter(|closed| closed.from_minute != closed.until_minute);
    let Some(closed) = closed else { return placed + left };
    let mut moment = closed.ends_after(placed);
    loop {
        let closes = closed.begins_after(moment);
        if moment + left <= closes {
            return moment + left;
        }
        left -= closes - moment;
        moment = closed.ends_after(closes);
    }
}
