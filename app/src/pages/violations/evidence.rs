//! The picture of a record on a page of its own, twice and four times as large, in a frame that scrolls.

use leptos::prelude::*;

use super::record::evidence_words;
use crate::api::services;
use crate::components::{Filter, FilterItem, Layout, Tab, say, say_with};
use crate::pages::{loaded, parameter, query};

/// How many times as wide as the page the picture is drawn.
const ZOOMS: [u8; 3] = [1, 2, 4];

#[component]
pub fn Evidence() -> impl IntoView {
    let (vehicle, record) = (parameter("vehicle"), parameter("record"));
    let zoom = query("zoom").parse().ok().filter(|zoom| ZOOMS.contains(zoom)).unwrap_or(ZOOMS[0]);
    loaded(async move { services().violations.record(&vehicle, &record).await }, move |detail| {
        let record = detail.record;
        let base = format!("/vehicles/{}/records/{}", record.vehicle_id, record.id);
        let items = ZOOMS.map(|times| FilterItem {
            label: say_with("page.evidence.times", &[("times", &times)]),
            href: if times == 1 {
                format!("{base}/evidence")
            } else {
                format!("{base}/evidence?zoom={times}")
            },
            count: None,
            current: times == zoom,
        });
        let words = evidence_words(&record);
        let image = record.has_evidence.then(|| format!("/evidence/{}/{}", record.vehicle_id, record.id));
        view! {
            <Layout title=say("page.evidence.title") back=base tab=Tab::Business>
                <Filter label=say("page.evidence.zoom") items=items.to_vec()/>
                {match image {
                    Some(image) => view! {
                        <div class=format!("lt-zoom lt-zoom--{zoom}") tabindex="0" role="region" aria-label=say("page.evidence.title")>
                            <img src=image alt=words.clone()/>
                        </div>
                    }
                    .into_any(),
                    None => view! { <p>{say("page.evidence.none")}</p> }.into_any(),
                }}
                <p class="lt-quiet">{words}</p>
            </Layout>
        }
    })
}
