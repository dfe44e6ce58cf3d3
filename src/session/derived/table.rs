//! `SESSION_INDEX.md` and its archive as texts.

use super::{row, seal};

const INDEX: &str = "# Session Index";
const ARCHIVE: &str = "# Session Index Archive (oldest first)";

/// Returns the text of the index. The rows come newest first.
pub(super) fn render_index(rows: &[String]) -> String {
    render_table(INDEX, rows)
}

/// Returns the text of the archive. The rows come oldest first, so that it grows at its end.
pub(super) fn render_archive(rows: &[String]) -> String {
    render_table(ARCHIVE, rows)
}

fn render_table(heading: &str, rows: &[String]) -> String {
    let mut text = format!(
        "{}\n{heading}\n\n{}\n{}\n",
        seal::unsealed_comment(),
        row::HEAD,
        row::RULE
    );
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    seal::seal_text(text)
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
        let rows = ["| [a] | b |", "| [c] | d |"].map(str::to_owned);
        for text in [render_index(&rows), render_archive(&rows)] {
            assert!(seal::is_intact(&text));
            let lines: Vec<&str> = text.lines().filter(|line| !is_frame(line)).collect();
            assert_eq!(lines, rows);
        }
        assert!(render_index(&[]).ends_with("---|\n"));
    }
}
