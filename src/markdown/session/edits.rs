//! Changes of a text, collected and then made at once.

use std::ops::Range;

/// Changes of one text.
#[derive(Debug, Default, Clone)]
pub(super) struct Edits(Vec<Edit>);

#[derive(Debug, Clone)]
struct Edit {
    place: Range<usize>,
    text: String,
    kind: EditKind,
}

/// In this order are changes made that begin at the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EditKind {
    Lines,
    Block,
    Replace,
}

impl Edits {
    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, place: Range<usize>, text: impl Into<String>) {
        self.push(place, text.into(), EditKind::Replace);
    }

    /// Adds whole lines at the start of a line, or at the end of the text.
    pub(super) fn lines(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text.into(), EditKind::Lines);
    }

    /// Adds whole lines with an empty line before and behind them.
    pub(super) fn block(&mut self, at: usize, text: impl Into<String>) {
        self.push(at..at, text.into(), EditKind::Block);
    }

    /// Adds the changes of the same text that were collected elsewhere.
    pub(super) fn extend(&mut self, more: Edits) {
        self.0.extend(more.0);
    }

    fn push(&mut self, place: Range<usize>, text: String, kind: EditKind) {
        self.0.push(Edit { place, text, kind });
    }

    /// Makes the changes. Line feeds in what is added become `eol`.
    pub(super) fn apply(mut self, text: &str, eol: &str) -> String {
        self.0.sort_by_key(|edit| (edit.place.start, edit.kind));
        let added: usize = self.0.iter().map(|edit| edit.text.len()).sum();
        let mut out = Out {
            text: String::with_capacity(text.len() + 2 * added),
            eol,
            behind_block: false,
        };
        let mut at = 0;
        for edit in self.0 {
            out.source(text.get(at..edit.place.start).unwrap_or_default());
            match edit.kind {
                EditKind::Replace => out.end_behind(&edit.text),
                EditKind::Lines => out.end_line(),
                EditKind::Block => out.end_block(),
            }
            out.add(&edit.text);
            out.behind_block |= edit.kind == EditKind::Block;
            at = at.max(edit.place.end);
        }
        out.source(&text[at..]);
        out.text
    }
}

struct Out<'a> {
    text: String,
    eol: &'a str,
    /// Whether an empty line must stand before what follows.
    behind_block: bool,
}

impl Out<'_> {
    fn source(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.end_behind(text);
        self.text.push_str(text);
    }

    /// Sees to the empty line between a block and the text behind it.
    fn end_behind(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let line = text.split(['\n', '\r']).next().unwrap_or_default();
        if self.behind_block && !is_blank(line) {
            self.text.push_str(self.eol);
        }
        self.behind_block = false;
    }

    fn add(&mut self, text: &str) {
        match self.eol {
            "\n" => self.text.push_str(text),
            eol => self.text.push_str(&text.replace('\n', eol)),
        }
    }

    fn end_line(&mut self) {
        let is_empty = self.text.trim_start_matches('\u{feff}').is_empty();
        if !is_empty && !self.text.ends_with(['\n', '\r']) {
            self.text.push_str(self.eol);
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        let lines = self.text.trim_start_matches('\u{feff}');
        let Some(whole) = lines
            .strip_suffix("\r\n")
            .or_else(|| lines.strip_suffix(['\n', '\r']))
        else {
            return;
        };
        let last = whole.rsplit(['\n', '\r']).next().unwrap_or_default();
        if !is_blank(last) {
            self.text.push_str(self.eol);
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_between_empty_lines() {
        for (text, at, eol, expected) in [
            ("", 0, "\n", "B\n"),
            ("a", 1, "\n", "a\n\nB\n"),
            ("a\n\n", 3, "\n", "a\n\nB\n"),
            ("a\r\nb\r\n", 3, "\r\n", "a\r\n\r\nB\r\n\r\nb\r\n"),
            ("a\n\nb\n", 2, "\n", "a\n\nB\n\nb\n"),
            ("\u{feff}x\n", 3, "\n", "\u{feff}B\n\nx\n"),
        ] {
            let mut edits = Edits::default();
            edits.block(at, "B\n");
            assert_eq!(edits.apply(text, eol), expected);
        }
    }

    #[test]
    fn changes_at_one_place_are_made_in_order() {
        let mut edits = Edits::default();
        edits.replace(2..4, "x\n");
        edits.block(2, "B\n");
        edits.block(2, "C\n");
        edits.lines(2, "l\n");
        assert_eq!(edits.apply("a\nb\nc\n", "\n"), "a\nl\n\nB\n\nC\n\nx\nc\n");
    }
}
