//! `SESSION_INDEX.md` and its archive as texts.

use super::{row, seal};

const INDEX: &str = "# Session Index";
const ARCHIVE: &str = "# Session Index Archive (oldest first)";

/// Returns the text of the index. The rows come newest first.
pub(super) fn index<'a>(rows: impl Iterator<Item = &'a str>) -> String {
    table(INDEX, rows)
}

/// Returns the text of the archive. The rows come oldest first, so that it grows at its end.
pub(super) fn archive<'a>(rows: impl Iterator<Item = &'a str>) -> String {
    table(ARCHIVE, rows)
}

fn table<'a>(heading: &str, rows: impl Iterator<Item = &'a str>) -> String {
    let mut text = format!(
        "{}\n{heading}\n\n{}\n{}\n",
        seal::comment(),
        row::HEAD,
        row::RULE
    );
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    seal::seal(text)
}

/// Returns the rows in a text of this program's.
pub(super) fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with("| ["))
}

/// Returns whether a line is one of those around the rows.
pub(super) fn is_frame(line: &str) -> bool {
    let fixed = ["", INDEX, ARCHIVE, row::HEAD, row::RULE];
    fixed.contains(&line) || seal::is_comment(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_sealed_and_framed() {
        let rows = ["| [a] | b |", "| [c] | d |"];
        for text in [index(rows.into_iter()), archive(rows.into_iter())] {
            assert!(seal::holds(&text));
            assert!(
                text.lines()
                    .all(|line| is_frame(line) || rows.contains(&line))
            );
            assert!(super::rows(&text).eq(rows));
        }
        assert!(index(std::iter::empty()).ends_with("---|\n"));
    }
}
