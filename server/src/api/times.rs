//! Days and moments as requests give them. Beyond these years no record, licence or fine lies, and sums of days end.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::problem::Problem;

const YEARS: std::ops::Range<i32> = 1950..2200;

pub fn moment(field: &str, moment: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    day(field, moment.date_naive()).map(|_| moment)
}

pub fn day(field: &str, day: NaiveDate) -> Result<NaiveDate, Problem> {
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(Problem::field(field, "the years 1950 to 2199")) }
}
