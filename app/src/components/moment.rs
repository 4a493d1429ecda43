//! Dates and times of the place, in words, with the machine's form beside them.
//! They never ask for the present: that is in the visit.

use chrono::{Datelike, NaiveDate, Timelike};
use leptos::prelude::*;
use rules::Moment;

use super::say_with;

/// "2026年11月21日".
pub fn date_words(on: NaiveDate) -> String {
    let month = say_with(&format!("month.{}", on.month()), &[]);
    say_with("frame.date", &[("year", &on.year()), ("month", &month), ("day", &on.day())])
}

/// "11月21日".
pub fn day_words(on: NaiveDate) -> String {
    let month = say_with(&format!("month.{}", on.month()), &[]);
    say_with("frame.day", &[("month", &month), ("day", &on.day())])
}

/// "2026年11月21日 12:47".
pub fn time_words(at: Moment) -> String {
    let local = rules::calendar::local(at);
    let clock = format!("{:02}:{:02}", local.hour(), local.minute());
    say_with("frame.date-and-time", &[("date", &date_words(local.date())), ("time", &clock)])
}

#[component]
pub fn LocalTime(at: Moment) -> impl IntoView {
    view! { <time class="lt-time" datetime=at.to_rfc3339()>{time_words(at)}</time> }
}

#[component]
pub fn LocalDate(on: NaiveDate) -> impl IntoView {
    view! { <time class="lt-time" datetime=on.to_string()>{date_words(on)}</time> }
}
