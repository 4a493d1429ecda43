//! Facts as name and value, each with an optional link to change it.
//! It is a description list: nothing in it is a control.

use leptos::prelude::*;

/// A row; the value is any view, so a plate or an amount can stand in it.
pub struct SummaryRow {
    name: String,
    value: AnyView,
    change: Option<(String, String)>,
}

impl SummaryRow {
    pub fn new(name: impl Into<String>, value: impl IntoAny) -> Self {
        Self { name: name.into(), value: value.into_any(), change: None }
    }

    /// A link beside the value: address and words.
    pub fn change(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.change = Some((href.into(), words.into()));
        self
    }
}

#[component]
pub fn SummaryList(rows: Vec<SummaryRow>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{row.name.clone()}</dt>
                    <dd class="govuk-summary-list__value">{row.value}</dd>
                    {row.change.map(|(href, words)| view! {
                        <dd class="govuk-summary-list__actions">
                            <a class="govuk-link" href=href>
                                {words}
                                <span class="govuk-visually-hidden">" "{row.name}</span>
                            </a>
                        </dd>
                    })}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="govuk-summary-list">{rows}</dl> }
}
