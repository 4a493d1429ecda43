//! The amount due as the heading of a page, with the time left to pay.

use leptos::prelude::*;
use rules::Moment;
use rules::money::Fen;

use super::{money_figure, near_time_words, say, say_with};
use crate::islands::{Countdown, CountdownWords};

#[component]
pub fn Due(amount: Fen, until: Moment, now: Moment) -> impl IntoView {
    let seconds = u32::try_from((until - now).num_seconds()).unwrap_or_default();
    let word = |name: &str| say(&format!("due.{name}"));
    let words = CountdownWords {
        hours: word("hours"),
        minutes: word("minutes"),
        last_minute: word("last-minute"),
        over: word("over"),
    };
    view! {
        <div class="lt-due">
            <h1 class="lt-due__heading">
                <span class="lt-due__name">{say("due.name")}</span>
                " "
                <span class="lt-due__sum">{money_figure(amount)}</span>
            </h1>
            <p class="lt-due__until">
                <strong><Countdown seconds words/></strong>
                " "
                <span>{say_with("due.until", &[("time", &near_time_words(until))])}</span>
            </p>
        </div>
    }
}
