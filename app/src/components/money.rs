//! An amount in yuan, as people read it: whole yuan without decimals.
//! It computes nothing.

use leptos::prelude::*;
use rules::money::Fen;

use super::say_with;

/// "200 元" or "12.50 元".
pub fn money_words(amount: Fen) -> String {
    let digits = amount.to_string();
    let short = digits.strip_suffix(".00").unwrap_or(&digits);
    say_with("frame.yuan", &[("amount", &short)])
}

#[component]
pub fn Money(
    amount: Fen,
    /// Larger digits, for the one amount that a page is about.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let class = if large { "lt-money lt-money--large" } else { "lt-money" };
    view! { <span class=class>{money_words(amount)}</span> }
}
