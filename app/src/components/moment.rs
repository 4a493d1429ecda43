//! Local dates and times in words, with the machine-readable form in the `datetime` attribute.

use chrono::{Datelike, NaiveDate, Timelike};
use leptos::prelude::*;
use rules::Moment;

use super::say_with;
use crate::visit::visit;

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
    let date = date_words(rules::calendar::local(at).date());
    say_with("frame.date-and-time", &[("date", &date), ("time", &clock_words(at))])
}

/// "今天 12:47" or "明天 00:10", and the date for any other day.
pub fn near_time_words(at: Moment) -> String {
    let day = |moment: Moment| rules::calendar::local(moment).date();
    let key = match (day(at) - day(visit().now)).num_days() {
        0 => "due.today",
        1 => "due.tomorrow",
        _ => return time_words(at),
    };
    say_with(key, &[("time", &clock_words(at))])
}

fn clock_words(at: Moment) -> String {
    let local = rules::calendar::local(at);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

#[component]
pub fn LocalTime(at: Moment) -> impl IntoView {
    view! { <time class="lt-time" datetime=at.to_rfc3339()>{time_words(at)}</time> }
}
