//! The orders, and one order in its real state: what to do, what happened, what it comes to.

use leptos::prelude::*;
use rules::order::{OrderEvent, OrderState};

use crate::api::orders::{OrderRefund, OrderView};
use crate::api::services;
use crate::components::{
    ActionBar, Button, ButtonKind, ButtonLink, Card, Cell, Cells, Empty, IconName, Layout, OrderTag, Panel,
    Plate, PostForm, SummaryList, SummaryRow, Tab, Timeline, TimelineStep, Warning, hours_words, language,
    money_words, say, say_with, time_words,
};
use crate::islands::{AskAgain, Once};
use crate::pages::{channel_words, loaded, parameter, query};
use crate::visit::visit;

#[component]
pub fn Orders() -> impl IntoView {
    loaded(async { services().orders.orders().await }, |orders| {
        view! {
            <Layout title=say("page.orders.title") tab=Tab::Progress>
                {orders.is_empty().then(|| view! { <Empty title=say("page.orders.none") icon=IconName::Progress/> })}
                {orders.into_iter().map(order_card).collect_view()}
            </Layout>
        }
    })
}

fn order_card(order: OrderView) -> impl IntoView {
    let urgent = matches!(order.state, OrderState::Placed | OrderState::Paying);
    let heading =
        say_with("page.orders.card", &[("plate", &order.plate.spoken()), ("count", &order.records.len())]);
    let state = order.state;
    let until = urgent.then(|| say_with("page.home.pay-until", &[("time", &time_words(order.pays_until))]));
    let penalty =
        say_with("page.records.penalty", &[("fine", &money_words(order.fine)), ("points", &order.points.0)]);
    view! {
        <Card heading=heading href=format!("/orders/{}", order.id) urgent=urgent>
            <OrderTag state/>
            <p class="lt-card__meta">{penalty}</p>
            <p class="lt-card__meta">{time_words(order.placed_at)}</p>
            {until.map(|until| view! { <p class="lt-deadline">{until}</p> })}
        </Card>
    }
}

#[component]
pub fn Order() -> impl IntoView {
    let id = parameter("order");
    loaded(async move { services().orders.order(&id).await }, |order| view! { <OrderPage order/> })
}

#[component]
fn OrderPage(order: OrderView) -> impl IntoView {
    let title = say_with("page.order.title", &[("number", &order.number)]);
    let payable = matches!(order.state, OrderState::Placed | OrderState::Paying);
    let asking = order.state == OrderState::Paying && query("returned") == "yes";
    let mut errors = visit().errors_of("pay");
    errors.extend(visit().errors_of("cancel"));
    let settled = order.state == OrderState::Settled;
    let head = head(&order, asking);
    let rows = rows(&order);
    let items = order.records.iter().map(|record| {
        let act = language().pick(record.act_zh.clone(), record.act_en.clone());
        let note = format!("{} · {}", time_words(record.violated_at), record.location);
        let decision =
            record.decision.as_ref().map(|number| say_with("page.order.decision", &[("number", number)]));
        let note = decision.map_or(note.clone(), |decision| format!("{note} · {decision}"));
        view! { <Cell title=act note=note value=money_words(record.fine)/> }
    });
    let items = items.collect_view();
    let refunds: Vec<_> = order.refunds.iter().map(refund).collect();
    let steps = steps(&order);
    let elsewhere = order.not_payable_here.as_deref().filter(|_| payable).map(say);
    let actions = payable.then(|| actions(&order));
    view! {
        <Layout title=title own_heading=settled back="/orders" transaction=payable tab=Tab::Progress errors=errors>
            <Once busy=say("page.order.opening")/>
            {head}
            {(!refunds.is_empty()).then(|| view! { <Cells heading=say("page.order.refunds")>{refunds}</Cells> })}
            <SummaryList rows/>
            <Cells heading=say("page.order.items")>{items}</Cells>
            <section class="lt-section"><h2>{say("page.order.steps")}</h2><Timeline steps/></section>
            {elsewhere.map(|words| view! { <Warning>{words}</Warning> })}
            {actions}
        </Layout>
    }
}

/// What the state means and what comes next.
fn head(order: &OrderView, asking: bool) -> AnyView {
    let until = time_words(order.pays_until);
    let again = format!("/orders/{}?returned=yes", order.id);
    match order.state {
        OrderState::Placed | OrderState::Paying => {
            let hours = order.closed_hours.map(|closed| hours_words(closed.from_minute, closed.until_minute));
            view! {
                {asking.then(|| view! {
                    <Warning>{say("page.order.asking")}</Warning>
                    <p><a class="govuk-link" href=again>{say("page.order.ask-again")}</a></p>
                    <AskAgain seconds=3/>
                })}
                <p class="lt-deadline">{say_with("page.home.pay-until", &[("time", &until)])}</p>
                <p>{say("page.order.back-else")}</p>
                {hours.map(|hours| view! { <p class="lt-quiet">{say_with("page.notice.hours", &[("hours", &hours)])}</p> })}
            }
            .into_any()
        }
        OrderState::Settled => {
            let number = (say("page.order.number"), order.number.clone());
            let receipt = order.receipt.clone().map(|number| format!("/receipts/{number}"));
            view! {
                <Panel title=say("page.order.settled") number=number/>
                <p>{say("page.order.settled-words")}</p>
                {receipt.map(|href| view! { <ButtonLink href=href>{say("page.order.receipt")}</ButtonLink> })}
            }
            .into_any()
        }
        state => {
            let reason = order.refund_reason.as_deref().filter(|_| order.refunds.is_empty()).map(say);
            view! {
                <p>{say(&format!("page.order.means-{}", state.code()))}</p>
                {reason.map(|reason| view! { <p>{reason}</p> })}
            }
            .into_any()
        }
    }
}

/// Money on its way back, or back, and why.
fn refund(refund: &OrderRefund) -> impl IntoView + use<> {
    let stands = match refund.done_at {
        Some(done) => say_with("page.order.refund-done", &[("time", &time_words(done))]),
        None => say_with("page.order.refund-asked", &[("time", &time_words(refund.asked_at))]),
    };
    let note = format!("{} · {stands}", say(&refund.reason));
    view! { <Cell title=say("page.order.refund") note=note value=money_words(refund.amount)/> }
}

fn rows(order: &OrderView) -> Vec<SummaryRow> {
    let (plate, state) = (order.plate.clone(), order.state);
    let mut rows = vec![
        SummaryRow::new(say("page.order.state"), view! { <OrderTag state/> }),
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate/> }),
        SummaryRow::new(
            say("page.record.place"),
            language().pick(order.place_zh.clone(), order.place_en.clone()),
        ),
        SummaryRow::new(say("page.decision.fine"), money_words(order.fine)),
        SummaryRow::new(
            say("page.decision.points"),
            say_with("frame.points", &[("points", &order.points.0)]),
        ),
        SummaryRow::new(say("page.order.fee"), money_words(rules::money::Fen::ZERO)),
    ];
    rows.extend(
        order.channel.map(|channel| SummaryRow::new(say("page.notice.channel"), channel_words(channel))),
    );
    rows
}

fn steps(order: &OrderView) -> Vec<TimelineStep> {
    let title = |event: Option<OrderEvent>| match event {
        None => say("page.order.placed"),
        Some(event) => say(&format!("order-event.{}", event.code())),
    };
    let steps = order.steps.iter();
    steps.map(|step| TimelineStep { title: title(step.event), at: Some(step.at), note: None }).collect()
}

fn actions(order: &OrderView) -> impl IntoView + use<> {
    let hidden = vec![("order".to_owned(), order.id.clone())];
    let sum = money_words(order.fine);
    view! {
        {order.not_payable_here.is_none().then(|| view! {
            <PostForm action="/api/orders/pay" hidden=hidden.clone() once=true>
                <ActionBar sum=sum><Button>{say("page.order.pay")}</Button></ActionBar>
            </PostForm>
        })}
        <PostForm action="/api/orders/cancel" hidden=hidden>
            <Button kind=ButtonKind::Quiet>{say("page.order.cancel")}</Button>
        </PostForm>
    }
}
