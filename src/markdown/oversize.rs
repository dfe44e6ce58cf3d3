//! Where a block that is too long to be parsed as Markdown ends.

use super::enclosure::Enclosure;
use super::lines::{line_end, lines_from};
use super::note_heading::is_note_heading;

/// Returns where the top-level block that begins at `start` ends, from its lines alone.
///
/// Exact for fenced code and HTML. Any other block is taken to last until a heading that is not
/// indented, or an empty line with a line behind it that is not indented.
pub(super) fn find_block_end(text: &str, start: usize) -> usize {
    let first = start..line_end(text, start);
    match Enclosure::opened_by(text[first.clone()].trim_start_matches(' ')) {
        Some(enclosure) => enclosure
            .find_swallowed_note(text, start, is_note_heading)
            .or_else(|| enclosure.find_end(text, start))
            .unwrap_or(text.len()),
        None => find_end_of_prose(text, first.end),
    }
}

fn find_end_of_prose(text: &str, start: usize) -> usize {
    let mut behind_blank = false;
    for range in lines_from(text, start) {
        let line = &text[range.clone()];
        let is_blank = line.trim().is_empty();
        let is_indented = line.starts_with([' ', '\t']);
        if is_heading(line) || (behind_blank && !is_blank && !is_indented) {
            return range.start;
        }
        behind_blank = is_blank;
    }
    text.len()
}

fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with([' ', '\t', '\r', '\n'])
}
