//! The submit button at the end of a form, with the sum or with an answer that follows the input.

use leptos::prelude::*;

#[component]
pub fn ActionBar(
    /// What the press will come to, such as the sum: shown above or beside the button.
    #[prop(optional, into)]
    sum: Option<String>,
    /// More than a sum: what the form comes to while it is filled in.
    #[prop(optional, into)]
    above: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let class = if above.is_some() { "lt-actions lt-actions--live" } else { "lt-actions" };
    view! {
        <div class=class>
            {above.map(|above| view! { <div class="lt-actions__above">{above.run()}</div> })}
            {sum.map(|sum| view! { <p class="lt-actions__sum">{sum}</p> })}
            <div class="lt-actions__buttons">{children()}</div>
        </div>
    }
}
