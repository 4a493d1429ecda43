//! Under the records: what the ticked ones come to, whether they pass together, and the most that would. The rules
//! judge in the browser, with no request; without scripts the next page says the same.

use leptos::prelude::*;
use rules::camera::{
    Applicant, LARGEST_SELECTION, RecordFacts, Request, Selection, VehicleFacts, assess_selection_with,
};
use rules::rulebook::CameraParameters;
use serde::{Deserialize, Serialize};

/// All that judging needs, for every record of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectionFacts {
    pub request: Request,
    pub applicant: Applicant,
    /// The ways in which the person stands to the vehicle: a lease counts for its term.
    pub vehicles: Vec<VehicleFacts>,
    /// Which of them is the record's.
    pub ways: Vec<usize>,
    pub ids: Vec<String>,
    /// Which of the parameters are those of the record's place.
    pub places: Vec<usize>,
    pub records: Vec<RecordFacts>,
    pub parameters: Vec<CameraParameters>,
}

/// Sentences with `{count}`, `{fine}`, `{points}` and `{after}` left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionWords {
    pub none: String,
    pub sum: String,
    pub passes: String,
    pub refused: String,
    pub one_place: String,
    pub too_many: String,
    pub largest: String,
}

impl SelectionFacts {
    /// The answer for the chosen ones; `ids` that are not on the page are left out.
    pub fn judge(&self, chosen: &[String]) -> (Vec<usize>, Selection) {
        let position = |id: &String| self.ids.iter().position(|known| known == id);
        let chosen: Vec<usize> = chosen.iter().filter_map(position).collect();
        let parameters = |index: usize| &self.parameters[self.places[index]];
        let (applicant, vehicle) = (&self.applicant, |index: usize| &self.vehicles[self.ways[index]]);
        let answer =
            assess_selection_with(self.request, applicant, vehicle, &self.records, &chosen, parameters);
        (chosen, answer)
    }
}

fn fill(sentence: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[island(lazy)]
pub fn SelectionBar(facts: SelectionFacts, words: SelectionWords) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<String>::new());
    let root = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| watch_boxes(root, chosen));
    let facts = StoredValue::new(facts);
    let judged = Memo::new(move |_| facts.with_value(|facts| facts.judge(&chosen.get())));
    let one_place = move || {
        let places: std::collections::BTreeSet<usize> = judged
            .with(|(chosen, _)| facts.with_value(|facts| chosen.iter().map(|i| facts.places[*i]).collect()));
        places.len() <= 1
    };
    let too_many = move || judged.with(|(chosen, _)| chosen.len() > LARGEST_SELECTION);
    let refused = move || {
        let fails = judged.with(|(chosen, answer)| !chosen.is_empty() && !answer.passes());
        fails || !one_place() || too_many()
    };
    let none = words.none.clone();
    let stored = StoredValue::new(words);
    let sentence = move || {
        let (chosen, answer) = judged.get();
        if chosen.is_empty() {
            return none.clone();
        }
        let values = [
            ("count", chosen.len().to_string()),
            ("fine", answer.fine.to_string().trim_end_matches(".00").to_owned()),
            ("points", answer.points.0.to_string()),
            ("after", answer.points_after.0.to_string()),
        ];
        stored.with_value(|words| fill(&words.sum, &values))
    };
    let verdict = move || {
        let chosen = judged.with(|(chosen, _)| chosen.len());
        stored.with_value(|words| match () {
            () if chosen == 0 => String::new(),
            () if !one_place() => words.one_place.clone(),
            () if too_many() => fill(&words.too_many, &[("count", LARGEST_SELECTION.to_string())]),
            () if refused() => words.refused.clone(),
            () => words.passes.clone(),
        })
    };
    let most = move || judged.with(|(_, answer)| answer.largest.clone());
    let most_words =
        move || stored.with_value(|words| fill(&words.largest, &[("count", most().len().to_string())]));
    let choose_most = move |_| {
        let ids =
            facts.with_value(|facts| most().into_iter().map(|i| facts.ids[i].clone()).collect::<Vec<_>>());
        tick(&ids);
        chosen.set(ids);
    };
    let class = move || if refused() { "lt-selection lt-selection--refused" } else { "lt-selection" };
    view! {
        <div class=class node_ref=root>
            <div class="lt-selection__words" role="status">
                <p id="selection-sum">{sentence}</p>
                <p id="selection-verdict">{verdict}</p>
            </div>
            <button type="button" class="lt-quiet-button lt-needs-scripts" on:click=choose_most>{most_words}</button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn boxes() -> Vec<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast;
    let Ok(found) = document().query_selector_all("#records input[name=records]") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Follows the boxes of the form, which the server rendered.
#[cfg(feature = "hydrate")]
fn watch_boxes(root: NodeRef<leptos::html::Div>, chosen: RwSignal<Vec<String>>) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let read = move || {
        let ticked = boxes().into_iter().filter(web_sys::HtmlInputElement::checked);
        chosen.set(ticked.map(|field| field.value()).collect());
    };
    let Some(form) = root.get().and_then(|bar| bar.closest("form").ok().flatten()) else { return };
    let listener = Closure::<dyn Fn()>::new(read);
    drop(form.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref()));
    listener.forget();
    // Ticks that the browser kept from before, on going back.
    read();
}

#[cfg(not(feature = "hydrate"))]
fn watch_boxes(_: NodeRef<leptos::html::Div>, _: RwSignal<Vec<String>>) {}

#[cfg(feature = "hydrate")]
fn tick(ids: &[String]) {
    for field in boxes() {
        field.set_checked(ids.contains(&field.value()));
    }
}

#[cfg(not(feature = "hydrate"))]
fn tick(_: &[String]) {}
