//! The "Me" pages: licence, sessions, links to vehicles, receipts and settings.

use leptos::prelude::*;

use super::loaded;
use crate::api::account::LicenceCard;
use crate::api::services;
use crate::components::{
    Button, ButtonKind, Card, Cell, Cells, Empty, IconName, Layout, PostForm, SummaryList, SummaryRow, Tab,
    Tag, Tone, date_words, say, say_with, time_words,
};
use crate::routes::signed_in;
use crate::visit::visit;

#[component]
pub fn Me() -> impl IntoView {
    if !signed_in() {
        return ().into_any();
    }
    let account = visit().account;
    let rows = account.iter().flat_map(|account| {
        [
            SummaryRow::new(say("page.me.name"), account.name.clone().unwrap_or_default()),
            SummaryRow::new(say("page.me.id-number"), account.id_number.clone().unwrap_or_default()),
            SummaryRow::new(say("page.me.phone"), account.phone.clone()),
            SummaryRow::new(say("page.me.identity"), say(&format!("identity.{}", account.identity.code()))),
        ]
    });
    let rows = rows.collect::<Vec<_>>();
    view! {
        <Layout title=say("page.me.title") tab=Tab::Mine registry_data=true>
            <SummaryList rows/>
            <Cells>
                <Cell title=say("page.me.licence") href="/me/licence" icon=IconName::Licence/>
                <Cell title=say("page.me.vehicles") href="/vehicles" icon=IconName::Car/>
                <Cell title=say("page.services.receipts") href="/receipts" icon=IconName::Receipt/>
                <Cell title=say("page.me.sessions") href="/me/sessions" icon=IconName::Person/>
                <Cell title=say("page.settings.title") href="/settings" icon=IconName::Settings/>
            </Cells>
            <PostForm action="/api/sign-out">
                <Button kind=ButtonKind::Secondary>{say("page.me.sign-out")}</Button>
            </PostForm>
        </Layout>
    }
    .into_any()
}

#[component]
pub fn Licence() -> impl IntoView {
    loaded(async { services().accounts.licence().await }, |licence| {
        view! {
            <Layout title=say("page.me.licence") back="/me" tab=Tab::Mine registry_data=true>
                {match licence {
                    Some(licence) => view! { <LicenceView licence/> }.into_any(),
                    None => view! { <Empty title=say("page.licence.none") icon=IconName::Licence/> }.into_any(),
                }}
            </Layout>
        }
    })
}

#[component]
fn LicenceView(licence: LicenceCard) -> impl IntoView {
    let names = |codes: Vec<String>| codes.join(&say("refusal.and"));
    let classes =
        licence.classes.iter().map(|class| say(&format!("licence-class.{}", class.code()))).collect();
    let states = licence.states.iter().map(|state| say(&format!("licence-state.{}", state.code()))).collect();
    let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
    let cycle = say_with(
        "refusal.term",
        &[("from", &date_words(licence.cycle.start)), ("until", &date_words(licence.cycle.end))],
    );
    let mut rows = vec![
        SummaryRow::new(say("page.licence.file"), licence.file_number),
        SummaryRow::new(say("page.licence.classes"), names(classes)),
        SummaryRow::new(say("page.licence.states"), names(states)),
        SummaryRow::new(say("page.licence.first-issued"), date_words(licence.first_issued)),
    ];
    rows.extend(
        licence.valid_until.map(|day| SummaryRow::new(say("page.licence.valid-until"), date_words(day))),
    );
    rows.push(SummaryRow::new(say("page.licence.cycle"), cycle));
    rows.push(SummaryRow::new(say("page.licence.cycle-points"), points(licence.cycle_points)));
    if licence.held_points.0 > 0 {
        rows.push(SummaryRow::new(say("page.licence.held-points"), points(licence.held_points)));
    }
    let entries = licence.entries.into_iter().rev().map(move |entry| {
        let paid = if entry.fine_paid { say("page.licence.paid") } else { say("page.licence.unpaid") };
        view! { <Cell title=date_words(entry.on) note=paid value=points(entry.points)/> }
    });
    let entries = entries.collect_view();
    view! {
        <SummaryList rows/>
        <Cells heading=say("page.licence.entries")>{entries}</Cells>
    }
}

#[component]
pub fn Sessions() -> impl IntoView {
    loaded(async { services().accounts.sessions().await }, |sessions| {
        view! {
            <Layout title=say("page.me.sessions") back="/me" tab=Tab::Mine errors=visit().errors_of("sessions")>
                {sessions.into_iter().map(|session| {
                    let seen = say_with("page.sessions.seen", &[("time", &time_words(session.seen_at))]);
                    let end = (!session.current).then(|| view! {
                        <PostForm action="/api/sessions/end" hidden=vec![("session".into(), session.id.clone())]>
                            <Button kind=ButtonKind::Secondary>{say("page.sessions.end")}</Button>
                        </PostForm>
                    });
                    let here = session.current;
                    view! {
                        <Card heading=if session.device.is_empty() { say("page.sessions.unknown") } else { session.device.clone() }>
                            {here.then(|| view! { <Tag tone=Tone::Good text=say("page.sessions.here")/> })}
                            <p>{seen}</p>
                            {end}
                        </Card>
                    }
                }).collect_view()}
            </Layout>
        }
    })
}
