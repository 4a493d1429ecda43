//! The fields of made-up cases, with what stands in them now and what must be mended.

use leptos::prelude::*;
use rules::camera::Standing;
use rules::licence::LicenceState;
use rules::parameters::PaymentChannel;
use rules::person::IdentityLevel;
use rules::set::Coded;
use rules::vehicle::{Relation, VehicleKind, VehicleState, VehicleUse};
use rules::violation::{Capture, PenaltyKind};

use crate::components::{Details, error_text, say};
use crate::made_up::{Input, PLACES};
use crate::visit::FieldError;

/// The places that a form offers.
pub(super) fn places() -> Vec<(String, String)> {
    PLACES.map(|(region, place)| (region.to_owned(), say(&format!("page.what-if.place-{place}")))).to_vec()
}

/// The words of the field's error.
pub(super) fn wrong(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(error_text)
}

fn options<T: Coded>(key: impl Fn(&str) -> String) -> Vec<(String, String)> {
    T::ALL.iter().map(|value| (value.code().to_owned(), say(&key(value.code())))).collect()
}

/// All fields of the case, with what stands in them now and what must be mended.
#[component]
pub fn Choices(input: Input, errors: Vec<FieldError>) -> impl IntoView {
    let open = input.is_rare();
    let wrong = move |name: &str| wrong(&errors, name);
    let mut licences = options::<LicenceState>(|code| format!("licence-state.{code}"));
    licences.push(("none".into(), say("page.what-if.no-licence")));
    let bound = ["before", "after"].map(|when| (when.to_owned(), say(&format!("page.what-if.bound-{when}"))));
    let disputed = ["no", "yes"].map(|said| (said.to_owned(), say(&format!("page.what-if.disputed-{said}"))));
    let known = ["yes", "no"].map(|said| (said.to_owned(), say(&format!("page.what-if.known-{said}"))));
    let mut channels = options::<PaymentChannel>(|code| format!("payment-channel.{code}"));
    channels.insert(0, (String::new(), say("page.what-if.channel-here")));
    view! {
        <Select name="place" error=wrong("place") options=places() value=input.place/>
        <Line name="fine" error=wrong("fine") value=input.fine mode="decimal"/>
        <Line name="points" error=wrong("points") value=input.points mode="numeric"/>
        <Select name="capture" error=wrong("capture") options={options::<Capture>(|code| format!("capture.{code}"))} value=input.capture/>
        <Select name="penalty" error=wrong("penalty") options={options::<PenaltyKind>(|code| format!("penalty-kind.{code}"))} value=input.penalty/>
        <Select name="licence" error=wrong("licence") options=licences value=input.licence/>
        <Line name="cycle_points" error=wrong("cycle_points") value=input.cycle_points mode="numeric"/>
        <Select name="identity" error=wrong("identity") options={options::<IdentityLevel>(|code| format!("identity.{code}"))} value=input.identity/>
        <Line name="plate" error=wrong("plate") value=input.plate/>
        <Select name="kind" error=wrong("kind") options={options::<VehicleKind>(|code| format!("vehicle-kind.{code}"))} value=input.kind/>
        <Select name="usage" error=wrong("usage") options={options::<VehicleUse>(|code| format!("vehicle-use.{code}"))} value=input.usage/>
        <Select name="relation" error=wrong("relation") options={options::<Relation>(|code| format!("relation.{code}"))} value=input.relation/>
        <Select name="bound" error=wrong("bound") options=bound.to_vec() value=input.bound/>
        <Details summary=say("page.what-if.more") open>
            <Line name="at" error=wrong("at") value=input.at kind="time"/>
            <Select name="standing" error=wrong("standing") options={options::<Standing>(|code| format!("record-standing.{code}"))} value=input.standing/>
            <Select name="disputed" error=wrong("disputed") options=disputed.to_vec() value=input.disputed/>
            <Line name="full_marks" error=wrong("full_marks") value=input.full_marks mode="numeric"/>
            <Select name="state" error=wrong("state") options={options::<VehicleState>(|code| format!("vehicle-state.{code}"))} value=input.state/>
            <Select name="points_known" error=wrong("points_known") options=known.to_vec() value=input.points_known/>
            <Select name="channel" error=wrong("channel") options=channels value=input.channel/>
        </Details>
    }
}

#[component]
pub(super) fn Select(
    name: &'static str,
    error: Option<String>,
    options: Vec<(String, String)>,
    value: String,
) -> impl IntoView {
    let options = options.into_iter().map(move |(code, words)| {
        let selected = code == value;
        view! { <option value=code selected=selected>{words}</option> }
    });
    let (invalid, described) = marks(name, error.as_ref());
    view! {
        <Labelled name error>
            <select class="govuk-select" id=name name=name aria-invalid=invalid aria-describedby=described>
                {options.collect_view()}
            </select>
        </Labelled>
    }
}

#[component]
pub(super) fn Line(
    name: &'static str,
    error: Option<String>,
    value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] mode: Option<&'static str>,
) -> impl IntoView {
    let (invalid, described) = marks(name, error.as_ref());
    let class = "govuk-input govuk-input--width-10";
    let class = if error.is_some() { format!("{class} govuk-input--error") } else { class.to_owned() };
    view! {
        <Labelled name error>
            <input
                class=class
                type=kind
                id=name
                name=name
                value=value
                inputmode=mode
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=described
            />
        </Labelled>
    }
}

/// What a field says of its error to a screen reader.
fn marks(name: &str, error: Option<&String>) -> (Option<&'static str>, Option<String>) {
    (error.map(|_| "true"), error.map(|_| format!("{name}-error")))
}

/// A field under its label and the words of its error.
#[component]
fn Labelled(name: &'static str, error: Option<String>, children: Children) -> impl IntoView {
    let class = if error.is_some() { "govuk-form-group govuk-form-group--error" } else { "govuk-form-group" };
    view! {
        <div class=class>
            <label class="govuk-label" for=name>{say(&format!("page.what-if.field-{name}"))}</label>
            {error.map(|error| view! {
                <p class="govuk-error-message" id=format!("{name}-error")>
                    <span class="govuk-visually-hidden">{say("frame.error-prefix")}</span>
                    {error}
                </p>
            })}
            {children()}
        </div>
    }
}
