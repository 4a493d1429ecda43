//! Vehicles, their records with an answer each, one record, and disputing it.

mod dispute;
mod evidence;
mod list;
mod record;

use leptos::prelude::*;
use rules::violation::RecordStanding;

use super::loaded;
use crate::api::services;
use crate::api::violations::{Office, OwnVehicle, RecordCard};
use crate::components::{
    Cells, Empty, IconName, Layout, LocalWords, Plate, SummaryList, SummaryRow, Tab, Tag, Tone, counts_words,
    language, money_words, say, say_with,
};
pub use dispute::{Dispute, DisputeConfirm, Disputed};
pub use evidence::Evidence;
pub use list::{Records, none_chosen};
pub use record::Record;

#[component]
pub fn Vehicles() -> impl IntoView {
    loaded(async { services().violations.vehicles().await }, |vehicles| {
        view! {
            <Layout title=say("page.vehicles.title") tab=Tab::Business registry_data=true>
                {vehicles.is_empty().then(|| view! { <Empty title=say("page.vehicles.none") icon=IconName::Car/> })}
                <Cells>{vehicles.into_iter().map(vehicle_row).collect_view()}</Cells>
            </Layout>
        }
    })
}

/// The plate as title; below it what there is to do and how the person stands to the vehicle.
fn vehicle_row(own: OwnVehicle) -> impl IntoView {
    let vehicle = own.vehicle;
    let (open, groups) = match own.counts.open() {
        0 => (say("page.vehicles.no-records"), None),
        open => {
            let sum = money_words(own.open_fines);
            let words = say_with("page.vehicles.open", &[("count", &open), ("sum", &sum)]);
            (words, Some(counts_words(&own.counts)))
        }
    };
    let relation = say(&format!("relation.{}", vehicle.relation.code()));
    view! {
        <li>
            <a class="lt-cell lt-cell--link" href=format!("/vehicles/{}", vehicle.id)>
                <span class="lt-cell__main">
                    <span class="lt-cell__title">
                        <Plate number=vehicle.plate kind=vehicle.kind/>
                        <span class="lt-cell__note">{relation}</span>
                    </span>
                    <span>{open}</span>
                    {groups.map(|groups| view! { <span class="lt-cell__note">{groups}</span> })}
                </span>
            </a>
        </li>
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
pub fn OfficeView(office: Office) -> impl IntoView {
    let mut rows =
        vec![SummaryRow::new(say("page.office.name"), language().pick(office.name_zh, office.name_en))];
    rows.extend(
        office
            .address
            .map(|words| SummaryRow::new(say("page.office.address"), view! { <LocalWords words/> })),
    );
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
