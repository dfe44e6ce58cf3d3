//! The lines of a text, and which of them are code or HTML: nothing in there is a heading or a
//! table.

use super::super::enclosure::Enclosure;
use super::super::lines::lines_from;
use std::ops::Range;

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The line with its ending.
    pub(super) range: Range<usize>,
    /// The line without its ending.
    pub(super) content: Range<usize>,
    pub(super) class: Class,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Blank,
    /// A heading of this level.
    Heading(u8),
    /// A line of fenced code or of HTML.
    Opaque,
    /// Anything else.
    Text,
}

/// The lines of a text.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// Where a block of code or HTML begins that is never closed: what is written behind this
    /// place is not read.
    pub(super) open: Option<usize>,
}

/// Returns whether a text is that of a heading of the record.
pub(super) type IsOwnHeading = fn(&str) -> bool;

/// Reads the lines from a position on. What a person left open in a record, code or a comment, ends
/// before the next heading of the record: it hides none of its tables and lists.
pub(super) fn read_lines(text: &str, from: usize, is_own: IsOwnHeading) -> Lines {
    let mut open: Option<Open> = None;
    let mut lines: Vec<Line> = Vec::new();
    let mut rest: Box<dyn Iterator<Item = Range<usize>>> = Box::new(lines_from(text, from));
    loop {
        let Some(range) = rest.next() else {
            let start = open.as_ref().map(|open| open.start);
            match start.and_then(|start| own_heading_behind(text, &lines, start, is_own)) {
                Some(at) => {
                    open = None;
                    rest = reread_from(text, &mut lines, at);
                    continue;
                }
                None => break,
            }
        };
        let content = text[range.clone()].trim_end_matches(['\n', '\r']);
        let content = range.start..range.start + content.len();
        let before = open.as_ref().map(|open| open.start);
        let class = classify_line(&text[content.clone()], range.start, &mut open);
        let is_row = text[content.clone()].trim_start().starts_with('|');
        lines.push(Line {
            range,
            content,
            class,
        });
        // The mark of a row closes no comment that began before its table.
        let closed = before.filter(|_| open.is_none() && is_row && class == Class::Opaque);
        if let Some(at) = closed.and_then(|start| own_heading_behind(text, &lines, start, is_own)) {
            rest = reread_from(text, &mut lines, at);
        }
    }
    Lines {
        lines,
        open: open.map(|open| open.start),
    }
}

/// Returns the number of the first line behind a place that is a heading of a record, just as this
/// program writes it.
fn own_heading_behind(
    text: &str,
    lines: &[Line],
    start: usize,
    is_own: IsOwnHeading,
) -> Option<usize> {
    let is_own = |line: &Line| {
        let heading = text[line.content.clone()].strip_prefix("### ");
        line.range.start > start && heading.is_some_and(is_own)
    };
    lines.iter().position(is_own)
}

/// Forgets the lines from a number on. Returns those that are to be read again.
fn reread_from<'t>(
    text: &'t str,
    lines: &mut Vec<Line>,
    at: usize,
) -> Box<dyn Iterator<Item = Range<usize>> + 't> {
    let start = lines.get(at).map_or(text.len(), |line| line.range.start);
    lines.truncate(at);
    Box::new(lines_from(text, start))
}

/// A block of code or HTML that is not closed yet.
struct Open {
    start: usize,
    /// How far lines must be indented to belong to it, if it is in a list.
    indent: usize,
    enclosure: Enclosure,
}

impl Open {
    fn leaves(&self, content: &str) -> bool {
        let indent = content.len() - content.trim_start_matches(' ').len();
        indent < self.indent && !is_blank(content)
    }

    fn is_closed_by(&self, content: &str) -> bool {
        let line = content.get(self.indent..).unwrap_or_default();
        self.enclosure.is_closed_by(line)
    }
}

fn is_blank(content: &str) -> bool {
    content.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn classify_line(content: &str, start: usize, open: &mut Option<Open>) -> Class {
    if let Some(block) = open {
        if !block.leaves(content) {
            if block.is_closed_by(content) {
                *open = None;
            }
            return Class::Opaque;
        }
        *open = None;
    }
    if is_blank(content) {
        return Class::Blank;
    }
    let line = content.trim_start_matches(' ');
    if content.len() - line.len() > 3 || line.starts_with('\t') {
        return Class::Text;
    }
    if let Some((level, _)) = heading_of_line(line) {
        return Class::Heading(level);
    }
    *open = opened_by(content, start);
    match open {
        None => Class::Text,
        Some(block) => {
            if matches!(block.enclosure, Enclosure::Html(_)) && block.enclosure.is_closed_by(line) {
                *open = None;
            }
            Class::Opaque
        }
    }
}

fn opened_by(content: &str, start: usize) -> Option<Open> {
    let line = content.trim_start_matches(' ');
    if let Some(enclosure @ Enclosure::Html(_)) = Enclosure::opened_by(line) {
        return Some(Open {
            start,
            indent: 0,
            enclosure,
        });
    }
    let mut inner = line;
    while let Some(item) = behind_list_marker(inner) {
        inner = item;
    }
    let indent = if inner.len() == line.len() {
        0
    } else {
        content.len() - inner.len()
    };
    let enclosure = Enclosure::fence_opened_by(inner)?;
    Some(Open {
        start,
        indent,
        enclosure,
    })
}

/// Returns what stands behind `- `, `1. ` and the like.
pub(super) fn behind_list_marker(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => line.strip_prefix(['-', '*', '+'])?,
        1..=9 => line[digits..].strip_prefix(['.', ')'])?,
        _ => return None,
    };
    let item = rest.trim_start_matches([' ', '\t']);
    (item.len() < rest.len()).then_some(item)
}

/// Reads a heading without its indentation: its level, and its text without marks.
pub(super) fn heading_of_line(line: &str) -> Option<(u8, &str)> {
    let rest = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - rest.len()).ok();
    let level = level.filter(|level| (1..=6).contains(level))?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let words = rest.trim_matches([' ', '\t']);
    let bare = words.trim_end_matches('#');
    let closes = bare.is_empty() || bare.ends_with([' ', '\t']);
    Some((
        level,
        if closes {
            bare.trim_end_matches([' ', '\t'])
        } else {
            words
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Lines {
        read_lines(text, 0, |words| ["Notes", "Blockers"].contains(&words))
    }

    fn classes(text: &str) -> String {
        let class = |line: &Line| match line.class {
            Class::Blank => '.',
            Class::Heading(level) => char::from(b'0' + level),
            Class::Opaque => 'o',
            Class::Text => 't',
        };
        read(text).lines.iter().map(class).collect()
    }

    #[test]
    fn headings_in_code_and_html_are_none() {
        for (text, expected) in [
            ("# a\r\n\r\n## b ##\r\ntext\r\n", "1.2t"),
            ("```\n# a\n```\n# b", "ooo1"),
            ("~~~~ x\n~~~\n# a\n~~~~\n## b", "oooo2"),
            ("<!--\n# a\n--> x\n# b", "ooo1"),
            ("<!-- a --> x\n# b", "o1"),
            ("- ```\n  # a\n  ```\n# b", "ooo1"),
            ("- ```\n  a\n# b", "oo1"),
            ("1. a\n   ```\n   # x\n   ```\n# b", "tooo1"),
            ("    # a\n\t# b\n#c\n#\n", "ttt1"),
            ("<div>\n# a", "t1"),
        ] {
            assert_eq!(classes(text), expected, "{text:?}");
        }
        // What is left open ends before a heading of the record.
        for (text, expected) in [
            ("```\na\n### Notes\n- b", "oo3t"),
            ("<!-- a\n### Blockers\n| b <!-- observed --> |\n", "o3t"),
            ("<!-- a\n### Blockers\n### Notes\n-->", "oooo"),
            ("```\n### Notes\n```\n### notes", "ooo3"),
            ("```\n### Notes x\n#### Notes\n### notes", "oooo"),
        ] {
            assert_eq!(classes(text), expected, "{text:?}");
        }
        assert_eq!(read("a\n```\nb").open, Some(2));
        assert_eq!(read("a\n```\nb\n```").open, None);
        assert_eq!(heading_of_line("## a # b ## "), Some((2, "a # b")));
        assert_eq!(heading_of_line("## a#"), Some((2, "a#")));
        assert_eq!(heading_of_line("## ##"), Some((2, "")));
    }
}
