//! Vehicles, their records with an answer each, one record, and disputing it.

mod list;

use leptos::prelude::*;
use rules::camera::RecordStanding;
use rules::violation::PointsUnderLaw;

use super::{loaded, parameter};
use crate::api::violations::{Office, RecordCard, RecordDetail, VehicleCard};
use crate::api::{redirect, services};
use crate::components::{
    ActionBar, Button, ButtonKind, ButtonLink, Cell, Cells, Empty, IconName, Layout, Plate, PostForm,
    RefusalCard, RefusalWords, SummaryList, SummaryRow, Tab, Tag, Tone, Warning, language, money_words, say,
    say_with, time_words,
};
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

/// The city where it happened, with whose rules hold there: 桂林市（按全国平台规则）, 广州市（未接入）.
pub fn place_words(record: &RecordCard) -> String {
    let city = &record.city;
    if record.place.is_none() {
        return say_with("page.record.place-unserved", &[("city", city)]);
    }
    if city.starts_with(&record.place_zh) {
        return city.clone();
    }
    let rules = language().pick(record.place_zh.clone(), record.place_en.clone());
    say_with("page.record.place-rules", &[("city", city), ("place", &rules)])
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
        PointsUnderLaw::Depends { .. } if record.facts.points_known => None,
        PointsUnderLaw::Depends { .. } => Some(say("page.record.depends")),
        PointsUnderLaw::RegistryStands if record.laws.penalty.is_some() => None,
        PointsUnderLaw::RegistryStands => Some(say("page.record.registry-points")),
    };
    let passes = record.verdict.passes();
    let rulebook = services().portal.rulebook();
    let refusals = RefusalWords::all(&record.verdict, &rulebook)
        .into_iter()
        .map(|refusal| view! { <RefusalCard refusal/> })
        .collect_view();
    let order = record.order.clone();
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
            {order.map(|order| view! {
                <p><a class="govuk-link lt-way" href=format!("/orders/{order}")>{say("page.record.to-order")}</a></p>
            })}
            {if passes {
                view! {
                    <p class="lt-verdict lt-verdict--pass">{say("page.record.passes")}</p>
                    <div class="lt-equal">
                        <ButtonLink href=notice kind=ButtonKind::Secondary>{say("page.record.accept")}</ButtonLink>
                        <ButtonLink href=dispute kind=ButtonKind::Secondary>{say("page.record.dispute")}</ButtonLink>
                    </div>
                }.into_any()
            } else {
                view! {
                    <p class="lt-verdict lt-verdict--refuse">{say("page.record.refused")}</p>
                    {refusals}
                    <OfficeView office=record.office.clone()/>
                    {record.disputable().then(|| view! {
                        <ButtonLink href=dispute kind=ButtonKind::Secondary>{say("page.record.dispute")}</ButtonLink>
                    })}
                }.into_any()
            }}
        </Layout>
    }
}

fn record_rows(record: &RecordCard, vehicle: &VehicleCard) -> Vec<SummaryRow> {
    let plate = vehicle.plate.clone();
    let laws = [("penalty", &record.laws.penalty), ("points", &record.laws.points)];
    let laws = laws.into_iter().filter_map(|(name, law)| {
        let law = law.clone()?;
        Some(SummaryRow::new(
            say(&format!("page.record.law-{name}")),
            view! { <span lang="zh-CN">{law}</span> },
        ))
    });
    let mut rows = vec![
        SummaryRow::new(say("page.record.plate"), view! { <Plate number=plate kind=vehicle.kind/> }),
        SummaryRow::new(say("page.record.when"), time_words(record.facts.violated_at)),
        SummaryRow::new(say("page.record.where"), record.location.clone()),
        SummaryRow::new(say("page.record.place"), place_words(record)),
        SummaryRow::new(say("page.record.penalty"), penalty_words(record)),
        SummaryRow::new(say("page.record.capture"), say(&format!("capture.{}", record.facts.capture.code()))),
        SummaryRow::new(say("page.record.code"), record.code.to_string()),
    ];
    rows.extend(laws);
    rows
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
    rows.extend(office.hotline.map(|hotline| {
        let call = format!("tel:{}", hotline.phone);
        let hours = language().pick(hotline.hours_zh, hotline.hours_en);
        let hours = hours.map(|hours| say_with("page.office.hours", &[("hours", &hours)]));
        let name = language().pick(hotline.name_zh, hotline.name_en);
        SummaryRow::new(name, view! { <a class="govuk-link" href=call>{hotline.phone}</a>{hours} })
    }));
    view! { <section class="lt-section"><h2>{say("page.office.title")}</h2><SummaryList rows/></section> }
}

/// What may still be disputed has the button; the rest is told why not.
#[component]
pub fn Dispute() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        let record = detail.record;
        let back = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
        if record.facts.disputed {
            redirect(&format!("{back}/disputed"));
            return ().into_any();
        }
        let line = format!("{} · {}", act(&record), time_words(record.facts.violated_at));
        let form = if record.disputable() {
            let hidden =
                vec![("vehicle".into(), record.vehicle_id.clone()), ("record".into(), record.id.clone())];
            view! {
                <p>{say("page.dispute.words")}</p>
                <OfficeView office=record.office/>
                <PostForm action="/api/records/dispute" hidden=hidden once=true>
                    <ActionBar><Button kind=ButtonKind::Warning>{say("page.dispute.act")}</Button></ActionBar>
                </PostForm>
            }
            .into_any()
        } else {
            let held = matches!(
                record.facts.state,
                RecordStanding::HeldByThisOrder | RecordStanding::HeldByOther { .. }
            );
            let why = if held { "error.dispute.held" } else { "error.dispute.processed" };
            view! { <Warning><p>{say(why)}</p></Warning> }.into_any()
        };
        view! {
            <Layout title=say("page.dispute.title") back=back transaction=true registry_data=true>
                <p>{line}</p>
                {form}
            </Layout>
        }
        .into_any()
    })
}

#[component]
pub fn Disputed() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    loaded(async move { services().violations.record(&vehicle, &record).await }, |detail| {
        let record = detail.record;
        if !record.facts.disputed {
            redirect(&format!("/vehicles/{}/records/{}", record.vehicle_id, record.id));
            return ().into_any();
        }
        let office = language().pick(record.office.name_zh.clone(), record.office.name_en.clone());
        view! {
            <Layout title=say("page.dispute.done") back=format!("/vehicles/{}", record.vehicle_id) registry_data=true>
                <p>{say_with("page.dispute.done-words", &[("office", &office)])}</p>
                <OfficeView office=record.office/>
            </Layout>
        }
        .into_any()
    })
}
