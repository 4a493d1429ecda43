//! The page of one order.

mod cancel;
mod head;

use leptos::prelude::*;
use rules::Moment;
use rules::kernel::{CaseEvent, CaseState};

use self::head::{Head, Stage};
use crate::api::orders::{OrderRefund, OrderView};
use crate::api::{redirect, services};
use crate::components::{
    Cell, Cells, Dock, Layout, OrderTag, Plate, PostForm, SummaryList, SummaryRow, Tab, Timeline,
    TimelineStep, Warning, language, money_figure, money_words, say, say_with, time_words,
};
use crate::pages::{channel_words, loaded, parameter, query};
use crate::visit::visit;

pub use cancel::CancelOrder;

const PAY: &str = "pay";

#[component]
pub fn Order() -> impl IntoView {
    let id = parameter("order");
    if query("returned") == "yes" {
        // The address keeps the moment of the return, so that a reload does not start the waiting anew.
        redirect(&format!("/orders/{id}?returned={}", visit().now.timestamp()));
        return ().into_any();
    }
    loaded(async move { services().orders.order(&id).await }, |order| view! { <OrderPage order/> }).into_any()
}

/// When the person came back from the provider's page, by the address.
fn returned() -> Option<Moment> {
    let at = query("returned").parse().ok().and_then(|seconds| Moment::from_timestamp(seconds, 0))?;
    (at <= visit().now).then_some(at)
}

#[component]
fn OrderPage(order: OrderView) -> impl IntoView {
    let stage = Stage::of(&order, returned(), visit().now);
    let mut errors = visit().errors_of("pay");
    errors.extend(visit().errors_of("cancel"));
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
    let (rows, steps) = (rows(&order), steps(&order));
    let elsewhere = order.not_payable_here.as_deref().filter(|_| stage.payable()).map(say);
    let payable = stage.payable() && elsewhere.is_none();
    let hidden = vec![("order".to_owned(), order.id.clone())];
    let cancel = format!("/orders/{}/cancel", order.id);
    let dock = payable.then(|| {
        let opened = matches!(stage, Stage::JustOpened | Stage::Unanswered);
        let act = if opened { "page.order.pay-on" } else { "page.order.pay" };
        let note = order.channel.map(channel_words);
        view! { <Dock form=PAY act=say(act) sum=money_figure(order.fine) nostrip:note=note busy=say("page.order.opening")/> }.into_any()
    });
    let transaction = matches!(order.state, CaseState::Placed | CaseState::Paying);
    let (title, may_cancel) = (stage.title(&order), stage.may_cancel());
    view! {
        <Layout title=title own_heading=true back="/orders" transaction=transaction tab=Tab::Progress errors=errors nostrip:dock=dock>
            <Head order=order.clone() stage=stage/>
            {(!refunds.is_empty()).then(|| view! { <Cells heading=say("page.order.refunds")>{refunds}</Cells> })}
            <SummaryList rows/>
            <Cells heading=say("page.order.items")>{items}</Cells>
            <section class="lt-section"><h2>{say("page.order.steps")}</h2><Timeline steps/></section>
            {elsewhere.map(|words| view! { <Warning>{words}</Warning> })}
            {payable.then(|| view! {
                <PostForm action="/api/orders/pay" hidden=hidden once=true id=PAY/>
            })}
            {may_cancel.then(|| view! {
                <p class="lt-cancel"><a class="govuk-link lt-way" href=cancel>{say("page.order.cancel")}</a></p>
            })}
        </Layout>
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
    let place = language().pick(order.place_zh.clone(), order.place_en.clone());
    let points = say_with("frame.points", &[("points", &order.points.0)]);
    let mut rows = vec![
        SummaryRow::new(say("page.order.state"), view! { <OrderTag state/> }),
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate/> }),
        SummaryRow::new(say("page.record.place"), place),
        SummaryRow::new(say("page.decision.fine"), money_words(order.fine)),
        SummaryRow::new(say("page.decision.points"), points),
    ];
    let channel = order.channel.map(channel_words);
    rows.extend(channel.map(|channel| SummaryRow::new(say("page.notice.channel"), channel)));
    rows.push(SummaryRow::new(say("page.order.fee"), say("page.order.no-fee")));
    rows.push(SummaryRow::new(say("page.order.number"), order.number.clone()));
    rows
}

fn steps(order: &OrderView) -> Vec<TimelineStep> {
    let title = |event: Option<CaseEvent>| match event {
        None => say("page.order.placed"),
        Some(event) => say(&format!("order-event.{}", event.code())),
    };
    let steps = order.steps.iter();
    steps.map(|step| TimelineStep { title: title(step.event), at: Some(step.at), note: None }).collect()
}
