//! The steps before an order: the notice, the decision to confirm, the code.

mod confirm;
mod decision;
mod divided;
mod notice;
mod refused;

use leptos::prelude::*;

use self::divided::DividedSelection;
use self::notice::NOTICE;
use self::refused::Refused;
use crate::api::orders::{Agreement, Proposal, Proposed, records_query};
use crate::api::{redirect, send_back, services};
use crate::components::{language, money_words, say_with};
use crate::pages::violations::none_chosen;
use crate::pages::{channel_words, loaded, parameter, query, query_all};
use crate::visit::{FieldError, Flash};

pub use confirm::Confirm;
pub use decision::Decision;
pub use notice::Notice;

fn list_of(vehicle: &str) -> String {
    format!("/vehicles/{vehicle}")
}

fn ids(proposal: &Proposal) -> Vec<String> {
    proposal.records.iter().map(|record| record.id.clone()).collect()
}

/// The chosen records for the next step's form.
fn hidden(proposal: &Proposal) -> Vec<(String, String)> {
    let vehicle = ("vehicle".to_owned(), proposal.vehicle.id.clone());
    let records = ids(proposal).into_iter().map(|id| ("records[]".to_owned(), id));
    let Agreement { agreed, notice } = agreement();
    let agreement = [("agreed".to_owned(), agreed), ("notice".to_owned(), notice)];
    std::iter::once(vehicle).chain(records).chain(agreement).collect()
}

/// The agreement that this page's address carries.
fn agreement() -> Agreement {
    Agreement { agreed: query("agreed"), notice: query("notice") }
}

/// Leads whoever has not agreed to this notice back to it.
fn has_agreed(proposal: &Proposal) -> bool {
    let agreed = agreement() == Agreement { agreed: "yes".into(), notice: proposal.notice.clone() };
    if !agreed {
        let notice = format!("{}/notice?{}", list_of(&proposal.vehicle.id), records_query(&ids(proposal)));
        let errors = vec![FieldError::new("agreed", "page.notice.agree-first")];
        send_back(Flash { form: NOTICE.into(), errors, values: Vec::new() }, &notice);
    }
    agreed
}

/// The records as fields of a form that leads to a page.
fn record_fields(records: Vec<String>) -> impl IntoView {
    records.into_iter().map(|id| view! { <input type="hidden" name="records" value=id/> }).collect_view()
}

/// The place whose rules and amounts hold.
fn place(proposal: &Proposal) -> String {
    language().pick(proposal.place_zh.clone(), proposal.place_en.clone())
}

fn channel(proposal: &Proposal) -> Option<String> {
    proposal.channel.map(channel_words)
}

/// "罚款 250 元，记 4 分".
fn penalty_sum(proposal: &Proposal) -> String {
    let fine = money_words(proposal.selection.fine);
    say_with("page.records.penalty", &[("fine", &fine), ("points", &proposal.selection.points.0)])
}

/// Shows the proposal, why it is refused, or how it is divided; without any record back to the list.
fn with_proposal<V: IntoView + 'static>(show: impl FnOnce(Proposal) -> V + Send + 'static) -> impl IntoView {
    let (vehicle, records) = (parameter("vehicle"), query_all("records"));
    if records.is_empty() {
        none_chosen(&vehicle);
        return ().into_any();
    }
    loaded(async move { services().orders.propose(&vehicle, &records).await }, |proposed| {
        answered(proposed, |proposal| show(proposal).into_any())
    })
    .into_any()
}

fn answered(proposed: Proposed, show: impl FnOnce(Proposal) -> AnyView) -> AnyView {
    match proposed {
        Proposed::Whole(proposal) if proposal.selection.passes() => show(*proposal),
        Proposed::Whole(proposal) => match own_order(&proposal) {
            Some(order) => {
                redirect(&format!("/orders/{order}?accepted=already"));
                ().into_any()
            }
            None => view! { <Refused proposal=*proposal/> }.into_any(),
        },
        Proposed::Divided(divided) => view! { <DividedSelection divided/> }.into_any(),
    }
}

/// The person's own order, if one order of theirs has all the records: they were accepted before.
fn own_order(proposal: &Proposal) -> Option<String> {
    let order = proposal.records.first()?.order.clone()?;
    proposal.records.iter().all(|record| record.order.as_ref() == Some(&order)).then_some(order)
}
