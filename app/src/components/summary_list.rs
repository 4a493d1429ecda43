//! Facts as name and value.

use leptos::prelude::*;

/// A row; the value is any view, so a plate or an amount can stand in it.
pub struct SummaryRow {
    name: String,
    value: AnyView,
}

impl SummaryRow {
    pub fn new(name: impl Into<String>, value: impl IntoAny) -> Self {
        Self { name: name.into(), value: value.into_any() }
    }
}

#[component]
pub fn SummaryList(rows: Vec<SummaryRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{row.name}</dt>
                    <dd class="govuk-summary-list__value">{row.value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="govuk-summary-list">{rows}</dl> }
}
