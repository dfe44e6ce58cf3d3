//! Dates and times in numbers.

use super::calendar::{Moment, Span, seconds_later};
use crate::model::Timestamp;
use chrono::{FixedOffset, NaiveDate, NaiveTime, TimeZone};

impl Moment {
    /// Years, months, days, minutes and seconds of the calendar; RFC 3339.
    pub fn absolute(self, text: &str) -> Option<Span> {
        let (date, rest) = match text.find(['t', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let (year, month, day) = date_fields(date)?;
        let first = NaiveDate::from_ymd_opt(year as i32, month.unwrap_or(1), day.unwrap_or(1))?;
        let timed = date.len() < text.len();
        match (month, day) {
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
        let hour = parse_number(fields.next()?, 1..=2)?;
        let minute = parse_number(fields.next()?, 2..=2)?;
        let (second, length) = match fields.next() {
            Some(field) => (whole_seconds(field)?, 1),
            None => (0, 60),
        };
        let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, second)?);
        let (first, latest) = match zone {
            "" => (self.zone.at(local), self.latest_instant_of(local)),
            _ => {
                let time = parse_offset(zone)?.from_local_datetime(&local).single()?;
                (Timestamp::from(time), Timestamp::from(time))
            }
        };
        Some(Span {
            first,
            last: seconds_later(latest, length - 1),
        })
    }
}

/// Year, month and day: `2026-01-11`, `2026/01/11`, `11.01.2026`, `20260111`, `2026-01`, `2026`.
fn date_fields(date: &str) -> Option<(u32, Option<u32>, Option<u32>)> {
    if date.len() == 8 && date.is_ascii() && parse_number(date, 8..=8).is_some() {
        let field = |range: std::ops::Range<usize>| parse_number(&date[range], 1..=4);
        return Some((field(0..4)?, Some(field(4..6)?), Some(field(6..8)?)));
    }
    let sign = ['-', '/', '.']
        .into_iter()
        .find(|sign| date.contains(*sign));
    let fields: Vec<&str> = date.split(sign.unwrap_or('-')).collect();
    let two = |field: &str| parse_number(field, 1..=2);
    let four = |field: &str| parse_number(field, 4..=4);
    match fields.as_slice() {
        [year] => Some((four(year)?, None, None)),
        [year, month] => Some((four(year)?, Some(two(month)?), None)),
        [day, month, year] if sign == Some('.') && year.len() == 4 => {
            Some((four(year)?, Some(two(month)?), Some(two(day)?)))
        }
        [year, month, day] => Some((four(year)?, Some(two(month)?), Some(two(day)?))),
        _ => None,
    }
}

/// Parses a number of so many ASCII digits.
pub(super) fn parse_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn whole_seconds(text: &str) -> Option<u32> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    parse_number(fraction, 1..=9)?;
    parse_number(seconds, 2..=2)
}

/// `z`, `utc`, `+02:00`, `-0500`, `+02`.
fn parse_offset(text: &str) -> Option<FixedOffset> {
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
    let minutes = parse_number(minutes, 2..=2).filter(|&minutes| minutes < 60)?;
    let seconds = parse_number(hours, 2..=2)? * 3600 + minutes * 60;
    FixedOffset::east_opt(sign * seconds as i32)
}
