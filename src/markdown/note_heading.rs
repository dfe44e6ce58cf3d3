//! The heading of a note, exactly as `session-log` writes it.

use super::dates::own_date;
use crate::model::{Timestamp, Zone};

/// Returns the time as headings carry it: `2026-01-11 10:30 UTC`, elsewhere with the offset.
pub fn heading_time(time: Timestamp) -> String {
    let time = time.datetime();
    let zone = match time.offset().local_minus_utc() {
        0 => "UTC",
        _ => "%:z",
    };
    time.format(&format!("%Y-%m-%d %H:%M {zone}")).to_string()
}

/// The forms of such a heading, `0` for any digit.
const FORMS: [&str; 3] = [
    "## 0000-00-00 00:00 UTC",
    "## 0000-00-00 00:00 +00:00",
    "## 0000-00-00 00:00 -00:00",
];

/// Returns whether a line, with or without its ending, is such a heading.
pub(super) fn is_note_heading(line: &str) -> bool {
    let line = line.trim_end_matches(['\r', '\n']);
    let has_form = |form: &&str| {
        let mut pairs = line.bytes().zip(form.bytes());
        line.len() == form.len()
            && pairs.all(|(byte, model)| match model {
                b'0' => byte.is_ascii_digit(),
                _ => byte == model,
            })
    };
    FORMS.iter().any(has_form) && own_date(&line[3..], Zone::UTC).is_some()
}
