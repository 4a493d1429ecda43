//! Vehicles, their records with an answer each, one record, and disputing it.

mod dispute;
mod list;

use leptos::prelude::*;
use rules::camera::RecordStanding;
use rules::violation::PointsUnderLaw;

use super::{loaded, parameter};
use crate::api::services;
use crate::api::violations::{Office, RecordCard, RecordDetail, VehicleCard};
use crate::components::{
    ButtonKind, ButtonLink, Cell, Cells, Empty, IconName, Inset, Layout, Plate, RefusalCard, RefusalWords,
    SummaryList, SummaryRow, Tab, Tag, Tone, language, money_words, say, say_with, time_words,
};
use dispute::Withdraw;
pub use dispute::{Dispute, DisputeConfirm, Disputed};
pub use list::Records;

use crate::visit::visit;

#[component]
pub fn Vehicles() -> impl IntoView {
    loaded(async { services().violations.vehicles().await }, |vehicles| {
        view! {
            <Layout title=say("page.vehicles.title") tab=Tab::Business registry_data=true>
                {vehicles.is_empty().then(|| view! { <Empty title=say("page.vehicles.none") icon=IconName::Car/> })}
                <Cells>{vehicles.into_iter().map(vehicle_cell).collect_view()}</Cells>
            </Layout>
        }
    })
}

fn vehicle_cell(vehicle: VehicleCard) -> impl IntoView {
    let relation = say(&format!("relation.{}", vehicle.relation.code()));
    let open = if vehicle.open_records == 0 {
        say("page.vehicles.no-records")
    } else {
        say_with("page.vehicles.open", &[("count", &vehicle.open_records)])
    };
    let title = vehicle.plate.spoken();
    view! {
        <Cell title=title note=format!("{relation} · {open}") href=format!("/vehicles/{}", vehicle.id)>
            <Plate number=vehicle.plate kind=vehicle.kind/>
        </Cell>
    }
}

/// The act in the page's language.
pub fn act(record: &RecordCard) -> String {
    language().pick(record.act_zh.clone(), record.act_en.clone())
}

/// Fine and points in words: 罚款 200 元,记 3 分.
pub fn penalty_words(record: &RecordCard) -> String {
    let (fine, points) = (money_words(record.facts.fine), record.facts.points.0);
    say_with("page.records.penalty", &[("fine", &fine), ("points", &points)])
}

/// The state of the record in one adjective.
pub fn standing_tag(record: &RecordCard) -> impl IntoView + use<> {
    use RecordStanding as S;
    let (tone, key) = match record.facts.state {
        S::Processed => (Tone::Good, "record-state.processed"),
        S::ProcessedElsewhere => (Tone::Good, "record-state.processed-elsewhere"),
        S::HeldByThisOrder | S::HeldByOther { .. } => (Tone::Running, "record-state.held"),
        S::Unprocessed if record.facts.disputed => (Tone::Urgent, "record-state.disputed"),
        S::Unprocessed => (Tone::Urgent, "record-state.unprocessed"),
    };
    view! { <Tag tone=tone text=say(key)/> }
}

#[component]
pub fn Record() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        view! { <RecordView detail/> }
    })
}

#[component]
fn RecordView(detail: RecordDetail) -> impl IntoView {
    let record = detail.record;
    let base = format!("/vehicles/{}", record.vehicle_id);
    let notice = format!("{base}/notice?records={}", record.id);
    let dispute = format!("{base}/records/{}/dispute", record.id);
    let rows = record_rows(&record, &detail.vehicle);
    let points = |points: rules::licence::Points| say_with("frame.points", &[("points", &points.0)]);
    let points_by = match detail.points_under_law {
        PointsUnderLaw::Known { then, now } if then == now => None,
        PointsUnderLaw::Known { then, now } => {
            let words = [("then", &points(then) as &dyn std::fmt::Display), ("today", &points(now))];
            Some(say_with("page.record.milder", &words))
        }
        PointsUnderLaw::RegistryStands => Some(say("page.record.registry-points")),
    };
    let law = rules::violation::find(&record.code).map(|known| known.law);
    let passes = record.verdict.passes();
    let rulebook = services().portal.rulebook();
    let refusals = record.verdict.refusals.iter().map(|refusal| RefusalWords::of(refusal, &rulebook));
    let refusals = refusals.map(|refusal| view! { <RefusalCard refusal/> }).collect_view();
    let order = record.order.clone();
    let disputable = detail.dispute.dispute && record.disputable();
    let withdraw = detail.dispute.withdraw.then(|| view! { <Withdraw record=record.clone()/> });
    view! {
        <Layout title=act(&record) back=base tab=Tab::Business registry_data=true errors=visit().errors_of("dispute")>
            {record.has_evidence.then(|| view! {
                <figure class="lt-evidence">
                    <a href=format!("/evidence/{}/{}", record.vehicle_id, record.id)>
                        <img src=format!("/evidence/{}/{}", record.vehicle_id, record.id) alt=evidence_words(&record)/>
                    </a>
                    <figcaption>{say("page.record.evidence")}</figcaption>
                </figure>
            })}
            {standing_tag(&record)}
            <SummaryList rows/>
            {points_by.map(|words| view! { <p>{words}</p> })}
            {law.map(|law| view! { <Inset source=say("page.record.law")><span lang="zh-CN">{law}</span></Inset> })}
            {order.map(|order| view! {
                <p><a class="govuk-link lt-way" href=format!("/orders/{order}")>{say("page.record.to-order")}</a></p>
            })}
            {if passes {
                view! {
                    <p class="lt-verdict lt-verdict--pass">{say("page.record.passes")}</p>
                    <div class="lt-equal">
                        <ButtonLink href=notice kind=ButtonKind::Secondary>{say("page.record.accept")}</ButtonLink>
                        {disputable.then(|| view! {
                            <ButtonLink href=dispute kind=ButtonKind::Secondary>{say("page.record.dispute")}</ButtonLink>
                        })}
                    </div>
                }.into_any()
            } else {
                view! {
                    <p class="lt-verdict lt-verdict--refuse">{say("page.record.refused")}</p>
                    {refusals}
                    <OfficeView office=record.office.clone()/>
                    {disputable.then(|| view! {
                        <ButtonLink href=dispute kind=ButtonKind::Secondary>{say("page.record.dispute")}</ButtonLink>
                    })}
                }.into_any()
            }}
            {withdraw}
        </Layout>
    }
}

fn record_rows(record: &RecordCard, vehicle: &VehicleCard) -> Vec<SummaryRow> {
    let plate = vehicle.plate.clone();
    vec![
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate kind=vehicle.kind/> }),
        SummaryRow::new(say("page.record.when"), time_words(record.facts.violated_at)),
        SummaryRow::new(say("page.record.where"), record.location.clone()),
        SummaryRow::new(
            say("page.record.place"),
            language().pick(record.place_zh.clone(), record.place_en.clone()),
        ),
        SummaryRow::new(say("page.record.penalty"), penalty_words(record)),
        SummaryRow::new(say("page.record.capture"), say(&format!("capture.{}", record.facts.capture.code()))),
        SummaryRow::new(say("page.record.code"), record.code.to_string()),
    ]
}

fn evidence_words(record: &RecordCard) -> String {
    let (act, time) = (act(record), time_words(record.facts.violated_at));
    say_with("page.record.evidence-words", &[("act", &act), ("time", &time), ("where", &record.location)])
}

#[component]
pub fn OfficeView(office: Office) -> impl IntoView {
    let mut rows =
        vec![SummaryRow::new(say("page.office.name"), language().pick(office.name_zh, office.name_en))];
    rows.extend(office.address.map(|address| SummaryRow::new(say("page.office.address"), address)));
    rows.extend(office.phone.map(|phone| {
        let call = format!("tel:{phone}");
        SummaryRow::new(say("page.office.phone"), view! { <a class="govuk-link" href=call>{phone}</a> })
    }));
    view! { <section class="lt-section"><h2>{say("page.office.title")}</h2><SummaryList rows/></section> }
}
