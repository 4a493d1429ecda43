//! The question before an order is cancelled.

use leptos::prelude::*;

use super::Stage;
use crate::api::orders::OrderView;
use crate::api::{redirect, services};
use crate::components::{
    ButtonKind, ButtonLink, Dock, Layout, PostForm, SummaryList, SummaryRow, Tab, money_words, say, say_with,
};
use crate::pages::{loaded, parameter};
use crate::visit::visit;

const CANCEL: &str = "cancel";

/// An order that is not to be cancelled now shows itself instead.
#[component]
pub fn CancelOrder() -> impl IntoView {
    let id = parameter("order");
    loaded(async move { services().orders.order(&id).await }, |order| {
        if Stage::of(&order, None, visit().now).may_cancel() {
            return view! { <CancelPage order/> }.into_any();
        }
        redirect(&format!("/orders/{}", order.id));
        ().into_any()
    })
}

#[component]
fn CancelPage(order: OrderView) -> impl IntoView {
    let back = format!("/orders/{}", order.id);
    let hidden = vec![("order".to_owned(), order.id.clone())];
    let count = order.records.len();
    let rows = vec![
        SummaryRow::new(say("page.record.plate"), order.plate.spoken()),
        SummaryRow::new(say("page.decision.fine"), money_words(order.fine)),
        SummaryRow::new(say("page.order.number"), order.number.clone()),
    ];
    let dock = view! { <Dock form=CANCEL kind=ButtonKind::Warning act=say("page.cancel.act")/> }.into_any();
    view! {
        <Layout title=say("page.cancel.title") back=back.clone() transaction=true tab=Tab::Progress dock=dock>
            <ul class="govuk-list govuk-list--bullet">
                <li>{say("page.cancel.void")}</li>
                <li>{say_with("page.cancel.open", &[("count", &count)])}</li>
                <li>{say("page.cancel.refund")}</li>
            </ul>
            <SummaryList rows/>
            <ButtonLink href=back kind=ButtonKind::Secondary>{say("page.cancel.back")}</ButtonLink>
            <PostForm action="/api/orders/cancel" hidden=hidden once=true id=CANCEL/>
        </Layout>
    }
}
