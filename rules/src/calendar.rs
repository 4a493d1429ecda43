//! Local days and hours (UTC+08:00), public holidays, working days, deadlines.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

use crate::Moment;
use crate::set::coded;

/// Beyond these years no record, licence or fine lies, and sums of days end.
pub const YEARS: std::ops::Range<i32> = 1950..2200;

const OFFSET: TimeDelta = TimeDelta::hours(8);

/// Days off and days worked instead, 2010 to 2026, `-` off and `+` worked (from holiday-cn, MIT).
const HOLIDAYS: &str = include_str!("../data/holidays.txt");

/// The place's own date and time.
pub fn local(moment: Moment) -> NaiveDateTime {
    moment.naive_utc() + OFFSET
}

/// The moment of a local date and time.
pub fn moment(local: NaiveDateTime) -> Moment {
    DateTime::<Utc>::from_naive_utc_and_offset(local - OFFSET, Utc)
}

/// The moment at which a local day begins.
pub fn day_begins(day: NaiveDate) -> Moment {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - OFFSET
}

/// Minutes since local midnight, 0 to 1,439.
pub fn minute_of_day(moment: Moment) -> i64 {
    second_of_day(moment) / 60
}

/// Seconds since local midnight, 0 to 86,399.
pub(crate) fn second_of_day(moment: Moment) -> i64 {
    (moment.timestamp() + OFFSET.num_seconds()).rem_euclid(TimeDelta::days(1).num_seconds())
}

coded! {
    /// How a regulation counts days.
    DayCount {
        Calendar = "calendar",
        /// Calendar days; a last day that is a holiday moves to the next working day.
        CalendarRolling = "calendar-rolling",
        Working = "working",
    }
}

/// Whether people work on the day. Outside the published years weekends alone are free.
pub fn is_working_day(day: NaiveDate) -> bool {
    match holiday_mark(day) {
        Some('+') => true,
        Some(_) => false,
        None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
    }
}

fn holiday_mark(day: NaiveDate) -> Option<char> {
    let key = day.format("%Y%m%d").to_string();
    let line = HOLIDAYS.lines().find(|line| line.starts_with(&key[..4]))?;
    let found = line.split(' ').skip(1).find(|entry| entry[1..] == key[4..])?;
    found.chars().next()
}

/// The last day of a term of so many days that begins the day after `from`.
pub fn deadline(from: NaiveDate, days: u32, count: DayCount) -> NaiveDate {
    let plus =
        |day: NaiveDate, days: u32| day.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
    match count {
        DayCount::Calendar => plus(from, days),
        DayCount::CalendarRolling => next_working_day(plus(from, days)),
        DayCount::Working => (0..days).fold(from, |day, _| next_working_day(plus(day, 1))),
    }
}

/// The day itself if people work then, or the next on which they do.
fn next_working_day(mut day: NaiveDate) -> NaiveDate {
    while !is_working_day(day) {
        let Some(next) = day.succ_opt() else { break };
        day = next;
    }
    day
}
