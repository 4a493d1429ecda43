//! The bar at the bottom of a page with its one primary act and the sum. Its button names the form of the page by id.

use leptos::prelude::*;

use super::button::{Button, ButtonKind};

#[component]
pub fn Dock(
    /// The id of the form that the button submits.
    #[prop(into)]
    form: String,
    /// The words of the button.
    #[prop(into)]
    act: String,
    #[prop(optional)] kind: ButtonKind,
    /// The sum that the act comes to, in large figures.
    #[prop(optional, into)]
    sum: Option<String>,
    /// A few words below the sum; left out where the screen is low.
    #[prop(optional, into)]
    note: Option<String>,
    /// The words of the button while the answer is on its way.
    #[prop(optional, into)]
    busy: Option<String>,
) -> impl IntoView {
    view! {
        <div class="lt-dock">
            <div class="lt-dock__inside">
                {sum.map(|sum| view! {
                    <p class="lt-dock__words lt-dock__words--sum">
                        <strong class="lt-dock__sum">{sum}</strong>
                        {note.map(|note| view! { <span class="lt-dock__note">{note}</span> })}
                    </p>
                })}
                <Button kind=kind form=form nostrip:busy=busy>{act}</Button>
            </div>
        </div>
    }
}
