//! The time left, in words. The server writes it; with scripts it counts down.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Sentences with `{hours}` and `{minutes}` left open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountdownWords {
    pub hours: String,
    pub minutes: String,
    pub last_minute: String,
    pub over: String,
}

impl CountdownWords {
    /// The words for so many seconds; a minute counts when it is whole.
    pub fn of(&self, seconds: u32) -> String {
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let sentence = match (hours, minutes, seconds) {
            (_, _, 0) => &self.over,
            (0, 0, _) => &self.last_minute,
            (0, ..) => &self.minutes,
            _ => &self.hours,
        };
        sentence.replace("{hours}", &hours.to_string()).replace("{minutes}", &minutes.to_string())
    }
}

#[island]
pub fn Countdown(seconds: u32, words: CountdownWords) -> impl IntoView {
    let left = RwSignal::new(seconds);
    Effect::new(move |_| count_down(seconds, left));
    let shown = move || words.of(left.get());
    view! { <span class="lt-countdown">{shown}</span> }
}

/// Counts from when the page was opened: the clock of the device may differ from the server's.
#[cfg(feature = "hydrate")]
fn count_down(seconds: u32, left: RwSignal<u32>) {
    let opened = now();
    let tick = move || {
        let now_left = seconds.saturating_sub(now().saturating_sub(opened));
        if now_left / 60 != left.get_untracked() / 60 || now_left == 0 {
            left.set(now_left);
        }
    };
    set_interval(tick, std::time::Duration::from_secs(5));
}

/// The seconds of the device's clock. The few decades that fit are enough for a difference.
#[cfg(feature = "hydrate")]
#[expect(clippy::float_arithmetic, reason = "the browser tells its time as a float")]
fn now() -> u32 {
    (js_sys::Date::now() / 1000.0) as u32
}

#[cfg(not(feature = "hydrate"))]
fn count_down(_: u32, _: RwSignal<u32>) {}

#[cfg(test)]
mod tests {
    use super::CountdownWords;

    #[test]
    fn the_time_left_is_told_in_whole_minutes() {
        let words = CountdownWords {
            hours: "{hours} h {minutes} min".into(),
            minutes: "{minutes} min".into(),
            last_minute: "less than a minute".into(),
            over: "over".into(),
        };
        for (seconds, told) in [
            (7200, "2 h 0 min"),
            (7199, "1 h 59 min"),
            (3600, "1 h 0 min"),
            (3599, "59 min"),
            (60, "1 min"),
            (59, "less than a minute"),
            (1, "less than a minute"),
            (0, "over"),
        ] {
            assert_eq!(words.of(seconds), told, "{seconds} s");
        }
    }
}
