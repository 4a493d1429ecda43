//! The fields of made-up cases, with what stands in them now and what must be mended.

use leptos::prelude::*;
use rules::families::camera::Fact;
use rules::kernel::{Described, Kind, List};

use crate::components::{Details, code_words, error_text, say};
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

/// The codes of the list with their words.
fn options(list: &List) -> Vec<(String, String)> {
    list.codes.iter().map(|code| ((*code).to_owned(), code_words(list, code))).collect()
}

/// Choices that are no list of the rules, with the words of the field.
fn own_options(name: &str, codes: [&str; 2]) -> Vec<(String, String)> {
    codes.map(|code| (code.to_owned(), say(&format!("page.what-if.{name}-{code}")))).to_vec()
}

/// The control of a fact, by its kind. `also` stands beside the codes of a list.
#[component]
fn Field(
    name: &'static str,
    fact: Fact,
    value: String,
    errors: StoredValue<Vec<FieldError>>,
    #[prop(optional)] also: Option<(String, String)>,
) -> impl IntoView {
    let error = errors.with_value(|errors| wrong(errors, name));
    match fact.kind() {
        Kind::Choice(list) | Kind::Set(list) => {
            let options = also.into_iter().chain(options(list)).collect();
            view! { <Select name error options value/> }.into_any()
        }
        Kind::YesNo => {
            view! { <Select name error options=own_options(name, ["yes", "no"]) value/> }.into_any()
        }
        Kind::Money | Kind::Share { .. } => view! { <Line name error value mode="decimal"/> }.into_any(),
        Kind::Points | Kind::Count { .. } => view! { <Line name error value mode="numeric"/> }.into_any(),
        Kind::MinuteOfDay => view! { <Line name error value kind="time"/> }.into_any(),
        Kind::Moment => view! { <Line name error value kind="datetime-local"/> }.into_any(),
        Kind::PlatePrefix | Kind::PlatePrefixes => view! { <Line name error value/> }.into_any(),
    }
}

/// All fields of the case, with what stands in them now and what must be mended.
#[component]
pub fn Choices(input: Input, errors: Vec<FieldError>) -> impl IntoView {
    let open = input.is_rare();
    let errors = StoredValue::new(errors);
    let wrong = move |name: &str| errors.with_value(|errors| wrong(errors, name));
    let no_licence = ("none".to_owned(), say("page.what-if.no-licence"));
    let channels_here = (String::new(), say("page.what-if.channel-here"));
    let bound = own_options("bound", ["before", "after"]);
    view! {
        <Select name="place" error=wrong("place") options=places() value=input.place/>
        <Field name="fine" fact=Fact::Fine value=input.fine errors/>
        <Field name="points" fact=Fact::RecordPoints value=input.points errors/>
        <Field name="capture" fact=Fact::Capture value=input.capture errors/>
        <Field name="penalty" fact=Fact::PenaltyKind value=input.penalty errors/>
        <Field name="licence" fact=Fact::LicenceStates value=input.licence errors also=no_licence/>
        <Field name="cycle_points" fact=Fact::CyclePoints value=input.cycle_points errors/>
        <Field name="identity" fact=Fact::IdentityLevel value=input.identity errors/>
        <Field name="plate" fact=Fact::PlatePrefix value=input.plate errors/>
        <Field name="kind" fact=Fact::VehicleKind value=input.kind errors/>
        <Field name="usage" fact=Fact::VehicleUse value=input.usage errors/>
        <Field name="relation" fact=Fact::Relation value=input.relation errors/>
        <Select name="bound" error=wrong("bound") options=bound value=input.bound/>
        <Details summary=say("page.what-if.more") open>
            <Field name="at" fact=Fact::MinuteOfDay value=input.at errors/>
            <Field name="standing" fact=Fact::Standing value=input.standing errors/>
            <Field name="disputed" fact=Fact::Disputed value=input.disputed errors/>
            <Field name="full_marks" fact=Fact::FullMarks value=input.full_marks errors/>
            <Field name="state" fact=Fact::VehicleStates value=input.state errors/>
            <Field name="points_known" fact=Fact::PointsKnown value=input.points_known errors/>
            <Field name="channel" fact=Fact::Channels value=input.channel errors also=channels_here/>
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
