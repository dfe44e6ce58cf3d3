//! Times as people write them: in front matter, in a heading, and in the name of an entry.

use super::date_cursor::{DateCursor, TimeZoneFound};
use super::date_words::holds_date;
use crate::model::{Timestamp, Zone};
use chrono::{NaiveDateTime, NaiveTime, TimeZone};

/// Reads a date, or a date and a time with or without seconds and offset. A date alone is its
/// midnight; without an offset the time is in `zone`.
///
/// Accepts RFC 3339, a space in place of the `T`, and what a heading may hold.
pub(super) fn parse_time(text: &str, zone: Zone) -> Option<Timestamp> {
    let mut rest = DateCursor(text.trim());
    let date = rest.read_date()?;
    if rest.0.is_empty() {
        return Some(zone.at(date.and_time(NaiveTime::MIN)));
    }
    skip_to_time(&mut rest).then_some(())?;
    let time = rest.read_time()?;
    let found = rest.read_zone();
    rest.0
        .is_empty()
        .then(|| resolve_local_time(date.and_time(time), found, zone))?
}

/// What a heading says of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadingDate {
    /// Nothing.
    None,
    /// It begins with a date, or a date and a time.
    Own(Timestamp),
    /// It holds a date in another form, or of another kind.
    Other,
}

/// Reads the date of a heading.
pub(super) fn read_heading_date(heading: &str, zone: Zone) -> HeadingDate {
    match own_date(heading, zone) {
        Some(time) => HeadingDate::Own(time),
        None if holds_date(heading) => HeadingDate::Other,
        None => HeadingDate::None,
    }
}

/// Reads the date or time with which a text begins: `YYYY-MM-DD`, perhaps a time such as `14:45`,
/// `9:05` or `10:30 PM`, behind it `UTC`, `Z` or an offset (none: in `zone`), then anything. A date
/// alone is its midnight.
///
/// `None` if what stands behind the date seems to be a time that is not understood, or in a zone
/// that is not known.
pub(super) fn own_date(text: &str, zone: Zone) -> Option<Timestamp> {
    let mut rest = DateCursor(text);
    let date = rest.read_date()?;
    let day = || Some(zone.at(date.and_time(NaiveTime::MIN)));
    let behind = rest.0;
    if !skip_to_time(&mut rest) {
        let ends = behind.is_empty() || behind.starts_with(is_end_of_date);
        let glued =
            behind.starts_with(':') && behind[1..].starts_with(|c: char| !c.is_whitespace());
        return day().filter(|_| ends && !glued);
    }
    if !is_like_time(rest.0) {
        return day().filter(|_| behind.starts_with([' ', '\t', ',']));
    }
    let time = rest.read_time()?;
    let found = rest.read_zone();
    rest.is_at_boundary()
        .then(|| resolve_local_time(date.and_time(time), found, zone))?
}

/// Reads the date with which the name or title of an entry begins, also with `_` or `.` between
/// its parts, or with nothing where it is the whole.
pub(super) fn read_name_date(name: &str, zone: Zone) -> Option<Timestamp> {
    let name = name.trim();
    let date = match name.as_bytes() {
        digits if digits.len() == 8 && digits.iter().all(u8::is_ascii_digit) => {
            format!("{}-{}-{}", &name[..4], &name[4..6], &name[6..])
        }
        [_, _, _, _, mark @ (b'-' | b'_' | b'.'), _, _, again, ..] if mark == again => {
            let mark = char::from(*mark);
            name.get(..10)?.replace(mark, "-")
        }
        _ => return None,
    };
    let behind = name.get(10..).unwrap_or_default();
    let ends = behind.chars().next().is_none_or(|c| !c.is_alphanumeric());
    let mut cursor = DateCursor(&date);
    let day = cursor.read_date().filter(|_| ends && cursor.0.is_empty())?;
    Some(zone.at(day.and_time(NaiveTime::MIN)))
}

/// Skips what may stand between a date and a time.
fn skip_to_time(rest: &mut DateCursor<'_>) -> bool {
    if rest.skip('T') || rest.skip('t') {
        return true;
    }
    let comma = rest.skip(',');
    let spaces = rest.skip_spaces();
    if let Some(behind) = rest.0.strip_prefix("at ").filter(|_| spaces) {
        rest.0 = behind.trim_start();
    }
    comma || spaces
}

/// Returns whether a text begins like a time: with a number, behind which there are minutes in one
/// of the ways in use, such as `14:30`, `14.30` or `14h30`, or `AM` or `PM`; or with `1430`.
fn is_like_time(text: &str) -> bool {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - behind.len();
    let minutes = behind.strip_prefix(['.', 'h', 'H']).map(|rest| {
        let end = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() - end.len() == 2 && !end.starts_with(['.', '-'])
    });
    let is_marked = behind.starts_with(':') || minutes == Some(true);
    let is_number = DateCursor(behind).is_at_half_of_day() || is_marked;
    (matches!(digits, 1 | 2) && is_number) || (digits == 4 && !behind.starts_with('-'))
}

fn is_end_of_date(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | ';' | ')' | ']' | '—' | '–')
}

fn resolve_local_time(local: NaiveDateTime, found: TimeZoneFound, zone: Zone) -> Option<Timestamp> {
    match found {
        TimeZoneFound::Offset(offset) => offset
            .from_local_datetime(&local)
            .single()
            .map(Timestamp::from),
        TimeZoneFound::Named(zone) => Some(zone.at(local)),
        TimeZoneFound::None => Some(zone.at(local)),
        TimeZoneFound::Unknown => None,
    }
}
