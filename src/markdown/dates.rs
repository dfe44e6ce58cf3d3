//! Times as people write them: in front matter, and at the start of a heading.

use crate::model::{Timestamp, Zone};
use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

/// Reads a date, or a date and a time with or without seconds and offset. A date alone is its
/// midnight; without an offset the time is in `zone`.
///
/// Accepts RFC 3339, a space in place of the `T`, and `UTC` for the offset.
pub(super) fn parse_time(text: &str, zone: Zone) -> Option<Timestamp> {
    let mut rest = Cursor(text.trim());
    let date = rest.date()?;
    if rest.0.is_empty() {
        return Some(zone.at(date.and_time(NaiveTime::MIN)));
    }
    if !(rest.skip('T') || rest.skip('t') || rest.spaces()) {
        return None;
    }
    let time = rest.time()?;
    let offset = rest.offset();
    rest.0
        .is_empty()
        .then(|| at(date.and_time(time), offset, zone))?
}

/// Reads the time with which the heading of a dated section begins: `YYYY-MM-DD HH:MM`, behind it
/// `UTC`, `Z` or an offset (none: in `zone`), then anything.
pub(super) fn heading_time(heading: &str, zone: Zone) -> Option<Timestamp> {
    let mut rest = Cursor(heading);
    let date = rest.date()?;
    if !rest.spaces() {
        return None;
    }
    let time = rest.time()?;
    let offset = rest.offset();
    let ends = rest.0.chars().next().is_none_or(|c| !c.is_alphanumeric());
    ends.then(|| at(date.and_time(time), offset, zone))?
}

fn at(local: NaiveDateTime, offset: Option<FixedOffset>, zone: Zone) -> Option<Timestamp> {
    match offset {
        Some(offset) => offset
            .from_local_datetime(&local)
            .single()
            .map(Timestamp::from),
        None => Some(zone.at(local)),
    }
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn skip(&mut self, expected: char) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn spaces(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let good = digits.bytes().all(|byte| byte.is_ascii_digit());
        self.0 = if good { rest } else { self.0 };
        good.then(|| digits.parse().ok())?
    }

    fn date(&mut self) -> Option<NaiveDate> {
        let year = self.digits(4)?;
        self.skip('-').then_some(())?;
        let month = self.digits(2)?;
        self.skip('-').then_some(())?;
        let day = self.digits(2)?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    /// Hours and minutes, then seconds and their fraction where they are there. A leap second is
    /// the second before it.
    fn time(&mut self) -> Option<NaiveTime> {
        let hour = self.digits(2)?;
        self.skip(':').then_some(())?;
        let minute = self.digits(2)?;
        let second = self.second().unwrap_or(0);
        NaiveTime::from_hms_opt(hour, minute, second.min(59)).filter(|_| second <= 60)
    }

    fn second(&mut self) -> Option<u32> {
        let mut ahead = *self;
        ahead.skip(':').then_some(())?;
        let second = ahead.digits(2)?;
        let fraction = ahead.0.strip_prefix(['.', ',']).unwrap_or("");
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            ahead.0 = &fraction[digits..];
        }
        *self = ahead;
        Some(second)
    }

    /// `Z`, `UTC`, `+02:00` or `+0200`, with or without spaces before it. Leaves everything in
    /// place where there is none.
    fn offset(&mut self) -> Option<FixedOffset> {
        let mut ahead = *self;
        ahead.spaces();
        let offset = ahead.named_offset().or_else(|| ahead.signed_offset())?;
        let ends = ahead.0.chars().next().is_none_or(|c| !c.is_alphanumeric());
        *self = if ends { ahead } else { *self };
        ends.then_some(offset)
    }

    fn named_offset(&mut self) -> Option<FixedOffset> {
        for name in ["UTC", "Z", "z"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest;
                return FixedOffset::east_opt(0);
            }
        }
        None
    }

    fn signed_offset(&mut self) -> Option<FixedOffset> {
        let mut ahead = *self;
        let west = ahead.skip('-');
        if !west {
            ahead.skip('+').then_some(())?;
        }
        let hours = ahead.digits(2).filter(|hours| *hours < 24)?;
        ahead.skip(':');
        let minutes = ahead.digits(2).filter(|minutes| *minutes < 60)?;
        *self = ahead;
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        FixedOffset::east_opt(if west { -seconds } else { seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").expect("known zone")
    }

    fn heading(text: &str) -> Option<String> {
        heading_time(text, berlin()).map(|time| time.to_string())
    }

    fn front(text: &str) -> Option<String> {
        parse_time(text, berlin()).map(|time| time.to_string())
    }

    #[test]
    fn a_heading_begins_with_date_and_time() {
        for (text, time) in [
            ("2026-01-11 10:30 UTC", "2026-01-11T10:30:00Z"),
            ("2026-01-11 10:30 Z", "2026-01-11T10:30:00Z"),
            ("2026-01-11 10:30Z", "2026-01-11T10:30:00Z"),
            ("2026-01-11 10:30 +02:00", "2026-01-11T10:30:00+02:00"),
            (
                "2026-01-11 10:30 +0200 - standup",
                "2026-01-11T10:30:00+02:00",
            ),
            ("2026-01-11 10:30 -05:30", "2026-01-11T10:30:00-05:30"),
            ("2026-01-11 10:30", "2026-01-11T10:30:00+01:00"),
            ("2026-07-11 10:30 Zebra", "2026-07-11T10:30:00+02:00"),
            ("2026-01-11 10:30 UTC: deploy", "2026-01-11T10:30:00Z"),
            ("2026-01-11 10:30: deploy", "2026-01-11T10:30:00+01:00"),
            ("2026-01-11 10:30:45 UTC", "2026-01-11T10:30:45Z"),
            ("2026-01-11 10:30 - 11:00", "2026-01-11T10:30:00+01:00"),
        ] {
            assert_eq!(heading(text).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_text() {
        for text in [
            "",
            "2026-01-11",
            "2026-13-45 10:30",
            "2026-02-30 10:30",
            "2026-01-11 24:00",
            "2026-01-11 10:60",
            "2026-01-11 9:30",
            "2026-01-11 10:305",
            "26-01-11 10:30",
            "2026-01-1é 10:30",
            "on 2026-01-11 10:30",
            "2026-01-1110:30",
            "２０２６-01-11 10:30",
            "2026-01-11 10:30am",
        ] {
            assert_eq!(heading(text), None, "{text}");
        }
    }

    #[test]
    fn front_matter_takes_dates_and_times() {
        for (text, time) in [
            ("2026-01-11", "2026-01-11T00:00:00+01:00"),
            (" 2026-01-11 10:30 ", "2026-01-11T10:30:00+01:00"),
            ("2026-01-11 10:30:15", "2026-01-11T10:30:15+01:00"),
            ("2026-01-11T10:30:15Z", "2026-01-11T10:30:15Z"),
            ("2026-01-11T10:30:15.123+02:00", "2026-01-11T10:30:15+02:00"),
            ("2026-01-11 10:30:15.5 +0200", "2026-01-11T10:30:15+02:00"),
            ("2026-01-11 10:30 UTC", "2026-01-11T10:30:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ] {
            assert_eq!(front(text).as_deref(), Some(time), "{text}");
        }
        for text in [
            "",
            "soon",
            "2026",
            "2026-1-1",
            "2026-01-11x",
            "2026-01-11 10:30 CET",
            "1.5",
        ] {
            assert_eq!(front(text), None, "{text}");
        }
    }
}
