//! The page of one record.

use leptos::prelude::*;
use rules::families::camera::{Group, Outlook};
use rules::violation::PointsUnderLaw;

use super::dispute::Withdraw;
use super::list::list_href;
use super::{OfficeView, act, penalty_words, place_words, standing_tag};
use crate::api::services;
use crate::api::violations::{RecordCard, RecordDetail, VehicleCard};
use crate::components::{
    ButtonKind, ButtonLink, Layout, LocalWords, Plate, RefusalCard, RefusalWords, SummaryList, SummaryRow,
    Tab, say, say_with, time_words,
};
use crate::pages::{loaded, parameter};
use crate::visit::visit;

#[component]
pub fn Record() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        view! { <RecordView detail/> }
    })
}

#[component]
fn RecordView(detail: RecordDetail) -> impl IntoView {
    let disputable = detail.disputable();
    let record = detail.record;
    let withdraw = detail.dispute.withdraw.then(|| view! { <Withdraw record=record.clone()/> });
    let back = format!("{}#record-{}", list_href(&record.vehicle_id), record.id);
    let rows = record_rows(&record, &detail.vehicle);
    let points_by = points_words(detail.points_under_law, &record);
    view! {
        <Layout title=act(&record) back=back back_in_history=true tab=Tab::Business registry_data=true errors=visit().errors_of("dispute")>
            {record.has_evidence.then(|| picture(&record))}
            {standing_tag(&record)}
            <SummaryList rows/>
            {points_by.map(|words| view! { <p>{words}</p> })}
            {prospect(&record, disputable)}
            {withdraw}
        </Layout>
    }
}

fn picture(record: &RecordCard) -> impl IntoView + use<> {
    let image = format!("/evidence/{}/{}", record.vehicle_id, record.id);
    let page = format!("/vehicles/{}/records/{}/evidence", record.vehicle_id, record.id);
    view! {
        <figure class="lt-evidence">
            <a href=page><img src=image alt=evidence_words(record)/></a>
            <figcaption>{say("page.record.evidence")}</figcaption>
        </figure>
    }
}

/// The verdict on the record with its acts.
fn prospect(record: &RecordCard, disputable: bool) -> AnyView {
    let dispute = disputable.then(|| dispute_href(record));
    let dispute = dispute.map(|href| {
        view! { <ButtonLink href=href kind=ButtonKind::Secondary>{say("page.record.dispute")}</ButtonLink> }
    });
    match record.outlook() {
        Outlook::Online => {
            let notice = format!("/vehicles/{}/notice?records={}", record.vehicle_id, record.id);
            view! {
                <p class="lt-verdict lt-verdict--pass">{say("page.record.passes")}</p>
                <div class="lt-equal">
                    <ButtonLink href=notice kind=ButtonKind::Secondary>{say("page.record.accept")}</ButtonLink>
                    {dispute}
                </div>
            }
            .into_any()
        }
        Outlook::Settled => view! {
            <p class="lt-verdict lt-verdict--pass">{say("page.record.settled")}</p>
            {proof_links(record)}
        }
        .into_any(),
        outlook @ (Outlook::Later { .. } | Outlook::Office) => {
            let class =
                if outlook == Outlook::Office { "lt-verdict" } else { "lt-verdict lt-verdict--later" };
            let rulebook = services().portal.rulebook();
            let refusals = RefusalWords::all(&record.verdict, &rulebook).into_iter();
            let refusals = refusals.map(|refusal| view! { <RefusalCard refusal/> }).collect_view();
            // Whoever waits for the opening has no way to go; the office answers a dispute.
            let office = outlook == Outlook::Office || record.facts.disputed;
            view! {
                <p class=class>{outlook_words(outlook)}</p>
                {order_link(record)}
                {refusals}
                {office.then(|| view! { <OfficeView office=record.office.clone()/> })}
                {dispute}
            }
            .into_any()
        }
    }
}

/// The verdict on a record that is not handled online now.
fn outlook_words(outlook: Outlook) -> String {
    match outlook {
        Outlook::Later { at: Some(at) } => say_with("page.record.later-at", &[("time", &time_words(at))]),
        Outlook::Later { at: None } => say("page.record.later"),
        Outlook::Office => say("page.record.office"),
        Outlook::Online => say("page.record.passes"),
        Outlook::Settled => say("page.record.settled"),
    }
}

fn order_link(record: &RecordCard) -> Option<impl IntoView + use<>> {
    record.order.as_ref().map(|order| {
        view! { <p><a class="govuk-link lt-way" href=format!("/orders/{order}")>{say("page.record.to-order")}</a></p> }
    })
}

/// Order and receipt of a record that was settled here.
fn proof_links(record: &RecordCard) -> impl IntoView + use<> {
    let receipt = record.proof.as_ref().map(|proof| {
        let words = say_with("page.record.to-receipt", &[("decision", &proof.decision)]);
        view! { <p><a class="govuk-link lt-way" href=format!("/receipts/{}", proof.receipt)>{words}</a></p> }
    });
    view! { {receipt} {order_link(record)} }
}

fn dispute_href(record: &RecordCard) -> String {
    format!("/vehicles/{}/records/{}/dispute", record.vehicle_id, record.id)
}

/// Which law the points come from, where it makes a difference.
fn points_words(by: PointsUnderLaw, record: &RecordCard) -> Option<String> {
    let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
    match by {
        PointsUnderLaw::Known { then, now } if then == now => None,
        PointsUnderLaw::Known { then, now } => {
            let words = [("then", &points(then) as &dyn std::fmt::Display), ("today", &points(now))];
            Some(say_with("page.record.milder", &words))
        }
        PointsUnderLaw::Depends { .. } if record.facts.points_known => None,
        PointsUnderLaw::Depends { .. } => Some(say("page.record.depends")),
        PointsUnderLaw::RegistryStands if record.laws.penalty.is_some() => None,
        PointsUnderLaw::RegistryStands => Some(say("page.record.registry-points")),
    }
}

fn record_rows(record: &RecordCard, vehicle: &VehicleCard) -> Vec<SummaryRow> {
    let (plate, location) = (vehicle.plate.clone(), record.location.clone());
    let laws = [("penalty", &record.laws.penalty), ("points", &record.laws.points)];
    let laws = laws.into_iter().filter_map(|(name, law)| {
        let law = law.clone()?;
        let words = view! { <span lang="zh-CN">{law}</span> };
        Some(SummaryRow::new(say(&format!("page.record.law-{name}")), words))
    });
    let mut rows = vec![
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate kind=vehicle.kind/> }),
        SummaryRow::new(say("page.record.when"), time_words(record.facts.violated_at)),
        SummaryRow::new(say("page.record.where"), view! { <LocalWords words=location/> }),
        SummaryRow::new(say("page.record.place"), view! { <LocalWords words=place_words(record)/> }),
        SummaryRow::new(say("page.record.penalty"), penalty_words(record)),
        SummaryRow::new(say("page.record.capture"), say(&format!("capture.{}", record.facts.capture.code()))),
        SummaryRow::new(say("page.record.code"), record.code.to_string()),
    ];
    rows.extend(laws);
    rows
}

/// The picture in words.
pub(super) fn evidence_words(record: &RecordCard) -> String {
    let (act, time) = (act(record), time_words(record.facts.violated_at));
    say_with("page.record.evidence-words", &[("act", &act), ("time", &time), ("where", &record.location)])
}

/// The tone of a group in lists: green is done, amber waits.
pub(super) fn group_class(group: Group) -> &'static str {
    match group {
        Group::Online | Group::Office => "lt-reason",
        Group::Later => "lt-reason lt-reason--later",
        Group::Settled => "lt-reason lt-reason--settled",
    }
}
