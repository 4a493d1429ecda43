//! The machines of cases: states, events and a table of edges for each kind of case. The table drives the services, the
//! model check, the diagram and the timeline.

use crate::set::coded;

coded! {
    /// Where a case stands. Not every kind of case has every state.
    CaseState {
        /// An officer decides about the application. Its resources are held.
        UnderReview = "under-review",
        /// Placed: its resources are held.
        Placed = "placed",
        /// The person was sent to the provider.
        Paying = "paying",
        /// The provider has the money.
        Paid = "paid",
        /// The request is carried out.
        Settled = "settled",
        /// The officer, or a rule since, said no; all is given back.
        Declined = "declined",
        /// The deadline is over; all is given back.
        Lapsed = "lapsed",
        /// The person or the registry ended it; all is given back.
        Cancelled = "cancelled",
        /// The money is on its way back.
        Refunding = "refunding",
        Refunded = "refunded",
    }
}

coded! {
    /// The events of cases.
    CaseEvent {
        Approve = "approve",
        Decline = "decline",
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

/// In this state, by this event, to that state.
pub type Edge = (CaseState, CaseEvent, CaseState);

/// The machine of one kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    pub initial: CaseState,
    pub edges: &'static [Edge],
    /// States in which the case holds its resources.
    pub holding: &'static [CaseState],
}

/// The machine has no such edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid transition: event `{}` in state `{}`", .event.code(), .state.code())]
pub struct NoEdge {
    pub state: CaseState,
    pub event: CaseEvent,
}

impl Machine {
    /// The state after the event.
    pub fn next(&self, state: CaseState, event: CaseEvent) -> Result<CaseState, NoEdge> {
        let edge = self.edges.iter().find(|(from, by, _)| *from == state && *by == event);
        edge.map(|(_, _, to)| *to).ok_or(NoEdge { state, event })
    }

    /// Checks if a case in this state holds its resources.
    pub fn holds(&self, state: CaseState) -> bool {
        self.holding.contains(&state)
    }

    /// The states that the machine knows, in the order of the list.
    pub fn states(&self) -> Vec<CaseState> {
        let known = |state: &CaseState| {
            *state == self.initial || self.edges.iter().any(|(from, _, to)| from == state || to == state)
        };
        CaseState::ALL.iter().copied().filter(known).collect()
    }

    /// Whether no event leads on from the state.
    pub fn ends(&self, state: CaseState) -> bool {
        self.edges.iter().all(|(from, _, _)| *from != state)
    }

    /// The machine as a Mermaid state diagram.
    pub fn diagram(&self) -> String {
        let mut text = format!("stateDiagram-v2\n    [*] --> {}: place\n", self.initial.code());
        for (from, event, to) in self.edges {
            text += &format!("    {} --> {}: {}\n", from.code(), to.code(), event.code());
        }
        for state in self.states().into_iter().filter(|state| self.ends(*state)) {
            text += &format!("    {} --> [*]\n", state.code());
        }
        text
    }
}
