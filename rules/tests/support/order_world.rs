//! Two orders for one record, the money at the provider, and what the services do with each event.

use rules::kernel::{CaseEvent, CaseState};

/// What the provider knows of an order's payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Money {
    NotAsked,
    Asked,
    /// The provider has it, whether we know or not.
    Captured,
    /// Nobody can pay any more.
    Closed,
    Returned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    Free,
    Held(usize),
    Processed(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    pub state: CaseState,
    pub holds: bool,
    pub money: Money,
    /// We took note of the capture: a second one changes nothing.
    pub noted: bool,
    /// The provider called the payment failed once.
    pub failed: bool,
    /// Copies of the notification on their way.
    pub letters: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub orders: [Option<Order>; 2],
    pub record: Record,
    /// The registry says that somebody processed the record outside.
    pub elsewhere: bool,
}

impl Order {
    pub fn ended(&self) -> bool {
        use CaseState as S;
        matches!(self.state, S::Lapsed | S::Cancelled | S::Refunding | S::Refunded)
    }

    /// Nothing more is owed to anybody.
    pub fn rests(&self) -> bool {
        match self.state {
            CaseState::Settled | CaseState::Refunded => true,
            CaseState::Lapsed | CaseState::Cancelled => self.money != Money::Captured,
            _ => false,
        }
    }
}

impl World {
    pub fn all(&self) -> impl Iterator<Item = (usize, &Order)> {
        self.orders.iter().enumerate().filter_map(|(who, order)| Some((who, order.as_ref()?)))
    }

    pub fn every(&self, holds: impl Fn(usize, &Order) -> bool) -> bool {
        self.all().all(|(who, order)| holds(who, order))
    }

    fn give_back(&mut self, who: usize, order: &mut Order) {
        if self.record == Record::Held(who) {
            self.record = Record::Free;
        }
        order.holds = false;
    }

    /// Grows with all that happens, so that there is an end.
    pub fn progress(&self) -> u32 {
        let order = |order: &Order| {
            use CaseState as S;
            let state = match order.state {
                S::UnderReview | S::Declined => unreachable!("no officer decides about an order"),
                S::Placed => 0,
                S::Paying => 1,
                S::Lapsed | S::Cancelled => 2,
                S::Paid => 3,
                S::Settled | S::Refunding => 4,
                S::Refunded => 5,
            };
            let money = match order.money {
                Money::NotAsked => 0,
                Money::Asked => 1,
                Money::Closed => 2,
                Money::Captured => 4 - order.letters,
                Money::Returned => 5 - order.letters,
            };
            1 + state + 2 * u32::from(order.failed) + u32::from(money)
        };
        self.all().map(|(_, known)| order(known)).sum::<u32>() + u32::from(self.elsewhere)
    }

    pub fn is_free(&self) -> bool {
        self.record == Record::Free && !self.elsewhere
    }

    /// Whether the world lets the event happen to the order, apart from the table.
    pub fn allows(&self, order: &Order, event: CaseEvent) -> bool {
        match event {
            CaseEvent::Approve | CaseEvent::Decline => false,
            CaseEvent::StartPayment => matches!(order.money, Money::NotAsked | Money::Asked),
            CaseEvent::PaymentFailed => order.money == Money::Asked && !order.failed,
            CaseEvent::PaymentSucceeded => order.money == Money::Captured && !order.noted,
            CaseEvent::Lapse | CaseEvent::Cancel => true,
            // These orders have a fine: none settles without its payment.
            CaseEvent::Settle => order.state == CaseState::Paid && order.holds && !self.elsewhere,
            CaseEvent::Refund => !order.holds || self.elsewhere,
            CaseEvent::RefundSucceeded => order.money == Money::Returned,
        }
    }

    /// What the services do in one transaction with the event.
    pub fn happens(&mut self, who: usize, order: &mut Order, event: CaseEvent, next: CaseState) {
        let late = matches!(order.state, CaseState::Lapsed | CaseState::Cancelled);
        match event {
            CaseEvent::StartPayment => order.money = Money::Asked,
            CaseEvent::PaymentFailed => order.failed = true,
            CaseEvent::PaymentSucceeded => {
                order.noted = true;
                if late && self.is_free() {
                    (self.record, order.holds) = (Record::Held(who), true);
                }
            }
            CaseEvent::Lapse | CaseEvent::Cancel | CaseEvent::Refund => self.give_back(who, order),
            CaseEvent::Settle => self.record = Record::Processed(who),
            CaseEvent::Approve | CaseEvent::Decline | CaseEvent::RefundSucceeded => {}
        }
        order.state = next;
    }
}
