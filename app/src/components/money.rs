//! An amount in yuan. Whole yuan have no decimals.

use leptos::prelude::*;
use rules::money::Fen;

use super::say_with;

fn short(amount: Fen) -> String {
    let digits = amount.to_string();
    digits.strip_suffix(".00").unwrap_or(&digits).to_owned()
}

/// "200 元" or "12.50 元".
pub fn money_words(amount: Fen) -> String {
    say_with("frame.yuan", &[("amount", &short(amount))])
}

/// "¥200" or "¥12.50", where the amount stands alone in large figures.
pub fn money_figure(amount: Fen) -> String {
    format!("¥{}", short(amount))
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
