//! The home page and the list of services.

use leptos::prelude::*;
use rules::licence::Renewal;

use super::loaded;
use crate::api::services;
use crate::api::violations::Attention;
use crate::components::{
    ButtonKind, ButtonLink, Card, Cell, Cells, Empty, IconName, Layout, Tab, counts_words, date_words,
    money_words, say, say_with, time_words,
};
use crate::visit::visit;

#[component]
pub fn Home() -> impl IntoView {
    let signed_in = visit().account.is_some();
    view! {
        <Layout title=say("page.home.title") own_heading=true tab=Tab::Home registry_data=signed_in>
            {if signed_in { view! { <Mine/> }.into_any() } else { view! { <Welcome/> }.into_any() }}
        </Layout>
    }
}

#[component]
fn Welcome() -> impl IntoView {
    view! {
        <section class="lt-hero">
            <h1>{say("page.home.hero")}</h1>
            <p>{say("page.home.promise")}</p>
            <ButtonLink href="/sign-in">{say("page.home.sign-in")}</ButtonLink>
            <ButtonLink href="/register" kind=ButtonKind::Secondary>{say("page.home.register")}</ButtonLink>
        </section>
        <Cells heading=say("page.home.without-account")>
            <Cell title=say("page.home.what-if") note=say("page.home.what-if-note") href="/what-if" icon=IconName::Calculator/>
            <Cell title=say("page.home.rulebook") note=say("page.home.rulebook-note") href="/rulebook" icon=IconName::Book/>
        </Cells>
    }
}

#[component]
fn Mine() -> impl IntoView {
    let name = visit().account.and_then(|account| account.name).unwrap_or_default();
    view! {
        <h1 class="lt-title">{say_with("page.home.greeting", &[("name", &name)])}</h1>
        {loaded(async { services().violations.attention().await }, |due| {
            if due.is_empty() {
                view! { <Empty title=say("page.home.nothing-due")/> }.into_any()
            } else {
                due.into_iter().map(attention).collect_view().into_any()
            }
        })}
        <Tasks/>
    }
}

fn attention(item: Attention) -> impl IntoView {
    let (heading, href, words, urgent) = match item {
        Attention::PayOrder { order, plate, amount, pays_until } => (
            say_with("page.home.pay", &[("plate", &plate.spoken()), ("amount", &money_words(amount))]),
            format!("/orders/{order}"),
            say_with("page.home.pay-until", &[("time", &time_words(pays_until))]),
            true,
        ),
        Attention::OpenRecords { vehicle, plate, counts, fines } => (
            say_with("page.home.records", &[("plate", &plate.spoken()), ("count", &counts.open())]),
            format!("/vehicles/{vehicle}"),
            say_with(
                "page.home.records-sum",
                &[("groups", &counts_words(&counts)), ("amount", &money_words(fines))],
            ),
            false,
        ),
        Attention::LicenceEnds { on, renewal } => {
            let (heading, words, day) = match renewal {
                Renewal::Soon => ("page.home.licence", "page.home.licence-until", on),
                Renewal::OnlineUntil(last) => ("page.home.licence-over", "page.home.licence-online", last),
                Renewal::OfficeOnly => ("page.home.licence-over", "page.home.licence-office", on),
            };
            (say(heading), "/me/licence".to_owned(), say_with(words, &[("day", &date_words(day))]), false)
        }
    };
    view! { <Card heading=heading href=href urgent=urgent><p>{words}</p></Card> }
}

#[component]
fn Tasks() -> impl IntoView {
    view! {
        <Cells heading=say("page.services.title")>
            <Cell title=say("page.services.records") note=say("page.services.records-note") href="/vehicles" icon=IconName::Camera/>
            <Cell title=say("page.services.orders") note=say("page.services.orders-note") href="/orders" icon=IconName::Progress/>
            <Cell title=say("page.services.receipts") href="/receipts" icon=IconName::Receipt/>
            <Cell title=say("page.home.what-if") href="/what-if" icon=IconName::Calculator/>
            <Cell title=say("page.home.rulebook") href="/rulebook" icon=IconName::Book/>
        </Cells>
    }
}

#[component]
pub fn Services() -> impl IntoView {
    view! { <Layout title=say("page.services.heading") tab=Tab::Business><Tasks/></Layout> }
}
