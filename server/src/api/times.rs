//! Days and moments as requests give them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rules::calendar::YEARS;

use super::problem::Problem;

pub fn moment(field: &str, moment: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    day(field, moment.date_naive()).map(|_| moment)
}

pub fn day(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(Problem::field(field, "the years 1950 to 2199")) }
}
