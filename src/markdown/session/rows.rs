//! The rows of the tables: what their cells say.

use crate::model::{
    Blocker, Decision, Event, FileAction, FileRow, Source, ToolUse, quote_beginning,
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use std::borrow::Cow;

/// A row of one of the tables.
pub(super) trait Row: Sized + PartialEq {
    /// The columns, in their order.
    const COLUMNS: &'static [&'static str];
    /// The column without which a table is not one of these.
    const KEY: usize;

    /// Reads the texts of the cells, one for each column; a missing cell is empty. `before` is the
    /// time of the row before this one, of the first row that of the start.
    ///
    /// # Errors
    ///
    /// What is wrong with the row.
    fn read(cells: &[Cow<'_, str>], source: Source, before: NaiveDateTime) -> Result<Self, String>;

    /// Returns the text of a cell.
    fn cell(&self, column: usize, before: NaiveDateTime) -> Cow<'_, str>;

    /// Returns where the row comes from.
    fn source(&self) -> Source;

    /// Returns the time that is `before` for the next row.
    fn time(&self, before: NaiveDateTime) -> NaiveDateTime {
        before
    }
}

fn cell_text(cells: &[Cow<'_, str>], column: usize) -> String {
    cells
        .get(column)
        .map(|cell| cell.clone().into_owned())
        .unwrap_or_default()
}

impl Row for Event {
    const COLUMNS: &'static [&'static str] = &["Time", "Event"];
    const KEY: usize = 1;

    fn read(cells: &[Cow<'_, str>], source: Source, before: NaiveDateTime) -> Result<Self, String> {
        let time = cell_text(cells, 0);
        let found = wall_clock(time.trim(), before);
        Ok(Event {
            time: found.ok_or_else(|| format!("not a time: '{}'", quote_beginning(&time)))?,
            text: cell_text(cells, 1),
            source,
        })
    }

    fn cell(&self, column: usize, before: NaiveDateTime) -> Cow<'_, str> {
        match column {
            0 if self.time.date() == before.date() => self.time.format("%H:%M").to_string().into(),
            0 => self.time.format("%Y-%m-%d %H:%M").to_string().into(),
            _ => self.text.as_str().into(),
        }
    }

    fn source(&self) -> Source {
        self.source
    }

    fn time(&self, _: NaiveDateTime) -> NaiveDateTime {
        self.time
    }
}

/// Reads a time of the clock on the wall, with or without a date (then that of `before`), with or
/// without seconds. Nothing at all is `before`.
fn wall_clock(text: &str, before: NaiveDateTime) -> Option<NaiveDateTime> {
    if text.is_empty() {
        return Some(before);
    }
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date_of(date)?, time.trim_start()),
        None => (before.date(), text),
    };
    let mut parts = time.split(':');
    let hour = parse_digits(parts.next()?, 1..=2)?;
    let minute = parse_digits(parts.next()?, 2..=2)?;
    let second = parts
        .next()
        .map_or(Some(0), |second| parse_digits(second, 2..=2))?;
    let good = second < 60 && parts.next().is_none();
    let time = NaiveTime::from_hms_opt(hour, minute, 0).filter(|_| good)?;
    Some(date.and_time(time))
}

fn date_of(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let year = parse_digits(parts.next()?, 4..=4)?;
    let month = parse_digits(parts.next()?, 2..=2)?;
    let day = parse_digits(parts.next()?, 2..=2)?;
    let year = i32::try_from(year)
        .ok()
        .filter(|_| parts.next().is_none())?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn parse_digits(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let good = length.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| good)
}

impl Row for FileRow {
    const COLUMNS: &'static [&'static str] = &["File", "Action", "Notes"];
    const KEY: usize = 0;

    /// A word that is no action, such as `Refactored`, says that the file was modified.
    fn read(cells: &[Cow<'_, str>], source: Source, _: NaiveDateTime) -> Result<Self, String> {
        let action = cells.get(1).and_then(|word| FileAction::from_name(word));
        Ok(FileRow {
            path: cell_text(cells, 0),
            action: action.unwrap_or(FileAction::Modified),
            notes: cell_text(cells, 2),
            source,
        })
    }

    fn cell(&self, column: usize, _: NaiveDateTime) -> Cow<'_, str> {
        match column {
            0 => self.path.as_str().into(),
            1 => self.action.name().into(),
            _ => self.notes.as_str().into(),
        }
    }

    fn source(&self) -> Source {
        self.source
    }
}

impl Row for Decision {
    const COLUMNS: &'static [&'static str] = &["Decision", "Rationale"];
    const KEY: usize = 0;

    fn read(cells: &[Cow<'_, str>], source: Source, _: NaiveDateTime) -> Result<Self, String> {
        Ok(Decision {
            decision: cell_text(cells, 0),
            rationale: cell_text(cells, 1),
            source,
        })
    }

    fn cell(&self, column: usize, _: NaiveDateTime) -> Cow<'_, str> {
        match column {
            0 => self.decision.as_str().into(),
            _ => self.rationale.as_str().into(),
        }
    }

    fn source(&self) -> Source {
        self.source
    }
}

impl Row for Blocker {
    const COLUMNS: &'static [&'static str] = &["Blocker", "Resolution"];
    const KEY: usize = 0;

    fn read(cells: &[Cow<'_, str>], source: Source, _: NaiveDateTime) -> Result<Self, String> {
        Ok(Blocker {
            blocker: cell_text(cells, 0),
            resolution: cell_text(cells, 1),
            source,
        })
    }

    fn cell(&self, column: usize, _: NaiveDateTime) -> Cow<'_, str> {
        match column {
            0 => self.blocker.as_str().into(),
            _ => self.resolution.as_str().into(),
        }
    }

    fn source(&self) -> Source {
        self.source
    }
}

impl Row for ToolUse {
    const COLUMNS: &'static [&'static str] = &["Tool", "Uses"];
    const KEY: usize = 0;

    /// A tool that stands there without a number was used once.
    fn read(cells: &[Cow<'_, str>], source: Source, _: NaiveDateTime) -> Result<Self, String> {
        let uses = cell_text(cells, 1);
        let digits = uses.trim();
        let number = match digits {
            "" => Some(1),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        Ok(ToolUse {
            name: cell_text(cells, 0),
            uses: number
                .ok_or_else(|| format!("not a number of uses: '{}'", quote_beginning(&uses)))?,
            source,
        })
    }

    fn cell(&self, column: usize, _: NaiveDateTime) -> Cow<'_, str> {
        match column {
            0 => self.name.as_str().into(),
            _ => self.uses.to_string().into(),
        }
    }

    fn source(&self) -> Source {
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok();
        let before = at("2025-03-21 14:30").expect("a time");
        for (text, time) in [
            ("14:31", "2025-03-21 14:31"),
            ("9:05", "2025-03-21 09:05"),
            ("14:31:59", "2025-03-21 14:31"),
            ("2025-03-22 00:15", "2025-03-22 00:15"),
            ("2025-03-22T00:15:30", "2025-03-22 00:15"),
            ("", "2025-03-21 14:30"),
        ] {
            assert_eq!(wall_clock(text, before), at(time), "{text}");
        }
        for text in [
            "soon",
            "24:00",
            "1:5",
            "14:30pm",
            "2025-3-2 14:30",
            "+1:00",
            "1:00:60",
            "1:00:00:0",
        ] {
            assert_eq!(wall_clock(text, before), None, "{text}");
        }
    }
}
