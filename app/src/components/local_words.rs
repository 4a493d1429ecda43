//! Text that exists in one language only, with a `lang` attribute for screen readers.

use leptos::prelude::*;

use super::language;
use crate::texts::language_of;

/// Words as they are; marked where the page's language is another.
#[component]
pub fn LocalWords(#[prop(into)] words: String) -> impl IntoView {
    let own = language_of(&words);
    let lang = (own != language().html_lang()).then_some(own);
    view! { <span lang=lang>{words}</span> }
}
