//! Dates and spans of time as people read them. Times come with the offset of the KB's zone.

use chrono::{DateTime, FixedOffset, NaiveDate};
use maud::{Markup, html};

/// Parses RFC 3339.
pub(super) fn parse_time(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

/// Parses `YYYY-MM-DD`.
pub(super) fn parse_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// Returns the day of a time, as `YYYY-MM-DD`.
pub(super) fn day_of(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// Returns a day in words: `Sunday, 11 January 2026`.
pub(super) fn name_day(day: NaiveDate) -> String {
    day.format("%A, %-d %B %Y").to_string()
}

/// Returns a day as it is nearest to say: `Today`, `Yesterday`, `Friday`, `11 January`, with the
/// year where it is another one.
pub(super) fn name_day_near(day: NaiveDate, today: NaiveDate) -> String {
    use chrono::Datelike as _;
    match (today - day).num_days() {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..=6 => day.format("%A").to_string(),
        _ if day.year() == today.year() => day.format("%-d %B").to_string(),
        _ => day.format("%-d %B %Y").to_string(),
    }
}

/// Returns what [`name_day_near`] leaves out of a day: the weekday, the date, or both.
pub(super) fn complete_day(day: NaiveDate, today: NaiveDate) -> String {
    match (today - day).num_days() {
        0 | 1 => name_day(day),
        2..=6 => day.format("%-d %B %Y").to_string(),
        _ => day.format("%A").to_string(),
    }
}

/// Shows a time as `14:45`.
pub(super) fn show_clock(time: &str) -> Markup {
    show_time(time, "%H:%M")
}

/// Shows a time as `11 Jan 2026, 14:45`.
pub(super) fn show_moment(time: &str) -> Markup {
    show_time(time, "%-d %b %Y, %H:%M")
}

/// Shows the day of a time as `11 Jan 2026`.
pub(super) fn show_day(time: &str) -> Markup {
    match parse_day(day_of(time)) {
        Some(day) => html! {
            time datetime=(day_of(time)) { (day.format("%-d %b %Y")) }
        },
        None => html! { (time) },
    }
}

fn show_time(time: &str, format: &str) -> Markup {
    match parse_time(time) {
        Some(moment) => html! { time datetime=(time) { (moment.format(format)) } },
        None => html! { (time) },
    }
}

/// Returns a span of time: `45 min`, `2 h 5 min`, `3 days`.
pub(super) fn name_span(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours @ 0..48, 0) => format!("{hours} h"),
        (hours @ 0..48, minutes) => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days", hours / 24),
    }
}

/// Returns a number with its noun.
pub(super) fn count(number: u64, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{} {several}", group_digits(number)),
    }
}

/// Returns a number with its digits in groups: `12,345`.
pub(super) fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_named_from_where_one_stands() {
        let day = |text: &str| parse_day(text).expect("a day");
        let today = day("2026-01-11");
        for (text, name, rest) in [
            ("2026-01-11", "Today", "Sunday, 11 January 2026"),
            ("2026-01-10", "Yesterday", "Saturday, 10 January 2026"),
            ("2026-01-06", "Tuesday", "6 January 2026"),
            ("2026-01-04", "4 January", "Sunday"),
            ("2025-12-31", "31 December 2025", "Wednesday"),
            ("2026-01-12", "12 January", "Monday"),
        ] {
            assert_eq!(name_day_near(day(text), today), name);
            assert_eq!(complete_day(day(text), today), rest);
        }
    }

    #[test]
    fn spans_and_numbers_are_readable() {
        for (minutes, name) in [
            (0, "0 min"),
            (59, "59 min"),
            (60, "1 h"),
            (125, "2 h 5 min"),
            (4_320, "3 days"),
        ] {
            assert_eq!(name_span(minutes), name);
        }
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(1_234_567, "file", "files"), "1,234,567 files");
        assert_eq!(group_digits(0), "0");
    }

    #[test]
    fn what_is_no_time_is_shown_as_it_is() {
        assert_eq!(
            show_clock("2026-01-11T14:45:00+01:00").into_string(),
            "<time datetime=\"2026-01-11T14:45:00+01:00\">14:45</time>"
        );
        assert_eq!(show_clock("<soon>").into_string(), "&lt;soon&gt;");
        assert_eq!(show_day("é").into_string(), "é");
    }
}
