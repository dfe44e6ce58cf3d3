//! Whether a derived file holds only what this program wrote into it, in this KB or in another
//! clone, merged by git or not.

use super::{recent, row, seal, table};
use crate::model::SessionId;
use std::collections::HashSet;

/// What is known of a session now.
pub(super) enum CurrentLines {
    /// There is no such session.
    Gone,
    /// These lines can stand for it.
    Lines(Vec<String>),
}

/// Returns the lines of a session in the folder of that name.
pub(super) type Lookup<'a> = &'a dyn Fn(&str, SessionId) -> CurrentLines;

/// Returns whether an index or archive is ours: its seal holds, or each line is one that belongs
/// to every such file, the row of a session as it is now, or of one that is gone. `is_torn` returns
/// whether a text is the beginning of a row.
pub(super) fn is_own_table(bytes: &[u8], now: Lookup<'_>, is_torn: &dyn Fn(&str) -> bool) -> bool {
    let Some(text) = normalize_text(bytes) else {
        return false;
    };
    let (whole, torn) = split_torn_end(&text);
    if is_sealed(&text) {
        return true;
    }
    let is_union = is_union(&text);
    let is_own = |line: &str| {
        let earlier = is_union && row::parse_row(line).is_some();
        earlier || is_row_or_frame(line, now)
    };
    whole.lines().all(is_own) && (torn.is_empty() || is_torn(torn))
}

fn is_row_or_frame(line: &str, now: Lookup<'_>) -> bool {
    if table::is_frame(line) || is_marker(line) {
        return true;
    }
    match row::parse_row(line) {
        Some((folder, id)) => match now(&folder, id) {
            CurrentLines::Gone => true,
            CurrentLines::Lines(lines) => lines.iter().any(|row| row == line),
        },
        None => false,
    }
}

/// Splits off a last line without an end: a process may have been killed while writing it. Zeros
/// are what a power cut leaves of a line.
fn split_torn_end(text: &str) -> (&str, &str) {
    let text = text.trim_end_matches('\0');
    let end = text.rfind('\n').map_or(0, |feed| feed + 1);
    text.split_at(end)
}

/// Returns whether recent work is ours: its seal holds, or each line can stand for one of the
/// sessions that it names.
pub(super) fn is_own_recent(bytes: &[u8], now: Lookup<'_>) -> bool {
    let Some(text) = normalize_text(bytes) else {
        return false;
    };
    if is_sealed(&text) {
        return true;
    }
    let named = text.lines().filter_map(recent::parse_heading);
    let mut lines: HashSet<String> = HashSet::new();
    for (folder, id) in named {
        if let CurrentLines::Lines(more) = now(&folder, id) {
            lines.extend(more);
        }
    }
    let is_union = is_union(&text);
    let ours = |line: &str| {
        let earlier = is_union && (recent::parse_heading(line).is_some() || recent::is_item(line));
        earlier || recent::is_frame(line) || is_marker(line) || lines.contains(line)
    };
    text.lines().all(ours)
}

/// Returns whether a text is the union of two, each with its seal, as git makes it of two clones.
/// Then a line may hold what was true of a session earlier.
fn is_union(text: &str) -> bool {
    text.lines().filter(|line| seal::is_comment(line)).count() > 1
}

/// Returns the text with plain line ends, as git may have changed them.
fn normalize_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Some(text.replace("\r\n", "\n"))
}

/// Returns whether a text, or each side of the conflicts that git left in it, is as it was sealed.
fn is_sealed(text: &str) -> bool {
    seal::is_intact(text)
        || conflict_sides(text).is_some_and(|sides| sides.iter().all(|side| seal::is_intact(side)))
}

fn is_marker(line: &str) -> bool {
    ["<<<<<<< ", "||||||| ", ">>>>>>> "]
        .iter()
        .any(|marker| line.starts_with(marker))
        || line == "======="
}

/// Returns what the two sides of a conflict had; `None` where there is none.
fn conflict_sides(text: &str) -> Option<[String; 2]> {
    let mut sides = [String::new(), String::new()];
    // Outside, in the first, in the base, in the second.
    let mut place = 0;
    let mut found = false;
    for line in text.lines() {
        let next = match line.get(..7) {
            Some("<<<<<<<") if place == 0 => 1,
            Some("|||||||") if place == 1 => 2,
            Some("=======") if matches!(place, 1 | 2) && line.len() == 7 => 3,
            Some(">>>>>>>") if place == 3 => 0,
            _ => {
                for (side, without) in sides.iter_mut().zip([3, 1]) {
                    if place != without && place != 2 {
                        side.push_str(line);
                        side.push('\n');
                    }
                }
                continue;
            }
        };
        (place, found) = (next, true);
    }
    (found && place == 0).then_some(sides)
}
