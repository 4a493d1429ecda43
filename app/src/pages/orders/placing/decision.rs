//! The draft of the penalty decisions, one for each record, with what such a decision has to state: person, vehicle,
//! facts, basis, penalty, how and by when it is performed, authority, rights.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::notice::window_words;
use super::{channel, has_agreed, hidden, ids, list_of, place, with_proposal};
use crate::api::orders::{Proposal, records_query};
use crate::api::services;
use crate::api::violations::RecordCard;
use crate::components::{
    Dock, Layout, Plate, PostForm, SummaryList, SummaryRow, money_figure, money_words, near_time_words, say,
    say_with, time_words,
};
use crate::pages::violations::{act, penalty_words};
use crate::visit::visit;

const DECISION: &str = "decision";

/// Leads back to the notice as long as it was not agreed to.
#[component]
pub fn Decision() -> impl IntoView {
    with_proposal(|proposal| has_agreed(&proposal).then(|| view! { <Draft proposal/> }))
}

#[component]
fn Draft(proposal: Proposal) -> impl IntoView {
    let back = format!("{}/notice?{}", list_of(&proposal.vehicle.id), records_query(&ids(&proposal)));
    let hidden = hidden(&proposal);
    let drafts = proposal.records.iter().map(|record| view! { <RecordDraft record=record.clone()/> });
    let drafts = drafts.collect_view();
    let (party, performance) = (party_rows(&proposal), performance_rows(&proposal));
    let window = window_words(proposal.window_minutes);
    let points = say_with("page.decision.dock-points", &[("points", &proposal.selection.points.0)]);
    let sum = money_figure(proposal.selection.fine);
    let phone = visit().account.map(|account| account.phone).unwrap_or_default();
    let to = say_with("page.decision.phone", &[("phone", &phone)]);
    let dock = view! { <Dock form=DECISION act=say("page.sign-in.send") sum=sum note=points/> }.into_any();
    view! {
        <Layout title=say("page.decision.title") back=back step=(3, 5) transaction=true registry_data=true errors=visit().errors_of(DECISION) dock=dock>
            <p>{say("page.decision.draft")}</p>
            <SummaryList rows=party/>
            {drafts}
            <section class="lt-section">
                <h2>{say("page.decision.performance")}</h2>
                <SummaryList rows=performance/>
                <p>{say_with("page.decision.terms", &[("window", &window)])}</p>
            </section>
            <section class="lt-section">
                <h2>{say("page.decision.rights")}</h2>
                <ul class="govuk-list govuk-list--bullet">
                    <li>{say("page.decision.hearing")}</li>
                    <li>{say("page.decision.review")}</li>
                    <li>{say("page.decision.no-stay")}</li>
                </ul>
            </section>
            <p>{say("page.decision.effect")}</p>
            <p>{to}</p>
            <PostForm action="/api/orders/code/send" hidden=hidden once=true id=DECISION/>
        </Layout>
    }
}

/// The rows for person, vehicle and authority.
fn party_rows(proposal: &Proposal) -> Vec<SummaryRow> {
    let (plate, kind) = (proposal.vehicle.plate.clone(), proposal.vehicle.kind);
    let account = visit().account;
    let name = account.as_ref().and_then(|account| account.name.clone()).unwrap_or_default();
    let id_number = account.and_then(|account| account.id_number).unwrap_or_default();
    vec![
        SummaryRow::new(say("page.decision.person"), name),
        SummaryRow::new(say("page.me.id-number"), id_number),
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate kind=kind/> }),
        SummaryRow::new(say("page.decision.kind"), say(&format!("vehicle-kind.{}", kind.code()))),
        SummaryRow::new(
            say("page.decision.authority"),
            say_with("page.decision.authority-name", &[("place", &authority_place(proposal))]),
        ),
    ]
}

/// The place whose traffic police decide: the national rules hold in many cities, and the city decides.
fn authority_place(proposal: &Proposal) -> String {
    let national = services().portal.rulebook().national().id.clone();
    let is_national = proposal.records.iter().any(|record| record.place.as_ref() == Some(&national));
    if !is_national {
        return place(proposal);
    }
    let cities: BTreeSet<_> = proposal.records.iter().map(|record| record.city.clone()).collect();
    cities.into_iter().collect::<Vec<_>>().join(&say("refusal.and"))
}

fn performance_rows(proposal: &Proposal) -> Vec<SummaryRow> {
    let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
    let mut rows = vec![
        SummaryRow::new(say("page.decision.fine-sum"), money_words(proposal.selection.fine)),
        SummaryRow::new(say("page.decision.points-sum"), points(proposal.selection.points)),
        SummaryRow::new(say("page.notice.points-after"), points(proposal.selection.points_after)),
    ];
    rows.extend(channel(proposal).map(|channel| {
        let words = say_with("page.decision.manner-words", &[("channel", &channel)]);
        SummaryRow::new(say("page.decision.manner"), words)
    }));
    rows.push(SummaryRow::new(say("page.notice.until"), near_time_words(proposal.pays_until)));
    rows
}

/// The facts, their evidence, the basis and the penalty of one record.
#[component]
fn RecordDraft(record: RecordCard) -> impl IntoView {
    let act = act(&record);
    let evidence = say_with("page.decision.evidence-words", &[("number", &record.id)]);
    let href = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
    let mut rows = vec![
        SummaryRow::new(say("page.record.when"), time_words(record.facts.violated_at)),
        SummaryRow::new(say("page.record.where"), record.location.clone()),
        SummaryRow::new(say("page.record.code"), record.code.to_string()),
        SummaryRow::new(
            say("page.decision.evidence"),
            view! { <a class="govuk-link lt-way" href=href>{evidence}</a> },
        ),
    ];
    rows.extend(basis_rows(&record));
    rows.push(SummaryRow::new(
        say("page.record.penalty"),
        view! { <strong>{penalty_words(&record)}</strong> },
    ));
    view! { <section class="lt-section"><h2>{act}</h2><SummaryList rows/></section> }
}

/// The laws of penalty and points; a code that the table does not know rests on what the registry says.
fn basis_rows(record: &RecordCard) -> Vec<SummaryRow> {
    let words = |law: Option<String>| match law {
        Some(law) => view! { <span lang="zh-CN">{law}</span> }.into_any(),
        None => say("page.decision.basis-of-registry").into_any(),
    };
    let mut rows = vec![SummaryRow::new(say("page.record.law-penalty"), words(record.laws.penalty.clone()))];
    if record.facts.points.0 > 0 {
        rows.push(SummaryRow::new(say("page.record.law-points"), words(record.laws.points.clone())));
    }
    rows
}
