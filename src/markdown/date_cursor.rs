//! Reads dates, times and offsets from the start of a text.

use crate::model::Zone;
use chrono::{FixedOffset, NaiveDate, NaiveTime};

/// What is left to read. What cannot be read leaves everything in place.
#[derive(Clone, Copy)]
pub(super) struct DateCursor<'a>(pub(super) &'a str);

/// Where a time holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum TimeZoneFound {
    /// No zone is given.
    None,
    Offset(FixedOffset),
    Named(Zone),
    /// A name that more than one zone has, or none that is known.
    Unknown,
}

impl DateCursor<'_> {
    pub(super) fn skip(&mut self, expected: char) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    pub(super) fn skip_spaces(&mut self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t', '\u{a0}', '\u{202f}']);
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found
    }

    /// Returns whether a word could end here.
    pub(super) fn is_at_boundary(&self) -> bool {
        self.0.chars().next().is_none_or(|c| !c.is_alphanumeric())
    }

    /// Skips a word in any case, if it ends there.
    fn skip_word(&mut self, word: &str) -> bool {
        let Some((start, rest)) = self.0.split_at_checked(word.len()) else {
            return false;
        };
        let rest = DateCursor(rest);
        let found = start.eq_ignore_ascii_case(word) && rest.is_at_boundary();
        if found {
            *self = DateCursor(rest.0);
        }
        found
    }

    /// Reads as many digits.
    fn read_digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        let good = digits.bytes().all(|byte| byte.is_ascii_digit());
        self.0 = if good { rest } else { self.0 };
        good.then(|| digits.parse().ok())?
    }

    /// Reads one digit or two, of which no third follows.
    fn read_short_number(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let number = ahead.read_digits(2).or_else(|| ahead.read_digits(1))?;
        let ends = !ahead.0.starts_with(|c: char| c.is_ascii_digit());
        *self = if ends { ahead } else { *self };
        ends.then_some(number)
    }

    /// Reads `YYYY-MM-DD`.
    pub(super) fn read_date(&mut self) -> Option<NaiveDate> {
        let mut ahead = *self;
        let year = ahead.read_digits(4)?;
        ahead.skip('-').then_some(())?;
        let month = ahead.read_digits(2)?;
        ahead.skip('-').then_some(())?;
        let day = ahead.read_digits(2)?;
        *self = ahead;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    /// Reads hours and minutes, then seconds and their fraction where they are there, then `AM` or
    /// `PM`, with which the minutes may be missing. A leap second is the second before it.
    pub(super) fn read_time(&mut self) -> Option<NaiveTime> {
        let mut ahead = *self;
        let hour = ahead.read_short_number()?;
        let minute = if ahead.skip(':') {
            Some(ahead.read_digits(2)?)
        } else {
            None
        };
        let second = ahead.read_second().filter(|_| minute.is_some());
        let hour = match ahead.read_half_of_day() {
            Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
            Some(_) => return None,
            None => {
                minute?;
                hour
            }
        };
        let second = second.unwrap_or(0);
        *self = ahead;
        let time = NaiveTime::from_hms_opt(hour, minute.unwrap_or(0), second.min(59));
        time.filter(|_| second <= 60)
    }

    fn read_second(&mut self) -> Option<u32> {
        let mut ahead = *self;
        ahead.skip(':').then_some(())?;
        let second = ahead.read_digits(2)?;
        let fraction = ahead.0.strip_prefix(['.', ',']).unwrap_or("");
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            ahead.0 = &fraction[digits..];
        }
        *self = ahead;
        Some(second)
    }

    /// Returns whether `AM` or `PM` comes next.
    pub(super) fn is_at_half_of_day(mut self) -> bool {
        self.read_half_of_day().is_some()
    }

    /// Reads `AM` or `PM`: the hours to add.
    fn read_half_of_day(&mut self) -> Option<u32> {
        let mut ahead = *self;
        ahead.skip_spaces();
        for (word, hours) in [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)] {
            if ahead.skip_word(word) {
                *self = ahead;
                return Some(hours);
            }
        }
        None
    }

    /// Reads `Z`, `UTC`, `+02:00`, `+0200`, `UTC+2` or the name of a zone, with or without spaces
    /// or a bracket before it.
    pub(super) fn read_zone(&mut self) -> TimeZoneFound {
        let mut ahead = *self;
        ahead.skip_spaces();
        let bracket = ahead.skip('(') || ahead.skip('[');
        let found = ahead
            .read_offset()
            .unwrap_or_else(|| ahead.read_zone_name());
        if bracket {
            let _ = ahead.skip(')') || ahead.skip(']');
        }
        if matches!(found, TimeZoneFound::None) || !ahead.is_at_boundary() {
            return TimeZoneFound::None;
        }
        *self = ahead;
        found
    }

    fn read_offset(&mut self) -> Option<TimeZoneFound> {
        let mut ahead = *self;
        let is_utc = ["utc", "gmt", "z"].iter().any(|name| {
            let mut word = ahead;
            let found = word.skip_word(name);
            ahead = if found { word } else { ahead };
            found
        });
        if is_utc {
            *self = ahead;
            return Some(self.read_distance_from_utc());
        }
        let offset = ahead.read_signed_offset()?;
        *self = ahead;
        Some(TimeZoneFound::Offset(offset))
    }

    /// Reads the offset behind `UTC`, if a sign and a digit follow.
    fn read_distance_from_utc(&mut self) -> TimeZoneFound {
        let mut ahead = *self;
        ahead.skip_spaces();
        let mut chars = ahead.0.chars();
        let has_sign = matches!(chars.next(), Some('+' | '-' | '\u{2212}'));
        if !has_sign || !chars.next().is_some_and(|c| c.is_ascii_digit()) {
            return FixedOffset::east_opt(0).map_or(TimeZoneFound::Unknown, TimeZoneFound::Offset);
        }
        match ahead.read_signed_offset() {
            Some(offset) => {
                *self = ahead;
                TimeZoneFound::Offset(offset)
            }
            None => TimeZoneFound::Unknown,
        }
    }

    /// Reads `+02:00`, `+0200`, `+02` or `+2`.
    fn read_signed_offset(&mut self) -> Option<FixedOffset> {
        let mut ahead = *self;
        let west = ahead.skip('-') || ahead.skip('\u{2212}');
        if !west {
            ahead.skip('+').then_some(())?;
        }
        let whole = ahead.read_digits(4).map(|four| (four / 100, four % 100));
        let (hours, minutes) = match whole {
            Some(parts) => parts,
            None => {
                let hours = ahead.read_short_number()?;
                let mut behind = ahead;
                let minutes = if behind.skip(':') {
                    behind.read_digits(2)
                } else {
                    None
                };
                ahead = minutes.map_or(ahead, |_| behind);
                let minutes = minutes.unwrap_or(0);
                (hours, minutes)
            }
        };
        let good = hours < 24 && minutes < 60 && ahead.is_at_boundary();
        good.then(|| *self = ahead)?;
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        FixedOffset::east_opt(if west { -seconds } else { seconds })
    }

    /// Reads a name such as `Europe/Berlin`, or an abbreviation such as `EST`, which is unknown:
    /// it means different offsets in different places.
    fn read_zone_name(&mut self) -> TimeZoneFound {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-');
        let end = self.0.find(|c| !is_name(c)).unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        let found = match Zone::parse(name).filter(|_| name.contains('/')) {
            Some(zone) => TimeZoneFound::Named(zone),
            None if is_abbreviation(name, rest) => TimeZoneFound::Unknown,
            None => TimeZoneFound::None,
        };
        if !matches!(found, TimeZoneFound::None) {
            self.0 = rest;
        }
        found
    }
}

/// Abbreviations of time zones in use that are short, or may stand before other words.
const ABBREVIATIONS: &[&str] = &[
    "ACDT", "ACST", "ADT", "AEDT", "AEST", "AKDT", "AKST", "AST", "AWST", "BST", "BRT", "CAT",
    "CDT", "CEST", "CET", "CST", "CT", "EAT", "EDT", "EEST", "EET", "EST", "ET", "GST", "HKT",
    "HST", "ICT", "IDT", "IST", "JST", "KST", "MDT", "MESZ", "MEZ", "MSK", "MST", "MT", "NDT",
    "NPT", "NST", "NZDT", "NZST", "PDT", "PHT", "PKT", "PST", "PT", "SAST", "SGT", "WAT", "WEST",
    "WET", "WIB",
];

/// Returns whether a word behind a time names a zone: a known abbreviation, with an offset or not,
/// or three to five other capitals with nothing behind them.
fn is_abbreviation(name: &str, rest: &str) -> bool {
    let word = name.split(['+', '-']).next().unwrap_or(name);
    let is_capital = word.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_last = rest.trim_matches([' ', '\t', ')', ']']).is_empty();
    ABBREVIATIONS.contains(&word) || (is_capital && (3..=5).contains(&word.len()) && is_last)
}
