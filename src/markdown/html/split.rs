//! A long text in parts, each of which is shown by itself.
//!
//! A part ends in front of a section, else behind a paragraph, else behind a line. What it is cut out
//! of is opened again in the next one: a block of code by its fence, a table by its head.

use crate::markdown::lines::lines_from;
use std::ops::Range;

/// How much is in a part, in bytes and in lines: rows of a table cost by their number.
const PART_BYTES: usize = 192 << 10;
const PART_LINES: u32 = 4_000;

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPiece {
    /// Number of the section.
    pub section: usize,
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// Its first line, from 1.
    pub line: u32,
    /// Whether the section begins with it.
    pub is_first: bool,
    /// Whether it begins where a line does: one that is very long is cut.
    pub begins_line: bool,
    /// What opens again what it continues.
    pub opening: String,
}

/// Splits a text, whose sections begin on these lines, into parts of some pieces each. There is at
/// least one part.
pub fn split_text(text: &str, section_lines: impl Iterator<Item = u32>) -> Vec<Vec<TextPiece>> {
    let mut splitter = Splitter {
        text,
        parts: vec![Vec::new()],
        bytes: 0,
        lines: 0,
    };
    let mut sections = section_lines.enumerate().peekable();
    let mut lines = lines_from(text, 0);
    let (mut at, mut line) = (0, 1);
    while let Some((section, first)) = sections.next() {
        let mut skip_to = |wanted: u32| {
            while line < wanted
                && let Some(range) = lines.next()
            {
                (at, line) = (range.end, line + 1);
            }
            (at, line)
        };
        let (start, start_line) = skip_to(first);
        let (end, end_line) = skip_to(sections.peek().map_or(u32::MAX, |(_, line)| *line));
        let piece = TextPiece {
            section,
            range: start..end,
            line: start_line,
            is_first: true,
            begins_line: true,
            opening: String::new(),
        };
        splitter.add_section(piece, end_line - start_line);
    }
    splitter.parts
}

struct Splitter<'t> {
    text: &'t str,
    parts: Vec<Vec<TextPiece>>,
    /// What is in the last part.
    bytes: usize,
    lines: u32,
}

impl Splitter<'_> {
    /// Adds a section that has so many lines.
    fn add_section(&mut self, mut rest: TextPiece, mut lines: u32) {
        let is_empty = self.bytes == 0;
        if !is_empty && !fits(self.bytes + rest.range.len(), self.lines + lines) {
            self.begin_part();
        }
        let mut block = OpenBlock::None;
        while !fits(rest.range.len(), lines) {
            let cut = find_cut(&self.text[rest.range.clone()], block);
            let middle = rest.range.start + cut.at;
            let next = TextPiece {
                range: middle..rest.range.end,
                line: rest.line + cut.lines,
                is_first: false,
                begins_line: self.text[..middle].ends_with(['\n', '\r']),
                opening: cut.block.write_opening(),
                ..rest
            };
            rest.range.end = middle;
            self.push(rest, cut.lines);
            self.begin_part();
            (rest, lines, block) = (next, lines - cut.lines, cut.block);
        }
        self.push(rest, lines);
    }

    fn push(&mut self, piece: TextPiece, lines: u32) {
        self.bytes += piece.range.len();
        self.lines += lines;
        if let Some(part) = self.parts.last_mut() {
            part.push(piece);
        }
    }

    fn begin_part(&mut self) {
        self.parts.push(Vec::new());
        (self.bytes, self.lines) = (0, 0);
    }
}

fn fits(bytes: usize, lines: u32) -> bool {
    bytes <= PART_BYTES && lines <= PART_LINES
}

/// Where a part ends.
struct Cut<'t> {
    at: usize,
    /// How many lines are before it.
    lines: u32,
    /// What it lies in.
    block: OpenBlock<'t>,
}

/// What a line lies in.
#[derive(Debug, Clone, Copy)]
enum OpenBlock<'t> {
    None,
    /// Code behind this line.
    Fence(&'t str),
    /// A table with these first lines.
    Table(&'t str),
}

impl<'t> OpenBlock<'t> {
    /// Returns what a line lies in behind which another one stands.
    fn read_line(self, text: &'t str, before: &Range<usize>, line: &Range<usize>) -> OpenBlock<'t> {
        let shown = text[line.clone()].trim();
        match self {
            OpenBlock::Fence(start) if is_end_of_fence(start.trim(), shown) => OpenBlock::None,
            OpenBlock::Fence(_) => self,
            OpenBlock::Table(_) if !shown.is_empty() => self,
            _ if fence_length(shown) >= 3 => OpenBlock::Fence(&text[line.clone()]),
            _ if is_delimiter_row(shown) && text[before.clone()].contains('|') => {
                OpenBlock::Table(&text[before.start..line.end])
            }
            _ => OpenBlock::None,
        }
    }

    fn write_opening(self) -> String {
        match self {
            OpenBlock::None => String::new(),
            OpenBlock::Fence(line) | OpenBlock::Table(line) => line.to_owned(),
        }
    }
}

/// Returns how many marks of a fence a line begins with.
fn fence_length(line: &str) -> usize {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'));
    mark.map_or(0, |mark| line.chars().take_while(|c| *c == mark).count())
}

fn is_end_of_fence(start: &str, line: &str) -> bool {
    let length = fence_length(line);
    length >= fence_length(start) && length == line.len() && line.get(..1) == start.get(..1)
}

fn is_delimiter_row(line: &str) -> bool {
    let is_mark = |c: char| matches!(c, '|' | '-' | ':' | ' ');
    line.contains('|') && line.contains('-') && line.chars().all(is_mark)
}

/// Finds where to cut a text that is too long, and begins within a block: not before half of what a
/// part holds.
fn find_cut<'t>(text: &'t str, mut block: OpenBlock<'t>) -> Cut<'t> {
    let (mut soft, mut firm, mut any) = (None, None, None);
    let mut before = 0..0;
    for (lines, line) in (0..).zip(lines_from(text, 0)) {
        let at = line.start;
        if !fits(2 * at, 2 * lines) {
            let cut = Some(Cut { at, lines, block });
            let is_flush = !text[at..].starts_with([' ', '\t']);
            let is_open = !matches!(block, OpenBlock::None);
            let is_behind_gap = text[before.clone()].trim().is_empty();
            match (is_flush, is_open) {
                (true, false) if is_behind_gap => soft = cut,
                (true, _) | (_, true) => firm = cut,
                (false, false) => any = cut,
            }
        }
        if !fits(line.end, lines + 1) {
            break;
        }
        block = block.read_line(text, &before, &line);
        before = line;
    }
    soft.or(firm).or(any).unwrap_or_else(|| cut_line(text))
}

/// Cuts within a line, which is too long.
fn cut_line<'t>(text: &str) -> Cut<'t> {
    let fitting = (0..=PART_BYTES.min(text.len())).rev();
    let at = fitting
        .into_iter()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    let whole = lines_from(&text[..at], 0).filter(|line| text[..line.end].ends_with(['\n', '\r']));
    Cut {
        at,
        lines: (0..).zip(whole).last().map_or(0, |(last, _)| last + 1),
        block: OpenBlock::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, lines: &[u32]) -> Vec<Vec<TextPiece>> {
        let parts = split_text(text, lines.iter().copied());
        let mut at = 0;
        for piece in parts.iter().flatten() {
            assert_eq!(
                piece.range.start, at,
                "nothing is left out or handed out twice"
            );
            let line = text[..at].matches('\n').count() + 1;
            assert_eq!(piece.line as usize, line);
            at = piece.range.end;
        }
        assert_eq!(at, text.len());
        parts
    }

    #[test]
    fn a_short_text_is_one_part() {
        assert_eq!(split_text("", std::iter::empty()), [vec![]]);
        let parts = split("# A\n\na\n\n# B\n\nb\n", &[1, 5]);
        assert_eq!(parts.len(), 1);
        assert_eq!((parts[0].len(), parts[0][1].line), (2, 5));
    }

    #[test]
    fn sections_stay_whole_where_they_can() {
        let section = "# A\n".to_owned() + &"word\n".repeat(1_499);
        let text = section.repeat(6);
        let parts = split(&text, &[1, 1_501, 3_001, 4_501, 6_001, 7_501]);
        let sections: Vec<Vec<usize>> = parts
            .iter()
            .map(|part| part.iter().map(|piece| piece.section).collect())
            .collect();
        assert_eq!(sections, [[0, 1], [2, 3], [4, 5]]);
    }

    #[test]
    fn a_long_section_is_cut_behind_paragraphs_or_lines_or_within_a_line() {
        let paragraphs = "# A\n\n".to_owned() + &"one\ntwo\n\n".repeat(3_000);
        for part in split(&paragraphs, &[1]).iter().skip(1) {
            assert!(paragraphs[part[0].range.clone()].starts_with("one\ntwo"));
            assert!(!part[0].is_first && part[0].opening.is_empty());
        }
        let list = "- a\n  - b\n".repeat(10_000);
        let parts = split(&list, &[1]);
        assert_eq!(parts.len(), 5);
        assert!(
            parts
                .iter()
                .all(|part| list[part[0].range.clone()].starts_with("- a"))
        );
        let line = "ä".repeat(1 << 20);
        let parts = split(&line, &[1]);
        assert_eq!(parts.len(), (2 << 20) / PART_BYTES + 1);
        assert!(parts.iter().all(|part| part[0].line == 1));
        assert!(parts[0][0].begins_line && !parts[1][0].begins_line);
        let behind = "# A\n\n".to_owned() + &"word ".repeat(100_000);
        let lines: Vec<u32> = split(&behind, &[1])
            .iter()
            .map(|part| part[0].line)
            .collect();
        assert_eq!(lines, [1, 3, 3]);
        assert_eq!(split(&"\n".repeat(9_000), &[1]).len(), 3);
    }

    #[test]
    fn tables_and_code_are_opened_again() {
        let table = "| a | b |\n|---|--:|\n".to_owned() + &"| c | d |\n".repeat(9_000);
        let parts = split(&table, &[1]);
        assert_eq!(parts.len(), 3);
        assert!(
            parts[1..]
                .iter()
                .all(|part| part[0].opening == "| a | b |\n|---|--:|\n")
        );
        let code = "```rust\n".to_owned()
            + &"fn f() {}\n\n".repeat(5_000)
            + "```\n\n"
            + &"x\n".repeat(3_900);
        let parts = split(&code, &[1]);
        let openings: Vec<&str> = parts.iter().map(|part| part[0].opening.as_str()).collect();
        assert_eq!(openings, ["", "```rust\n", "```rust\n", ""]);
    }
}
