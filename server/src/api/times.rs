//! Days and moments as requests give them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use rules::calendar::YEARS;

use super::problem::Problem;

/// Within the years as its own time zone counts them: each is less than a day from UTC.
pub fn moment(field: &str, moment: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let days = [TimeDelta::days(-1), TimeDelta::zero(), TimeDelta::days(1)];
    let shifted = days.iter().filter_map(|shift| moment.checked_add_signed(*shift));
    let within = shifted.into_iter().any(|moment| YEARS.contains(&moment.year()));
    if within { Ok(moment) } else { Err(out_of_range(field)) }
}

pub fn day(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(out_of_range(field)) }
}

fn out_of_range(field: &str) -> Problem {
    Problem::field(field, "the years 1950 to 2199")
}
