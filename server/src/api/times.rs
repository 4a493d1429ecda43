//! Days and moments as requests give them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use rules::calendar::YEARS;

use super::problem::Problem;

/// Within the years as its own time zone counts them: each is less than a day from UTC.
pub fn moment(field: &str, moment: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let days = [TimeDelta::days(-1), TimeDelta::zero(), TimeDelta::days(1)];
    let within = days.iter().any(|shift| YEARS.contains(&(moment + *shift).year()));
    if within { Ok(moment) } else { Err(out_of_range(field)) }
}

pub fn day(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(out_of_range(field)) }
}

fn out_of_range(field: &str) -> Problem {
    Problem::field(field, "the years 1950 to 2199")
}
