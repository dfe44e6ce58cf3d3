//! One session in a table: a line of bounded length, whatever the session holds.

use super::facts::SessionFacts;
use super::text;
use crate::model::{SessionId, decode_url};

/// The head of a table of sessions.
pub(super) const HEAD: &str =
    "| Session | Date | Project | Duration | Summary | Files | Decisions |";
/// The rule below the head.
pub(super) const RULE: &str =
    "|---------|------|---------|----------|---------|-------|-----------|";

/// Most characters of a summary.
const SUMMARY: usize = 160;
/// Most characters of a project's name.
pub(super) const PROJECT: usize = 60;

/// Returns the row of a session in the folder of that name, without a line break.
pub(super) fn render_row(folder: &str, facts: &SessionFacts) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        session_link(folder, facts.id),
        facts.id.day(),
        text::table_cell(&facts.project, PROJECT),
        facts.duration().unwrap_or_default(),
        text::table_cell(&facts.summary, SUMMARY),
        facts.files,
        facts.decisions,
    )
}

/// Returns the link to a session.
pub(super) fn session_link(folder: &str, id: SessionId) -> String {
    format!(
        "[{id}]({})",
        text::encode_destination(&format!("{folder}/{id}.md"))
    )
}

/// Reads which session a link at the start of a text leads to, and what comes behind it.
pub(super) fn parse_link(link: &str) -> Option<(String, SessionId, &str)> {
    let (id, rest) = link.strip_prefix('[')?.split_once("](")?;
    let (destination, rest) = rest.split_once(')')?;
    let id: SessionId = id.parse().ok()?;
    let path = decode_url(destination);
    let folder = path.strip_suffix(&format!("/{id}.md"))?;
    (!folder.is_empty()).then(|| (folder.to_owned(), id, rest))
}

/// Reads which session a row is of; `None` if it is no row as this program writes them.
pub(super) fn parse_row(line: &str) -> Option<(String, SessionId)> {
    let (folder, id, rest) = parse_link(line.strip_prefix("| ")?)?;
    let cells = split_cells(rest.strip_prefix(" | ")?.strip_suffix(" |")?);
    let [date, _, duration, _, files, decisions] = cells[..] else {
        return None;
    };
    let is_count = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let in_minutes = |text: &str| text.strip_suffix('m').is_some_and(is_count);
    let in_hours = |text: &str| text.strip_suffix('h').is_some_and(is_count);
    let is_duration = match (duration.split_once("d "), duration.split_once("h ")) {
        (Some((days, hours)), _) => is_count(days) && in_hours(hours),
        (None, Some((hours, minutes))) => is_count(hours) && in_minutes(minutes),
        (None, None) => duration.is_empty() || in_minutes(duration),
    };
    let written = date == id.day().to_string() && is_duration;
    (written && is_count(files) && is_count(decisions)).then_some((folder, id))
}

/// Splits a row at the pipes that are not escaped.
fn split_cells(row: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in row.bytes().enumerate() {
        match byte {
            b'|' if !escaped => {
                cells.push(row[start..at].trim());
                start = at + 1;
            }
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    cells.push(row[start..].trim());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::derived::facts::tests::sample_facts;
    use proptest::prelude::*;

    #[test]
    fn a_row_looks_as_documented() {
        let mut facts = sample_facts("20250321-143022", "my-api");
        facts.summary = "Implemented auth middleware".into();
        (facts.files, facts.decisions) = (2, 1);
        assert_eq!(
            render_row("my-api", &facts),
            "| [20250321-143022](my-api/20250321-143022.md) | 2025-03-21 | my-api | 2h 15m \
             | Implemented auth middleware | 2 | 1 |"
        );
        assert_eq!(
            session_link("a b)|%ä", facts.id),
            "[20250321-143022](a%20b%29%7C%25ä/20250321-143022.md)"
        );
    }

    #[test]
    fn what_this_program_would_not_write_is_no_row() {
        let good = "| [20250321-143022](p/20250321-143022.md) | 2025-03-21 | p | 5m | s | 2 | 1 |";
        assert!(parse_row(good).is_some());
        for (from, to) in [
            ("p/2025", "2025"),
            ("p/20250321-143022", "p/20250321-143023"),
            ("2025-03-21", "2025-03-22"),
            ("5m", "5 minutes"),
            ("| 2 |", "| two |"),
            ("| 2 |", "|"),
            ("| s |", "| s | t |"),
            ("| [", " | ["),
            (".md)", ".md) see"),
        ] {
            let row = good.replace(from, to);
            assert_ne!(row, good);
            assert_eq!(parse_row(&row), None, "{row}");
        }
    }

    proptest! {
        #[test]
        fn a_row_is_bounded_and_reads_back(
            folder in "[^/\u{0}]{1,20}",
            project in "\\PC{0,200}|.{0,200}",
            summary in "(\\PC|\\||\\\\|\n|<!--|-->|`){0,400}",
        ) {
            let mut facts = sample_facts("20250321-143022-2", "p");
            (facts.project, facts.summary) = (project, summary);
            let row = render_row(&folder, &facts);
            prop_assert_eq!(row.lines().count(), 1);
            prop_assert!(row.len() < 2000);
            prop_assert_eq!(parse_row(&row), Some((folder, facts.id)));
        }
    }
}
