//! The head of the order page: state and next act.

use chrono::TimeDelta;
use leptos::prelude::*;
use rules::Moment;
use rules::kernel::{CaseEvent, CaseState};

use crate::api::orders::OrderView;
use crate::components::{
    ButtonKind, ButtonLink, Due, Failure, Panel, PaperOffices, Waiting, hours_words, money_words, say,
    say_with,
};
use crate::islands::AskAgain;
use crate::pages::query;
use crate::visit::visit;

/// For how long after the provider's page only the answer is waited for: no paying again, no cancelling.
const WAITING: TimeDelta = TimeDelta::seconds(60);

/// How an order stands for the person who looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Due,
    /// The last payment failed, nothing was taken.
    Failed,
    /// The person is back from the provider, whose answer is on its way.
    Waiting,
    /// A payment is open and the provider has not said what became of it; soon after it was opened.
    JustOpened,
    /// The same for longer.
    Unanswered,
    /// Past paying.
    Ended,
}

impl Stage {
    pub(super) fn of(order: &OrderView, returned: Option<Moment>, now: Moment) -> Self {
        let last = order.steps.last().map(|step| (step.event, step.at));
        let recent = |at: Moment| now - at < WAITING;
        match (order.state, last) {
            (CaseState::Placed, Some((Some(CaseEvent::PaymentFailed), _))) => Self::Failed,
            (CaseState::Placed, _) => Self::Due,
            (CaseState::Paying, _) if returned.is_some_and(recent) => Self::Waiting,
            (CaseState::Paying, Some((_, opened))) if recent(opened) => Self::JustOpened,
            (CaseState::Paying, _) => Self::Unanswered,
            _ => Self::Ended,
        }
    }

    pub(super) fn payable(self) -> bool {
        !matches!(self, Self::Waiting | Self::Ended)
    }

    /// Not while the provider may be about to say that it has the money.
    pub(super) fn may_cancel(self) -> bool {
        matches!(self, Self::Due | Self::Failed | Self::Unanswered)
    }

    /// The title of the page.
    pub(super) fn title(self, order: &OrderView) -> String {
        let due = say_with("page.order.title-due", &[("amount", &money_words(order.fine))]);
        match self {
            Self::Waiting => say("page.order.waiting"),
            Self::Failed => format!("{} · {due}", say("page.order.failed")),
            Self::Ended if order.state == CaseState::Settled => say("page.order.settled"),
            Self::Ended => say(&format!("order-state.{}", order.state.code())),
            Self::Due | Self::JustOpened | Self::Unanswered => due,
        }
    }
}

#[component]
pub(super) fn Head(order: OrderView, stage: Stage) -> impl IntoView {
    let accepted = (query("accepted") == "already").then(|| {
        view! { <p class="lt-verdict lt-verdict--pass" role="status">{say("page.order.accepted-already")}</p> }
    });
    let focus = !query("returned").is_empty();
    let head = match stage {
        Stage::Waiting => {
            waiting(&order, say("page.order.waiting"), say("page.order.waiting-words")).into_any()
        }
        Stage::Failed => view! {
            <Failure title=say("page.order.failed") focus=focus>{say("page.order.failed-words")}</Failure>
            {due(&order)}
        }
        .into_any(),
        Stage::JustOpened | Stage::Unanswered => view! {
            {due(&order)}
            <p role="status">{say("page.order.unanswered")}</p>
        }
        .into_any(),
        Stage::Due => due(&order).into_any(),
        Stage::Ended => ended(&order),
    };
    view! { {accepted}{head} }
}

fn due(order: &OrderView) -> impl IntoView + use<> {
    let hours = order.closed_hours.map(|closed| {
        let hours = hours_words(closed.from_minute, closed.until_minute);
        let place = crate::components::language().pick(order.place_zh.clone(), order.place_en.clone());
        say_with("page.notice.hours", &[("place", &place), ("hours", &hours)])
    });
    view! {
        <Due amount=order.fine until=order.pays_until now=visit().now/>
        <p>{say("page.order.void")}</p>
        {hours.map(|hours| view! { <p class="lt-quiet">{hours}</p> })}
    }
}

/// The outcome is not known yet. The page asks for it by itself; without scripts the link does.
fn waiting(order: &OrderView, title: String, words: String) -> impl IntoView + use<> {
    let here = visit().path;
    let again = here.clone();
    view! {
        <Waiting title=title>{words}</Waiting>
        <p><a class="govuk-link lt-way" href=again>{say("page.order.ask-again")}</a></p>
        <AskAgain pending=format!("/orders/{}/pending", order.id) page=here/>
    }
}

fn ended(order: &OrderView) -> AnyView {
    let state = order.state;
    match state {
        CaseState::Settled => settled(order).into_any(),
        CaseState::Paid => waiting(order, say("order-state.paid"), say("page.order.means-paid")).into_any(),
        _ => {
            let reason = order.refund_reason.as_deref().filter(|_| order.refunds.is_empty()).map(say);
            let again = matches!(state, CaseState::Lapsed | CaseState::Cancelled)
                .then(|| format!("/vehicles/{}", order.vehicle_id));
            view! {
                <h1 class="lt-title">{say(&format!("order-state.{}", state.code()))}</h1>
                <p>{say(&format!("page.order.means-{}", state.code()))}</p>
                {reason.map(|reason| view! { <p>{reason}</p> })}
                {again.map(|href| view! {
                    <ButtonLink href=href kind=ButtonKind::Secondary>{say("page.order.handle-again")}</ButtonLink>
                })}
            }
            .into_any()
        }
    }
}

fn settled(order: &OrderView) -> impl IntoView + use<> {
    let number = (say("page.order.number"), order.number.clone());
    let receipt = order.receipt.clone().map(|number| format!("/receipts/{number}"));
    view! {
        <Panel title=say("page.order.settled") number=number/>
        <p>{say("page.order.settled-words")}</p>
        <p>{say("page.order.not-updated")}</p>
        <PaperOffices heading=say("page.paper.receipt") offices=order.receipt_offices.clone()/>
        <PaperOffices heading=say("page.paper.decision") offices=order.decision_offices.clone()/>
        {receipt.map(|href| view! { <ButtonLink href=href>{say("page.order.receipt")}</ButtonLink> })}
    }
}
