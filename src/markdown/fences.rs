//! Lines of a text, and where a block that is too long to be parsed as Markdown ends.

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
        let piece = &text[from..boundary(text, from + PIECE)];
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
pub(super) fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Returns where the top-level block that begins at `start` ends, from its lines alone.
///
/// Exact for fenced code and HTML. Any other block is taken to last until a heading that is not
/// indented, or an empty line with a line behind it that is not indented.
pub(super) fn block_end(text: &str, start: usize) -> usize {
    let first = start..line_end(text, start);
    let line = text[first.clone()].trim_start_matches(' ');
    if let Some(fence) = Fence::opened_by(line) {
        return end_behind(text, first.end, |line| fence.is_closed_by(line));
    }
    match HtmlEnd::of(line) {
        Some(HtmlEnd::Any(ends)) => end_behind(text, start, |line| {
            let line = line.to_ascii_lowercase();
            ends.iter().any(|end| line.contains(end))
        }),
        Some(HtmlEnd::Blank) => end_behind(text, start, |line| line.trim().is_empty()),
        None => end_of_prose(text, first.end),
    }
}

fn end_behind(text: &str, start: usize, is_last: impl Fn(&str) -> bool) -> usize {
    lines_from(text, start)
        .find(|line| is_last(&text[line.clone()]))
        .map_or(text.len(), |line| line.end)
}

fn end_of_prose(text: &str, start: usize) -> usize {
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

/// The opening line of a block of fenced code.
pub(super) struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// Reads a line without its indentation.
    pub(super) fn opened_by(line: &str) -> Option<Fence> {
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        (length >= 3 && (mark == '~' || !info.contains('`'))).then_some(Fence { mark, length })
    }

    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        let fence = line.trim_start_matches(' ');
        let rest = fence.trim_start_matches(self.mark);
        line.len() - fence.len() < 4
            && fence.len() - rest.len() >= self.length
            && rest.trim().is_empty()
    }
}

/// What ends a block of HTML, as CommonMark has it.
pub(super) enum HtmlEnd {
    /// A line that holds one of these, in lower case.
    Any(&'static [&'static str]),
    /// An empty line.
    Blank,
}

impl HtmlEnd {
    /// Reads the line that may open a block, without its indentation.
    pub(super) fn of(line: &str) -> Option<HtmlEnd> {
        let tag = line.strip_prefix('<')?;
        let raw = ["script", "pre", "style", "textarea"];
        let is_raw = |name: &&str| {
            let start = tag.get(..name.len());
            let end = tag.as_bytes().get(name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
                && end.is_none_or(|end| end.is_ascii_whitespace() || *end == b'>')
        };
        Some(if raw.iter().any(is_raw) {
            HtmlEnd::Any(&["</script>", "</pre>", "</style>", "</textarea>"])
        } else if tag.starts_with("!--") {
            HtmlEnd::Any(&["-->"])
        } else if tag.starts_with('?') {
            HtmlEnd::Any(&["?>"])
        } else if tag.starts_with("![CDATA[") {
            HtmlEnd::Any(&["]]>"])
        } else if tag.starts_with('!') {
            HtmlEnd::Any(&[">"])
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            HtmlEnd::Blank
        } else {
            return None;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_commonmark_ends_them() {
        for (block, rest) in [
            ("```rust\n# a\n\n~~~\n``\n    ```\n```\n", "# b\n"),
            ("~~~~\n~~~\n~~~~~  \r\n", "x"),
            ("<!-- a\n\n# b\nc --> d\n", "# e"),
            ("<pre>\n\n# a\n</PRE>\n", "b"),
            ("<div>\n# a\n\n", "# b"),
            ("text\n# no\n", ""),
        ] {
            let text = format!("{block}{rest}");
            let end = if rest.is_empty() { 5 } else { block.len() };
            assert_eq!(block_end(&text, 0), end, "{text:?}");
        }
        assert_eq!(block_end("- a\n\n  b\n\nc", 0), 10);
        assert_eq!(block_end("> a\n", 0), 4);
        assert_eq!(block_end("```\nnever closed", 0), 16);
    }
}
