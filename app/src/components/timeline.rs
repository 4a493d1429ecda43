//! The steps of a process with their times, oldest first, and the next step.

use leptos::prelude::*;
use rules::Moment;

use super::moment::LocalTime;

/// One step; without a time it is still to come.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineStep {
    pub title: String,
    pub at: Option<Moment>,
    pub note: Option<String>,
}

#[component]
pub fn Timeline(steps: Vec<TimelineStep>) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|step| {
            let class = if step.at.is_some() { "lt-step" } else { "lt-step lt-step--coming" };
            view! {
                <li class=class>
                    <span class="lt-step__title">{step.title}</span>
                    {step.at.map(|at| view! { <LocalTime at/> })}
                    {step.note.map(|note| view! { <span class="lt-step__note">{note}</span> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="lt-steps">{steps}</ol> }
}
