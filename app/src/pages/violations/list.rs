//! The records of a vehicle, grouped by what can be done about them, to choose from.

use leptos::prelude::*;
use rules::families::camera::{Group, Outlook};

use super::record::group_class;
use super::{act, penalty_words, place_words, standing_tag};
use crate::api::orders::records_query;
use crate::api::violations::{GroupCounts, Proof, RecordCard, VehicleRecords};
use crate::api::{send_back, services};
use crate::components::{
    Button, Empty, Filter, FilterItem, Icon, IconName, Layout, LocalWords, Plate, RefusalWords, Tab,
    day_words, error_text, group_title, money_words, say, say_with, time_words,
};
use crate::islands::{SelectionBar, SelectionFacts, SelectionWords};
use crate::pages::{loaded, parameter, query, query_all};
use crate::visit::{FieldError, Flash, visit};

/// The form of the list, as `Flash` names it.
const FORM: &str = "records";

/// The list with the filter and the ticks that the address of this page names.
pub(super) fn list_href(vehicle: &str) -> String {
    Asked::of_address().with(format!("/vehicles/{vehicle}"))
}

/// Back to the list, which then asks to tick a record.
pub fn none_chosen(vehicle: &str) {
    let errors = vec![FieldError::new("records", "error.records.none")];
    send_back(Flash { form: FORM.into(), errors, values: Vec::new() }, &format!("/vehicles/{vehicle}"));
}

#[component]
pub fn Records() -> impl IntoView {
    let vehicle = parameter("vehicle");
    loaded(async move { services().violations.records(&vehicle).await }, |found| view! { <List found/> })
}

/// Filter and ticks that the address names.
struct Asked {
    filter: Option<Group>,
    ticked: Vec<String>,
}

impl Asked {
    fn of_address() -> Self {
        Self { filter: Group::from_code(&query("filter")), ticked: query_all("records") }
    }

    fn of_list(facts: &SelectionFacts) -> Self {
        let asked = Self::of_address();
        if query("choose") == "most" { Self { ticked: facts.most(), ..asked } } else { asked }
    }

    /// The page with all that is asked in its query.
    fn with(&self, page: String) -> String {
        let filter = self.filter.map(|group| format!("filter={}", group.code()));
        let ticks = (!self.ticked.is_empty()).then(|| records_query(&self.ticked));
        let query = filter.into_iter().chain(ticks).collect::<Vec<_>>().join("&");
        if query.is_empty() { page } else { format!("{page}?{query}") }
    }
}

#[component]
fn List(found: VehicleRecords) -> impl IntoView {
    let facts = selection_facts(&found);
    let asked = Asked::of_list(&facts);
    let base = format!("/vehicles/{}", found.vehicle.id);
    let mut counts = GroupCounts::default();
    found.records.iter().for_each(|record| counts.add(record.outlook().group()));
    let filters = filters(&base, &counts, asked.filter);
    let shown = Group::ALL.iter().filter(|group| counts.of(**group) > 0);
    let shown: Vec<Group> =
        shown.copied().filter(|group| asked.filter.is_none_or(|only| only == *group)).collect();
    let choosable = shown.contains(&Group::Online);
    let most = facts.most().len();
    let dock = choosable.then(|| dock(facts)).map(IntoAny::into_any);
    let (plate, kind) = (found.vehicle.plate, found.vehicle.kind);
    let errors = errors(&found.records);
    let groups: Vec<_> = shown
        .iter()
        .map(|group| {
            let records: Vec<RecordCard> =
                found.records.iter().filter(|record| record.outlook().group() == *group).cloned().collect();
            group_view(*group, records, &asked, &base, most)
        })
        .collect();
    view! {
        <Layout
            title=say_with("page.records.title", &[("plate", &plate.spoken())])
            own_heading=true
            back="/vehicles"
            tab=Tab::Business
            registry_data=true
            errors=errors
            nostrip:dock=dock
        >
            <h1 class="lt-title">
                <span class="govuk-visually-hidden">{say("page.records.heading")}</span>
                <Plate number=plate kind=kind large=true/>
            </h1>
            <Filter label=say("page.records.filter") items=filters/>
            {shown.is_empty().then(|| view! { <Empty title=say("page.records.none")/> })}
            <form method="get" action=format!("{base}/notice") id="records">{groups}</form>
        </Layout>
    }
}

/// The errors of the list's form; their line leads to the first box.
fn errors(records: &[RecordCard]) -> Vec<FieldError> {
    let first = records.iter().find(|record| record.verdict.passes());
    let mut errors = visit().errors_of(FORM);
    for error in &mut errors {
        error.field = first.map(box_id).unwrap_or_default();
    }
    errors
}

fn box_id(record: &RecordCard) -> String {
    format!("tick-{}", record.id)
}

fn filters(base: &str, counts: &GroupCounts, chosen: Option<Group>) -> Vec<FilterItem> {
    let count = |group: Group| usize::try_from(counts.of(group)).unwrap_or(usize::MAX);
    let all = FilterItem {
        label: say("group.all"),
        href: base.to_owned(),
        count: Some(Group::ALL.iter().map(|group| count(*group)).sum()),
        current: chosen.is_none(),
    };
    let groups = Group::ALL.iter().filter(|group| count(**group) > 0 || chosen == Some(**group));
    let groups = groups.map(|group| FilterItem {
        label: group_title(*group),
        href: format!("{base}?filter={}", group.code()),
        count: Some(count(*group)),
        current: chosen == Some(*group),
    });
    std::iter::once(all).chain(groups).collect()
}

/// A group with its heading; the settled ones are folded unless they are all that was asked for.
fn group_view(group: Group, records: Vec<RecordCard>, asked: &Asked, base: &str, most: usize) -> AnyView {
    let id = format!("group-{}", group.code());
    let count = records.len();
    let heading = view! {
        <h2 class="lt-group__title" id=id.clone()>{group_title(group)}" "<span class="lt-group__count">{count}</span></h2>
    };
    let cards = records.into_iter().map(|record| record_card(record, asked)).collect_view();
    if group == Group::Settled {
        return view! {
            <details class="lt-group lt-group--settled" open=asked.filter == Some(group)>
                <summary class="lt-group__head">{heading}</summary>
                <div class="lt-group__cards">{cards}</div>
            </details>
        }
        .into_any();
    }
    let choose = (group == Group::Online && most > 0).then(|| {
        let href = match asked.filter {
            Some(filter) => format!("{base}?filter={}&choose=most", filter.code()),
            None => format!("{base}?choose=most"),
        };
        let words = say_with("page.records.choose-most", &[("count", &most)]);
        view! { <a class="govuk-link lt-way" id="choose-most" href=href>{words}</a> }
    });
    let error = (group == Group::Online).then(|| visit().errors_of(FORM).first().map(error_text)).flatten();
    view! {
        <section class="lt-group" aria-labelledby=id>
            <div class="lt-group__head">{heading}{choose}</div>
            {error.map(|error| view! {
                <p class="govuk-error-message" id="records-error">
                    <span class="govuk-visually-hidden">{say("frame.error-prefix")}</span>{error}
                </p>
            })}
            <div class="lt-group__cards">{cards}</div>
        </section>
    }
    .into_any()
}

/// The bar with the sum of what is ticked. Without scripts the next page tells the sum.
fn dock(facts: SelectionFacts) -> impl IntoView {
    view! {
        <div class="lt-dock">
            <div class="lt-dock__inside lt-dock__inside--list">
                <SelectionBar facts words=selection_words()/>
                <Button form="records">{say("page.records.next")}</Button>
            </div>
        </div>
    }
}

fn selection_facts(found: &VehicleRecords) -> SelectionFacts {
    let place = |record: &RecordCard| {
        let same = |parameters: &rules::families::camera::CameraParameters| parameters.place == record.place;
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
        unaided: word("unaided"),
        none: word("none"),
        sum: word("sum"),
        passes: word("passes"),
        refused: word("refused"),
        one_place: word("one-place"),
        too_many: word("too-many"),
    }
}

fn record_card(record: RecordCard, asked: &Asked) -> impl IntoView + use<> {
    // The record's page leads back to the list as it is.
    let href = asked.with(format!("/vehicles/{}/records/{}", record.vehicle_id, record.id));
    let name = act(&record);
    let (id, heading) = (format!("record-{}", record.id), format!("act-{}", record.id));
    let tick = record.verdict.passes().then(|| tick(&record, asked.ticked.contains(&record.id)));
    let place = place_words(&record);
    let when = time_words(record.facts.violated_at);
    let location = record.location.clone();
    view! {
        <article class="lt-card lt-pick" id=id aria-labelledby=heading.clone()>
            {tick}
            <div class="lt-pick__body">
                <h3 class="lt-card__heading" id=heading.clone()><a class="lt-card__link" href=href>{name}</a></h3>
                <div class="lt-card__tags">{standing_tag(&record)}</div>
                <p class="lt-card__meta lt-card__meta--penalty">{penalty_words(&record)}</p>
                <p class="lt-card__meta">{when}" · "<LocalWords words=place/>" "<LocalWords words=location/></p>
                {reason(&record)}
            </div>
        </article>
    }
}

fn tick(record: &RecordCard, ticked: bool) -> impl IntoView + use<> {
    let id = box_id(record);
    let day = rules::calendar::local(record.facts.violated_at).date();
    let label = [
        ("act", &act(record) as &dyn std::fmt::Display),
        ("day", &day_words(day)),
        ("fine", &money_words(record.facts.fine)),
    ];
    let label = say_with("page.records.choose", &label);
    view! {
        <input class="lt-pick__input" type="checkbox" name="records" value=record.id.clone() id=id.clone() checked=ticked/>
        <label class="lt-pick__label" for=id><span class="govuk-visually-hidden">{label}</span></label>
    }
}

/// When it can be handled, why not now, or by what it was settled.
fn reason(record: &RecordCard) -> Option<impl IntoView + use<>> {
    let outlook = record.outlook();
    let rulebook = services().portal.rulebook();
    let why =
        || RefusalWords::all(&record.verdict, &rulebook).into_iter().next().map(|refusal| refusal.sentence);
    let (icon, words) = match outlook {
        Outlook::Online => return None,
        Outlook::Later { at } => {
            let again = at.map(|at| say_with("page.records.again-at", &[("time", &time_words(at))]));
            (IconName::Clock, Some(again.into_iter().chain(why()).collect::<Vec<_>>().join(" ")))
        }
        Outlook::Office => (IconName::Place, why()),
        Outlook::Settled => (IconName::Check, record.proof.as_ref().map(settled_by)),
    };
    words.map(
        |words| view! { <p class=group_class(outlook.group())><Icon name=icon/><span>{words}</span></p> },
    )
}

fn settled_by(proof: &Proof) -> String {
    say_with("page.records.settled-by", &[("decision", &proof.decision), ("receipt", &proof.receipt)])
}
