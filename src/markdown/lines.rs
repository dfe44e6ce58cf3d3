//! Lines of a text.

use std::ops::Range;

/// Returns the ranges of the lines from a position on, each with its line ending.
pub(super) fn lines_from(text: &str, start: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = start;
    std::iter::from_fn(move || {
        let line = at..line_end(text, at);
        at = line.end;
        (!line.is_empty()).then_some(line)
    })
}

/// Returns where the line that holds `at` ends: behind its `\n`, `\r\n` or `\r`.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    // Piece by piece: a search for one of the two must not run far behind the other.
    const PIECE: usize = 1024;
    let mut from = at;
    while from < text.len() {
        let piece = &text[from..next_boundary(text, from + PIECE)];
        let feed = piece.find('\n');
        let line = &piece[..feed.unwrap_or(piece.len())];
        match (line.find('\r'), feed) {
            (Some(end), _) if text[from + end..].starts_with("\r\n") => return from + end + 2,
            (Some(end), _) | (None, Some(end)) => return from + end + 1,
            (None, None) => from += piece.len(),
        }
    }
    text.len()
}

/// Returns the first boundary between characters from `at` on.
pub(super) fn next_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Counts lines up to places that are asked for in ascending order.
pub(super) struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> LineCounter<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        LineCounter {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Returns the line of a place, from 1. Places before the last one are on its line.
    pub(super) fn line_at(&mut self, place: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        let feeds = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
        self.at = self.at.max(place);
        self.line
    }
}
