//! The fields of a made-up case, with what stands in them now.

use leptos::prelude::*;
use rules::licence::LicenceState;
use rules::person::IdentityLevel;
use rules::set::Coded;
use rules::vehicle::{Relation, VehicleKind, VehicleUse};
use rules::violation::{Capture, PenaltyKind};

use crate::components::say;
use crate::made_up::{Input, PLACES};

fn options<T: Coded>(key: impl Fn(&str) -> String) -> Vec<(String, String)> {
    T::ALL.iter().map(|value| (value.code().to_owned(), say(&key(value.code())))).collect()
}

/// All fields of the case, with what stands in them now.
#[component]
pub fn Choices(input: Input) -> impl IntoView {
    let places =
        PLACES.map(|(region, place)| (region.to_owned(), say(&format!("page.what-if.place-{place}"))));
    let mut licences = options::<LicenceState>(|code| format!("licence-state.{code}"));
    licences.push(("none".into(), say("page.what-if.no-licence")));
    let bound = ["before", "after"].map(|when| (when.to_owned(), say(&format!("page.what-if.bound-{when}"))));
    view! {
        <Select name="place" options=places.to_vec() value=input.place/>
        <Line name="fine" value=input.fine mode="decimal"/>
        <Line name="points" value=input.points mode="numeric"/>
        <Select name="capture" options={options::<Capture>(|code| format!("capture.{code}"))} value=input.capture/>
        <Select name="penalty" options={options::<PenaltyKind>(|code| format!("penalty-kind.{code}"))} value=input.penalty/>
        <Select name="licence" options=licences value=input.licence/>
        <Line name="cycle_points" value=input.cycle_points mode="numeric"/>
        <Select name="identity" options={options::<IdentityLevel>(|code| format!("identity.{code}"))} value=input.identity/>
        <Line name="plate" value=input.plate mode="text"/>
        <Select name="kind" options={options::<VehicleKind>(|code| format!("vehicle-kind.{code}"))} value=input.kind/>
        <Select name="usage" options={options::<VehicleUse>(|code| format!("vehicle-use.{code}"))} value=input.usage/>
        <Select name="relation" options={options::<Relation>(|code| format!("relation.{code}"))} value=input.relation/>
        <Select name="bound" options=bound.to_vec() value=input.bound/>
    }
}

#[component]
fn Select(name: &'static str, options: Vec<(String, String)>, value: String) -> impl IntoView {
    let options = options.into_iter().map(|(code, words)| {
        let selected = code == value;
        view! { <option value=code selected=selected>{words}</option> }
    });
    view! {
        <div class="govuk-form-group">
            <label class="govuk-label" for=name>{say(&format!("page.what-if.field-{name}"))}</label>
            <select class="govuk-select" id=name name=name>{options.collect_view()}</select>
        </div>
    }
}

#[component]
fn Line(name: &'static str, value: String, mode: &'static str) -> impl IntoView {
    view! {
        <div class="govuk-form-group">
            <label class="govuk-label" for=name>{say(&format!("page.what-if.field-{name}"))}</label>
            <input class="govuk-input govuk-input--width-10" id=name name=name value=value inputmode=mode autocomplete="off"/>
        </div>
    }
}
