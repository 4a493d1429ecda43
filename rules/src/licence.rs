//! Driving licences: classes, states, the scoring cycle and the points ledger.

use std::iter::Sum;
use std::ops::Add;

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::set::{CodeSet, coded};

/// Demerit points (记分).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub u32);

impl TryFrom<i64> for Points {
    type Error = std::num::TryFromIntError;
    fn try_from(points: i64) -> Result<Self, Self::Error> {
        u32::try_from(points).map(Self)
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self(0), Add::add)
    }
}

coded! {
    /// Classes of vehicles that a licence allows (准驾车型).
    LicenceClass {
        A1 = "A1", A2 = "A2", A3 = "A3", B1 = "B1", B2 = "B2",
        C1 = "C1", C2 = "C2", C3 = "C3", C4 = "C4", C5 = "C5", C6 = "C6",
        D = "D", E = "E", F = "F", M = "M", N = "N", P = "P",
    }
}

coded! {
    /// States of a licence (驾驶证状态); several at once are possible.
    LicenceState {
        /// 正常
        Normal = "normal",
        /// 逾期未审验
        ReviewOverdue = "review-overdue",
        /// 逾期未换证
        RenewalOverdue = "renewal-overdue",
        /// 转出
        TransferredOut = "transferred-out",
        /// 停止使用
        Suspended = "suspended",
        /// 锁定
        Locked = "locked",
        /// 扣押
        Seized = "seized",
        /// 扣留
        Detained = "detained",
        /// 暂扣
        TemporarilyWithheld = "temporarily-withheld",
        /// 吊销
        Revoked = "revoked",
        /// 撤销
        Rescinded = "rescinded",
        /// 注销
        Cancelled = "cancelled",
        /// 注销可恢复
        CancelledRecoverable = "cancelled-recoverable",
        /// 记满12分
        TwelvePoints = "twelve-points",
    }
}

pub type LicenceClasses = CodeSet<LicenceClass>;
pub type LicenceStates = CodeSet<LicenceState>;

/// Twelve months counted from the day of first issue (points 3). A cycle that would begin on 29 February begins on
/// 1 March in common years, because the one before it ends with February.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoringCycle {
    pub start: NaiveDate,
    /// The last day.
    pub end: NaiveDate,
}

impl ScoringCycle {
    /// The cycle that the day lies in. A day before the first issue counts to the first cycle.
    pub fn of(first_issued: NaiveDate, day: NaiveDate) -> Self {
        let day = day.max(first_issued);
        let this_year = anniversary(first_issued, day.year());
        let start = if day >= this_year { this_year } else { anniversary(first_issued, day.year() - 1) };
        let next = anniversary(first_issued, start.year() + 1);
        Self { start, end: next.pred_opt().unwrap_or(start) }
    }

    /// The first day of the cycle after this one.
    pub fn next_start(self) -> NaiveDate {
        self.end.succ_opt().unwrap_or(self.end)
    }

    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }
}

/// What a licence's day of expiry asks of its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It ends within 90 days.
    Soon,
    /// It has ended; the exchange can be asked for online through this day.
    OnlineUntil(NaiveDate),
    /// It ended 11 months ago or more: only the office that issued it exchanges it, if at all.
    OfficeOnly,
}

impl Renewal {
    /// None more than 90 days before the licence ends.
    pub fn of(valid_until: NaiveDate, today: NaiveDate) -> Option<Self> {
        if today <= valid_until {
            return (valid_until - today <= TimeDelta::days(90)).then_some(Self::Soon);
        }
        let office = valid_until.checked_add_months(Months::new(11))?;
        Some(match office.pred_opt() {
            Some(last) if today <= last => Self::OnlineUntil(last),
            _ => Self::OfficeOnly,
        })
    }
}

fn anniversary(first: NaiveDate, year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, first.month(), first.day())
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .unwrap_or(first)
}

/// Points recorded on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsEntry {
    pub on: NaiveDate,
    pub points: Points,
    /// Whether the fine that came with them is paid.
    pub fine_paid: bool,
}

/// All points of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    pub first_issued: NaiveDate,
    pub entries: Vec<PointsEntry>,
    /// Days on which twelve points were reached.
    pub full_marks: Vec<NaiveDate>,
}

impl Ledger {
    /// The points that count on the day: those of its cycle, and those of the cycle before whose fine is unpaid
    /// (points 15).
    pub fn points_of_cycle(&self, day: NaiveDate) -> Points {
        let cycle = ScoringCycle::of(self.first_issued, day);
        self.entries
            .iter()
            .filter(|entry| entry.on <= day && (cycle.contains(entry.on) || !entry.fine_paid))
            .map(|entry| entry.points)
            .sum()
    }

    /// The points that the cycle after the day's takes over: those whose fine is unpaid by then. The law names overdue
    /// fines; every unpaid one counts here, so that nobody is promised a day too early.
    pub fn carried_points(&self, day: NaiveDate) -> Points {
        let unpaid = self.entries.iter().filter(|entry| entry.on <= day && !entry.fine_paid);
        unpaid.map(|entry| entry.points).sum()
    }

    /// How often twelve points were reached in the day's cycle.
    pub fn full_marks_of_cycle(&self, day: NaiveDate) -> u32 {
        let cycle = ScoringCycle::of(self.first_issued, day);
        let reached = self.full_marks.iter().filter(|on| cycle.contains(**on) && **on <= day).count();
        u32::try_from(reached).unwrap_or(u32::MAX)
    }
}
