//! Spans of the calendar, as the wall clock of a zone shows them.

use crate::model::{MONTHS, Timestamp, Zone};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

/// First and last second in which `now` is understood: the years 1 to 9999.
pub(super) const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// What a text names: from the first second to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub first: Timestamp,
    /// The last second.
    pub last: Timestamp,
}

impl Span {
    pub(super) fn instant(time: Timestamp) -> Self {
        Span {
            first: time,
            last: time,
        }
    }
}

/// From where a text is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub now: Timestamp,
    pub zone: Zone,
}

impl Moment {
    /// Returns the moment of a clock, within the years that are understood.
    pub fn new(now: Timestamp, zone: Zone) -> Self {
        let seconds = now.seconds().clamp(*RANGE.start(), *RANGE.end());
        Moment {
            now: Timestamp::from_seconds(seconds),
            zone,
        }
    }

    pub fn today(self) -> NaiveDate {
        self.now.in_zone(self.zone).datetime().date_naive()
    }

    /// Returns the week (from Monday), month or year that began `back` of them before the present
    /// one.
    pub fn calendar_unit(self, unit: &str, back: u32) -> Option<Span> {
        let today = self.today();
        match unit {
            "week" => {
                let monday = today.week(Weekday::Mon).checked_first_day()?;
                let monday = monday.checked_sub_days(Days::new(u64::from(back) * 7))?;
                self.days(monday, 7)
            }
            "month" => {
                let first = today.with_day(1)?.checked_sub_months(Months::new(back))?;
                self.months(first, 1)
            }
            "year" => {
                let first = today.with_ordinal(1)?;
                self.months(first.checked_sub_months(Months::new(back * 12))?, 12)
            }
            _ => None,
        }
    }

    /// Returns the last such day of the week that is not after `newest`.
    pub fn weekday(self, name: &str, newest: NaiveDate) -> Option<Span> {
        let weekday: Weekday = name.parse().ok()?;
        let back = newest.weekday().days_since(weekday);
        let day = newest.checked_sub_days(Days::new(u64::from(back)))?;
        self.days(day, 1)
    }

    /// Returns a month by its name: of a year, or the last one that has begun.
    pub fn named_month(self, name: &str, year: Option<i32>) -> Option<Span> {
        let month = month_number(name)?;
        let today = self.today();
        let past = today.year() - i32::from(month > today.month());
        self.months(NaiveDate::from_ymd_opt(year.unwrap_or(past), month, 1)?, 1)
    }

    /// Returns a day of a month by its name: of a year, or the last one that has begun.
    pub fn named_day(self, day: u32, name: &str, year: Option<i32>) -> Option<Span> {
        let month = month_number(name)?;
        let today = self.today();
        let past = today.year() - i32::from((month, day) > (today.month(), today.day()));
        self.days(
            NaiveDate::from_ymd_opt(year.unwrap_or(past), month, day)?,
            1,
        )
    }

    /// Returns the same time of day so many days, weeks, months or years before.
    pub fn calendar_ago(self, amount: u32, unit: &str) -> Option<Timestamp> {
        let local = self.now.in_zone(self.zone).datetime().naive_local();
        let days = |each| Days::new(u64::from(amount) * each);
        let months = |each| amount.checked_mul(each).map(Months::new);
        let then = match unit {
            "d" | "day" | "days" => local.checked_sub_days(days(1)),
            "w" | "week" | "weeks" => local.checked_sub_days(days(7)),
            "mo" | "month" | "months" => local.checked_sub_months(months(1)?),
            "y" | "yr" | "year" | "years" => local.checked_sub_months(months(12)?),
            _ => None,
        };
        then.filter(|then| then.year() > 0)
            .map(|then| self.instant_of(then))
    }

    pub fn seconds_ago(self, amount: u32, unit: i64) -> Option<Timestamp> {
        let seconds = self.now.seconds() - i64::from(amount) * unit;
        RANGE
            .contains(&seconds)
            .then(|| Timestamp::from_seconds(seconds))
    }

    pub fn months(self, first: NaiveDate, months: u32) -> Option<Span> {
        self.between(first, first.checked_add_months(Months::new(months))?)
    }

    pub fn days(self, first: NaiveDate, days: u64) -> Option<Span> {
        self.between(first, first.checked_add_days(Days::new(days))?)
    }

    /// Returns the span from the beginning of a day to the second before another begins.
    fn between(self, first: NaiveDate, after: NaiveDate) -> Option<Span> {
        let begins = |day: NaiveDate| self.instant_of(day.and_time(NaiveTime::MIN));
        Some(Span {
            first: begins(first),
            last: seconds_later(begins(after), -1),
        })
    }

    /// Returns the instant of a wall-clock time; of one that the clocks skip, the instant at which
    /// they do. Whole days have been skipped (Samoa, 30 December 2011).
    fn instant_of(self, local: NaiveDateTime) -> Timestamp {
        (0..=100)
            .map(|quarters| local + TimeDelta::minutes(15 * quarters))
            .find(|later| self.shows(self.zone.at(*later), *later))
            .map_or_else(|| self.zone.at(local), |exists| self.zone.at(exists))
    }

    /// Returns the last instant of a wall-clock time: the second of two where the clocks go back.
    pub fn latest_instant_of(self, local: NaiveDateTime) -> Timestamp {
        let first = self.zone.at(local);
        [3, 2, 1]
            .map(|halves| seconds_later(first, 1800 * halves))
            .into_iter()
            .find(|again| self.shows(*again, local))
            .unwrap_or(first)
    }

    fn shows(self, time: Timestamp, local: NaiveDateTime) -> bool {
        time.in_zone(self.zone).datetime().naive_local() == local
    }
}

/// Returns the number of a month by its name, or by the beginning of it, in three letters or more.
pub(super) fn month_number(name: &str) -> Option<u32> {
    let name = name.trim_end_matches('.');
    let number = MONTHS.iter().position(|full| full.starts_with(name))?;
    (name.len() >= 3).then_some(number as u32 + 1)
}

pub(super) fn seconds_later(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_seconds(time.seconds().saturating_add(seconds))
}
