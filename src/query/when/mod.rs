//! Points in time as people write them: `2026-01-11`, `7d`, `last week`.
//!
//! What a text names is a span: a day, a month, a minute. As a beginning it means the span's
//! first second, as an end its last, so that `until 2026-01-11` includes that day. Spans are
//! those of the wall clock in the zone of the KB: a day with a change of the clocks has 23 or 25
//! hours, and `7d` ago is the same time of day a week before. Hours and minutes ago are counted
//! as they pass.

use crate::model::{Timestamp, Zone};
use chrono::{Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{TimeDelta, TimeZone, Weekday};

#[cfg(test)]
mod tests;

/// The forms that [`parse`] takes, for messages.
pub const FORMS: &str = "2026-01-11, '2026-01-11 14:45', 2026-01, 2026, RFC 3339, 30m, 12h, 7d, \
    2w, 3mo, 1y, '7 days ago', now, today, yesterday, monday, 'this week', 'last week', \
    'last month', 'last year'";

/// Which end of a range of time is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The beginning: the first second of what is named.
    Since,
    /// The end, included: the last second of what is named.
    Until,
}

/// First and last second in which `now` is understood: the years 1 to 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Returns the point in time that a text names, seen from `now` in the given zone. `None` if it
/// is none of [`FORMS`]. Case does not matter, nor does white space around it.
pub fn parse(text: &str, now: Timestamp, zone: Zone, edge: Edge) -> Option<Timestamp> {
    if text.len() > 64 {
        return None;
    }
    let seconds = now.seconds().clamp(*RANGE.start(), *RANGE.end());
    let moment = Moment {
        now: Timestamp::from_seconds(seconds),
        zone,
    };
    let text = text.trim().to_lowercase();
    let span = moment.absolute(&text).or_else(|| moment.relative(&text))?;
    let found = match edge {
        Edge::Since => span.first,
        Edge::Until => span.last,
    };
    RANGE
        .contains(&found.seconds())
        .then(|| found.in_zone(zone))
}

/// What a text names: from the first second to the last.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: Timestamp,
    last: Timestamp,
}

impl Span {
    fn instant(time: Timestamp) -> Self {
        Span {
            first: time,
            last: time,
        }
    }
}

/// From where the text is read.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: Timestamp,
    zone: Zone,
}

impl Moment {
    /// Years, months, days, minutes and seconds of the calendar; RFC 3339.
    fn absolute(self, text: &str) -> Option<Span> {
        let (date, rest) = match text.find(['t', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let mut fields = date.split('-');
        let year = number(fields.next()?, 4..=4)?;
        let month = optional(fields.next())?;
        let day = optional(fields.next())?;
        let first = NaiveDate::from_ymd_opt(year as i32, month.unwrap_or(1), day.unwrap_or(1))?;
        let timed = date.len() < text.len();
        match (month, day) {
            _ if fields.next().is_some() => None,
            (_, Some(_)) if timed => self.at_time(first, rest),
            _ if timed => None,
            (None, _) => self.months(first, 12),
            (_, None) => self.months(first, 1),
            _ => self.days(first, 1),
        }
    }

    /// `14:45`, `14:45:30`, `14:45:30.123`; then nothing, `Z`, `UTC`, or an offset.
    fn at_time(self, day: NaiveDate, text: &str) -> Option<Span> {
        let end = text.find(['z', 'u', '+', '-', ' ']).unwrap_or(text.len());
        let (clock, zone) = (&text[..end], text[end..].trim_start());
        let mut fields = clock.splitn(3, ':');
        let hour = number(fields.next()?, 1..=2)?;
        let minute = number(fields.next()?, 2..=2)?;
        let (second, length) = match fields.next() {
            Some(field) => (whole_seconds(field)?, 1),
            None => (0, 60),
        };
        let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, second)?);
        let (first, latest) = match zone {
            "" => (self.zone.at(local), self.latest(local)),
            _ => {
                let time = offset(zone)?.from_local_datetime(&local).single()?;
                (Timestamp::from(time), Timestamp::from(time))
            }
        };
        Some(Span {
            first,
            last: later(latest, length - 1),
        })
    }

    /// Words, and amounts of time before now.
    fn relative(self, text: &str) -> Option<Span> {
        let today = self.today();
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["now"] => Some(Span::instant(self.now)),
            ["today"] => self.days(today, 1),
            ["yesterday"] => self.days(today.pred_opt()?, 1),
            ["tomorrow"] => self.days(today.succ_opt()?, 1),
            ["this", unit] => self.calendar_unit(unit, 0),
            ["last", unit] => self
                .calendar_unit(unit, 1)
                .or_else(|| self.weekday(unit, today.pred_opt()?)),
            [word] => self.weekday(word, today).or_else(|| self.ago(word)),
            [amount, "ago"] => self.ago(amount),
            [amount, unit] | [amount, unit, "ago"] | ["last", amount, unit] => {
                self.ago(&[*amount, *unit].concat())
            }
            _ => None,
        }
    }

    /// The week (from Monday), month or year that began `back` of them before the present one.
    fn calendar_unit(self, unit: &str, back: u32) -> Option<Span> {
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

    /// The last such day of the week that is not after `newest`.
    fn weekday(self, name: &str, newest: NaiveDate) -> Option<Span> {
        let weekday: Weekday = name.parse().ok()?;
        let back = newest.weekday().days_since(weekday);
        let day = newest.checked_sub_days(Days::new(u64::from(back)))?;
        self.days(day, 1)
    }

    /// `7d`, `7days`: so long before now.
    fn ago(self, text: &str) -> Option<Span> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let amount: u32 = text[..digits].parse().ok()?;
        let unit = &text[digits..];
        let time = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => self.seconds_ago(amount, 1),
            "m" | "min" | "mins" | "minute" | "minutes" => self.seconds_ago(amount, 60),
            "h" | "hr" | "hrs" | "hour" | "hours" => self.seconds_ago(amount, 3600),
            _ => self.calendar_ago(amount, unit),
        };
        time.map(Span::instant)
    }

    /// The same time of day so many days, weeks, months or years before.
    fn calendar_ago(self, amount: u32, unit: &str) -> Option<Timestamp> {
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
            .map(|then| self.at(then))
    }

    fn seconds_ago(self, amount: u32, unit: i64) -> Option<Timestamp> {
        let seconds = self.now.seconds() - i64::from(amount) * unit;
        RANGE
            .contains(&seconds)
            .then(|| Timestamp::from_seconds(seconds))
    }

    fn today(self) -> NaiveDate {
        self.now.in_zone(self.zone).datetime().date_naive()
    }

    fn months(self, first: NaiveDate, months: u32) -> Option<Span> {
        self.between(first, first.checked_add_months(Months::new(months))?)
    }

    fn days(self, first: NaiveDate, days: u64) -> Option<Span> {
        self.between(first, first.checked_add_days(Days::new(days))?)
    }

    /// From the beginning of a day to the second before another begins.
    fn between(self, first: NaiveDate, after: NaiveDate) -> Option<Span> {
        let begins = |day: NaiveDate| self.at(day.and_time(NaiveTime::MIN));
        Some(Span {
            first: begins(first),
            last: later(begins(after), -1),
        })
    }

    /// The instant of a wall-clock time; of one that the clocks skip, the instant at which they
    /// do. Whole days have been skipped (Samoa, 30 December 2011).
    fn at(self, local: NaiveDateTime) -> Timestamp {
        (0..=100)
            .map(|quarters| local + TimeDelta::minutes(15 * quarters))
            .find(|later| self.shows(self.zone.at(*later), *later))
            .map_or_else(|| self.zone.at(local), |exists| self.zone.at(exists))
    }

    /// The last instant of a wall-clock time: the second of two where the clocks go back.
    fn latest(self, local: NaiveDateTime) -> Timestamp {
        let first = self.zone.at(local);
        [3, 2, 1]
            .map(|halves| later(first, 1800 * halves))
            .into_iter()
            .find(|again| self.shows(*again, local))
            .unwrap_or(first)
    }

    fn shows(self, time: Timestamp, local: NaiveDateTime) -> bool {
        time.in_zone(self.zone).datetime().naive_local() == local
    }
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_seconds(time.seconds().saturating_add(seconds))
}

/// A number of so many ASCII digits.
fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A month or day that may be absent: `None` if it is there and no number.
fn optional(field: Option<&str>) -> Option<Option<u32>> {
    match field {
        Some(field) => number(field, 1..=2).map(Some),
        None => Some(None),
    }
}

fn whole_seconds(text: &str) -> Option<u32> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    number(fraction, 1..=9)?;
    number(seconds, 2..=2)
}

/// `z`, `utc`, `+02:00`, `-0500`, `+02`.
fn offset(text: &str) -> Option<FixedOffset> {
    if matches!(text, "z" | "utc") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some(pair), _) => pair,
        (None, 4) if rest.is_ascii() => rest.split_at(2),
        _ => (rest, "00"),
    };
    let minutes = number(minutes, 2..=2).filter(|&minutes| minutes < 60)?;
    let seconds = number(hours, 2..=2)? * 3600 + minutes * 60;
    FixedOffset::east_opt(sign * seconds as i32)
}
