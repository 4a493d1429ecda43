//! All orders of the person, newest first.

use leptos::prelude::*;
use rules::kernel::CaseState;

use crate::api::orders::OrderView;
use crate::api::services;
use crate::components::{
    Card, Empty, IconName, Layout, OrderTag, Tab, money_words, near_time_words, say, say_with, time_words,
};
use crate::pages::loaded;

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
    let urgent = matches!(order.state, CaseState::Placed | CaseState::Paying);
    let heading =
        say_with("page.orders.card", &[("plate", &order.plate.spoken()), ("count", &order.records.len())]);
    let state = order.state;
    let until = urgent.then(|| say_with("due.until", &[("time", &near_time_words(order.pays_until))]));
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
