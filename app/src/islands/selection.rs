//! The sum and the verdict of the selected records, judged in the browser without a request.

use leptos::prelude::*;
use rules::families::camera::{
    Applicant, CameraParameters, LARGEST_SELECTION, RecordFacts, Request, Selection, VehicleFacts,
    assess_selection_with,
};
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
    /// Where nothing is judged in the browser.
    pub unaided: String,
    pub none: String,
    pub sum: String,
    pub passes: String,
    pub refused: String,
    pub one_place: String,
    pub too_many: String,
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

impl SelectionFacts {
    /// The most records that pass together.
    pub fn most(&self) -> Vec<String> {
        self.judge(&[]).1.largest.into_iter().map(|index| self.ids[index].clone()).collect()
    }
}

fn fill(sentence: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[island(lazy)]
pub fn SelectionBar(facts: SelectionFacts, words: SelectionWords) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<String>::new());
    let awake = RwSignal::new(false);
    let facts = StoredValue::new(facts);
    let most = move || facts.with_value(SelectionFacts::most);
    Effect::new(move |_| {
        watch_boxes(chosen);
        choose_on_press(chosen, most);
        awake.set(true);
    });
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
    let (unaided, stored) = (words.unaided.clone(), StoredValue::new(words));
    let told = move |pick: fn(&SelectionWords) -> &String| {
        let (chosen, answer) = judged.get();
        let values = [
            ("count", chosen.len().to_string()),
            ("fine", answer.fine.to_string().trim_end_matches(".00").to_owned()),
            ("points", answer.points.0.to_string()),
            ("after", answer.points_after.0.to_string()),
            ("limit", LARGEST_SELECTION.to_string()),
        ];
        stored.with_value(|words| fill(pick(words), &values))
    };
    let none = move || judged.with(|(chosen, _)| chosen.is_empty());
    let sum = move || if none() { told(|words| &words.none) } else { told(|words| &words.sum) };
    let verdict = move || match () {
        () if none() => String::new(),
        () if !one_place() => told(|words| &words.one_place),
        () if too_many() => told(|words| &words.too_many),
        () if refused() => told(|words| &words.refused),
        () => told(|words| &words.passes),
    };
    let class = move || if refused() { "lt-dock__words lt-dock__words--refused" } else { "lt-dock__words" };
    let size = move || if none() { "lt-dock__hint" } else { "lt-dock__sum" };
    view! {
        <p class="lt-dock__words lt-dock__hint" hidden=move || awake.get()>{unaided}</p>
        <div class=class role="status" hidden=move || !awake.get()>
            <p id="selection-sum" class=size>{sum}</p>
            <p id="selection-verdict" class="lt-dock__verdict">{verdict}</p>
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
fn watch_boxes(chosen: RwSignal<Vec<String>>) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let read = move || {
        let ticked = boxes().into_iter().filter(web_sys::HtmlInputElement::checked);
        chosen.set(ticked.map(|field| field.value()).collect());
    };
    let Some(form) = document().get_element_by_id("records") else { return };
    let listener = Closure::<dyn Fn()>::new(read);
    drop(form.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref()));
    listener.forget();
    // Ticks that the browser kept from before, on going back.
    read();
}

/// The link that has the server tick the most does it here without a request.
#[cfg(feature = "hydrate")]
fn choose_on_press(chosen: RwSignal<Vec<String>>, most: impl Fn() -> Vec<String> + 'static) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(link) = document().get_element_by_id("choose-most") else { return };
    let press = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        event.prevent_default();
        let ids = most();
        for field in boxes() {
            field.set_checked(ids.contains(&field.value()));
        }
        chosen.set(ids);
    });
    drop(link.add_event_listener_with_callback("click", press.as_ref().unchecked_ref()));
    press.forget();
}

#[cfg(not(feature = "hydrate"))]
fn watch_boxes(_: RwSignal<Vec<String>>) {}

#[cfg(not(feature = "hydrate"))]
fn choose_on_press(_: RwSignal<Vec<String>>, _: impl Fn() -> Vec<String> + 'static) {}
