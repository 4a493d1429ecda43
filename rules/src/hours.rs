//! Hours of the day in which a place's system is closed.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::calendar;

/// Hours of the day in which a place's system is closed; may cross midnight. Minutes since local midnight; the first
/// is closed, the last is open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedHours {
    pub from_minute: i64,
    pub until_minute: i64,
}

impl ClosedHours {
    fn contains_minute(self, minute: i64) -> bool {
        if self.from_minute <= self.until_minute {
            (self.from_minute..self.until_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.until_minute
        }
    }

    pub fn contains(self, moment: Moment) -> bool {
        self.contains_minute(calendar::minute_of_day(moment))
    }

    /// The first moment not before this one at which the system is open.
    pub fn ends_after(self, moment: Moment) -> Moment {
        if self.contains(moment) { at_minute(moment, self.until_minute, moment) } else { moment }
    }

    /// The first moment after this one at which the system closes.
    pub fn begins_after(self, moment: Moment) -> Moment {
        at_minute(moment, self.from_minute, moment)
    }
}

/// The first moment after `after` at which the local clock shows the minute.
fn at_minute(day_of: Moment, minute: i64, after: Moment) -> Moment {
    let midnight = day_of.timestamp() - calendar::second_of_day(day_of);
    let that_day = Moment::from_timestamp(midnight + minute * 60, 0).unwrap_or(day_of);
    if that_day > after { that_day } else { that_day + TimeDelta::days(1) }
}

/// The payment deadline of a case placed then. Closed hours do not count towards the window.
pub fn payment_deadline(placed: Moment, window_minutes: i64, closed: Option<ClosedHours>) -> Moment {
    let mut left = TimeDelta::minutes(window_minutes);
    let closed = closed.filter(|closed| closed.from_minute != closed.until_minute);
    let Some(closed) = closed else { return placed + left };
    let mut moment = closed.ends_after(placed);
    loop {
        let closes = closed.begins_after(moment);
        if moment + left <= closes {
            return moment + left;
        }
        left -= closes - moment;
        moment = closed.ends_after(closes);
    }
}
