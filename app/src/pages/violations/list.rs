//! The records of a vehicle, each with its answer, to choose from.

use leptos::prelude::*;

use super::{act, penalty_words, place_words, standing_tag};
use crate::api::services;
use crate::api::violations::{RecordCard, VehicleRecords};
use crate::components::{
    ActionBar, Button, Empty, Filter, FilterItem, Layout, Plate, RefusalWords, Tab, Tag, Tone, say, say_with,
    time_words,
};
use crate::islands::{SelectionBar, SelectionFacts, SelectionWords};
use crate::pages::{loaded, parameter, query};

#[component]
pub fn Records() -> impl IntoView {
    let vehicle = parameter("vehicle");
    loaded(async move { services().violations.records(&vehicle).await }, |found| view! { <List found/> })
}

#[component]
fn List(found: VehicleRecords) -> impl IntoView {
    let chosen = query("filter");
    let base = format!("/vehicles/{}", found.vehicle.id);
    let (all, online) =
        (found.records.len(), found.records.iter().filter(|record| record.verdict.passes()).count());
    let filters = [("all", all), ("online", online), ("office", all - online)];
    let filters = filters.map(|(name, count)| FilterItem {
        label: say(&format!("page.records.filter-{name}")),
        href: if name == "all" { base.clone() } else { format!("{base}?filter={name}") },
        count: Some(count),
        current: chosen == name || (name == "all" && chosen.is_empty()),
    });
    let facts = selection_facts(&found);
    let shown: Vec<RecordCard> = found
        .records
        .into_iter()
        .filter(|record| match chosen.as_str() {
            "online" => record.verdict.passes(),
            "office" => !record.verdict.passes(),
            _ => true,
        })
        .collect();
    let choosable = shown.iter().any(|record| record.verdict.passes());
    let (plate, kind) = (found.vehicle.plate, found.vehicle.kind);
    view! {
        <Layout title=say_with("page.records.title", &[("plate", &plate.spoken())]) own_heading=true back="/vehicles" tab=Tab::Business registry_data=true>
            <h1 class="lt-title">
                <span class="govuk-visually-hidden">{say("page.records.heading")}</span>
                <Plate number=plate kind=kind large=true/>
            </h1>
            <Filter label=say("page.records.filter") items=filters.to_vec()/>
            {shown.is_empty().then(|| view! { <Empty title=say("page.records.none")/> })}
            <form method="get" action=format!("{base}/notice") id="records">
                {shown.into_iter().map(record_card).collect_view()}
                {choosable.then(|| view! {
                    <SelectionBar facts words=selection_words()/>
                    <ActionBar><Button>{say("page.records.next")}</Button></ActionBar>
                })}
            </form>
        </Layout>
    }
}

fn selection_facts(found: &VehicleRecords) -> SelectionFacts {
    let place = |record: &RecordCard| {
        let same = |parameters: &rules::rulebook::CameraParameters| parameters.place == record.place;
        found.parameters.iter().position(same).unwrap_or_default()
    };
    let mut vehicles = Vec::new();
    let mut way = |record: &RecordCard| {
        let known = vehicles.iter().position(|known| *known == record.vehicle_facts);
        known.unwrap_or_else(|| {
            vehicles.push(record.vehicle_facts.clone());
            vehicles.len() - 1
        })
    };
    let ways = found.records.iter().map(&mut way).collect();
    SelectionFacts {
        request: found.request,
        applicant: found.applicant.clone(),
        vehicles,
        ways,
        ids: found.records.iter().map(|record| record.id.clone()).collect(),
        places: found.records.iter().map(place).collect(),
        records: found.records.iter().map(|record| record.facts.clone()).collect(),
        parameters: found.parameters.clone(),
    }
}

fn selection_words() -> SelectionWords {
    let word = |key: &str| say(&format!("page.selection.{key}"));
    SelectionWords {
        none: word("none"),
        sum: word("sum"),
        passes: word("passes"),
        refused: word("refused"),
        one_place: word("one-place"),
        too_many: word("too-many"),
        largest: word("largest"),
    }
}

fn record_card(record: RecordCard) -> impl IntoView {
    let href = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
    let (passes, name) = (record.verdict.passes(), act(&record));
    let place = place_words(&record);
    let id = format!("record-{}", record.id);
    let rulebook = services().portal.rulebook();
    let reason =
        RefusalWords::all(&record.verdict, &rulebook).into_iter().next().map(|refusal| refusal.sentence);
    let label = say_with("page.records.choose", &[("act", &name)]);
    view! {
        <article class="lt-card lt-pick">
            {passes.then(|| view! {
                <input class="lt-pick__input" type="checkbox" name="records" value=record.id.clone() id=id.clone()/>
                <label class="lt-pick__label" for=id><span class="govuk-visually-hidden">{label}</span></label>
            })}
            <div class="lt-pick__body">
                <h2 class="lt-card__heading"><a class="lt-card__link" href=href>{name}</a></h2>
                <div class="lt-card__tags">
                    {standing_tag(&record)}
                    {if passes {
                        view! { <Tag tone=Tone::Good text=say("page.records.can")/> }
                    } else {
                        view! { <Tag tone=Tone::Bad text=say("page.records.cannot")/> }
                    }}
                </div>
                <p class="lt-card__meta">{penalty_words(&record)}</p>
                <p class="lt-card__meta">{format!("{} · {place} {}", time_words(record.facts.violated_at), record.location)}</p>
                {reason.map(|reason| view! { <p class="lt-reason">{reason}</p> })}
            </div>
        </article>
    }
}
