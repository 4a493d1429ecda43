//! The offices that print stamped papers, and the documents to bring.

use leptos::prelude::*;

use super::{Cell, Cells, language, say_with};
use crate::api::violations::PaperOffice;

#[component]
pub fn PaperOffices(#[prop(into)] heading: String, offices: Vec<PaperOffice>) -> impl IntoView {
    (!offices.is_empty()).then(|| {
        let cells = offices.into_iter().map(office_cell).collect_view();
        view! { <Cells heading=heading>{cells}</Cells> }
    })
}

fn office_cell(office: PaperOffice) -> impl IntoView {
    let bring = language().pick(office.bring_zh, office.bring_en);
    let bring = bring.map(|what| say_with("page.paper.bring", &[("what", &what)]));
    let facts = [office.address, office.phone, bring].into_iter().flatten().collect::<Vec<_>>();
    let note = (!facts.is_empty()).then(|| facts.join(" · "));
    view! { <Cell title=language().pick(office.name_zh, office.name_en) nostrip:note=note/> }
}
