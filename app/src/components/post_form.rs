//! A form that posts, with the CSRF token and, on demand, an idempotency key. With scripts a second press does
//! nothing.

use leptos::prelude::*;

use crate::visit::Visit;

#[component]
pub fn PostForm(
    /// The form target: `/api/orders/place`.
    #[prop(into)]
    action: String,
    /// Hidden fields, by name.
    #[prop(optional)]
    hidden: Vec<(String, String)>,
    /// Sending it twice must have the effect of once: it carries the visit's form key.
    #[prop(optional)]
    once: bool,
    #[prop(optional, into)] class: Option<String>,
    /// For a button that stands outside of the form.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (csrf, key) = with_context::<Visit, _>(|visit| (visit.csrf.clone(), visit.form_key.clone()))
        .expect("the server provides the visit to every page");
    let hidden = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form method="post" action=action class=class id=id novalidate>
            <input type="hidden" name="csrf" value=csrf/>
            {once.then(|| view! { <input type="hidden" name="key" value=key/> })}
            {hidden}
            {children.map(|children| children())}
        </form>
    }
}
