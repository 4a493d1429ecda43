//! Why a selection is refused: each reason once, with the records that it concerns, and the way on with the rest.

use leptos::prelude::*;

use super::{list_of, record_fields};
use crate::api::orders::Proposal;
use crate::api::services;
use crate::api::violations::RecordCard;
use crate::components::{
    Cell, Cells, Dock, Layout, RefusalCard, RefusalWords, money_words, say, say_with, time_words,
};
use crate::pages::violations::{OfficeView, act};
use crate::visit::visit;

const FEWER: &str = "fewer";

/// One reason and the records that are refused for it.
struct Reason {
    words: RefusalWords,
    records: Vec<RecordCard>,
}

/// The reasons in the order of their first record; words that are the same are one reason.
fn reasons(proposal: &Proposal) -> Vec<Reason> {
    let rulebook = services().portal.rulebook();
    let mut reasons: Vec<Reason> = Vec::new();
    for (record, verdict) in proposal.records.iter().zip(&proposal.selection.verdicts) {
        for words in RefusalWords::all(verdict, &rulebook) {
            match reasons.iter_mut().find(|reason| reason.words == words) {
                Some(reason) => reason.records.push(record.clone()),
                None => reasons.push(Reason { words, records: vec![record.clone()] }),
            }
        }
    }
    reasons
}

#[component]
pub(super) fn Refused(proposal: Proposal) -> impl IntoView {
    let base = list_of(&proposal.vehicle.id);
    let records = &proposal.records;
    let largest = proposal.selection.largest.iter().map(|index| records[*index].id.clone());
    let largest: Vec<String> = largest.collect();
    let title = if records.len() == 1 { "page.refused.title-one" } else { "page.refused.title" };
    let office = records[0].office.clone();
    let reasons = reasons(&proposal).into_iter().map(reason_section).collect_view();
    let act = say_with("page.refused.largest", &[("count", &largest.len())]);
    let (fewer, dock) = (!largest.is_empty())
        .then(|| {
            let fields = record_fields(largest);
            let form = view! { <form method="get" action=format!("{base}/notice") id=FEWER>{fields}</form> };
            (form, view! { <Dock form=FEWER act=act/> }.into_any())
        })
        .unzip();
    view! {
        <Layout title=say(title) back=base.clone() transaction=true registry_data=true errors=visit().errors_of("confirm") nostrip:dock=dock>
            <p>{say("page.refused.words")}</p>
            {fewer}
            {reasons}
            <OfficeView office/>
        </Layout>
    }
}

fn reason_section(reason: Reason) -> impl IntoView {
    let heading = say_with("page.refused.concerned", &[("count", &reason.records.len())]);
    let rows = reason.records.iter().map(|record| {
        let note = format!("{} · {}", time_words(record.facts.violated_at), record.location);
        let href = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
        view! { <Cell title=act(record) note=note value=money_words(record.facts.fine) href=href/> }
    });
    let rows = rows.collect_view();
    view! {
        <RefusalCard refusal=reason.words/>
        <Cells heading=heading>{rows}</Cells>
    }
}
