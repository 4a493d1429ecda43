//! A selection that takes several orders: each part leads on with the records that pass, and only with those.

use leptos::prelude::*;
use rules::families::camera::LARGEST_SELECTION;

use super::list_of;
use crate::api::orders::{Divided, Part, records_query};
use crate::components::{ButtonKind, ButtonLink, Layout, language, money_words, say, say_with};
use crate::visit::visit;

#[component]
pub(super) fn DividedSelection(divided: Divided) -> impl IntoView {
    let base = list_of(&divided.vehicle.id);
    let parts = divided.parts.into_iter().map(|part| view! { <DividedPart part base=base.clone()/> });
    let parts = parts.collect_view();
    let errors = visit().flash.map(|flash| flash.errors).unwrap_or_default();
    view! {
        <Layout title=say("page.divided.title") back=base transaction=true registry_data=true errors>
            <p>{say_with("page.divided.words", &[("count", &LARGEST_SELECTION)])}</p>
            {parts}
        </Layout>
    }
}

#[component]
fn DividedPart(part: Part, base: String) -> impl IntoView {
    let place = language().pick(part.place_zh, part.place_en);
    let (all, passing) = (part.records.len(), part.passing.len());
    let refused = all - passing;
    let heading = say_with("page.divided.part", &[("place", &place), ("count", &all)]);
    let go_on = (passing > 0).then(|| {
        let href = format!("{base}/notice?{}", records_query(&part.passing));
        let fine = money_words(part.fine);
        let penalty = say_with("page.records.penalty", &[("fine", &fine), ("points", &part.points.0)]);
        let act = say_with("page.divided.act", &[("place", &place), ("count", &passing)]);
        view! {
            <p>{penalty}</p>
            <ButtonLink href=href kind=ButtonKind::Secondary>{act}</ButtonLink>
        }
    });
    let why = (refused > 0).then(|| {
        let href = format!("{base}/notice?{}", records_query(&part.records));
        let key = if passing > 0 { "page.divided.others" } else { "page.divided.none" };
        view! {
            <p>{say_with(key, &[("count", &refused)])}</p>
            <p><a class="govuk-link lt-way" href=href>{say("page.divided.why")}</a></p>
        }
    });
    view! { <section class="lt-section"><h2>{heading}</h2>{go_on}{why}</section> }
}
