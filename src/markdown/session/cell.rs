//! Text in a cell of a table, or on a line of its own: written so that it reads back exactly.
//!
//! Ordinary text is written as it is, a Windows path included. A line break is `<br>`, a pipe in a
//! table `\|`. What would be read as something else is written as an HTML entity, so that every
//! Markdown viewer shows the text that was meant: `<br>` as `&lt;br>`, an entity with `&amp;`,
//! control characters and white space at the ends by their number.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellPlace {
    /// In a cell of a table.
    Cell,
    /// Behind the name of a field.
    Line,
    /// In a block quote, where white space before the text counts.
    Quote,
}

/// Writes a text so that [`decode_cell`] gives it back.
pub(super) fn encode_cell(text: &str, place: CellPlace) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let is_edge = rest.len() == c.len_utf8() || (at == 0 && place != CellPlace::Quote);
        match c {
            '|' if place == CellPlace::Cell => out.push_str("\\|"),
            '\\' if place == CellPlace::Cell && rest[1..].starts_with('|') => {
                push_character_reference(&mut out, c)
            }
            '\n' => out.push_str("<br>"),
            ' ' | '\t' if is_edge => push_character_reference(&mut out, c),
            '<' if line_break(rest).is_some() || rest.starts_with("<!--") => out.push_str("&lt;"),
            '&' if decode_entity(rest).is_some() => out.push_str("&amp;"),
            c if is_special(c) => push_character_reference(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

/// Returns whether a text is written as it is, wherever it stands, as far as a glance shows.
fn is_plain(text: &str) -> bool {
    let plain =
        |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'|' | b'\\' | b'<' | b'&');
    text.bytes().all(plain) && !text.starts_with(' ') && !text.ends_with(' ')
}

/// Writes a character as a numbered entity.
pub(super) fn push_character_reference(out: &mut String, c: char) {
    // Memory can always be written.
    let _ = write!(out, "&#{};", u32::from(c));
}

/// What some editor takes for the end of a line, or does not show at all.
fn is_special(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Reads a text as it stands in a file, without white space around it.
pub(super) fn decode_cell(raw: &str, place: CellPlace) -> Cow<'_, str> {
    let is_mark = |c: char| matches!(c, '<' | '&') || (c == '\\' && place == CellPlace::Cell);
    let Some(first) = raw.find(is_mark) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let (mut rest, mut next) = (raw, Some(first));
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = decode_mark(rest, place);
        out.push(c);
        rest = &rest[length..];
        next = rest.find(is_mark);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads what begins with a mark: the character that it stands for, and its length.
fn decode_mark(rest: &str, place: CellPlace) -> (char, usize) {
    if place == CellPlace::Cell && rest.starts_with("\\|") {
        return ('|', 2);
    }
    let found = line_break(rest).map(|length| ('\n', length));
    // Every mark is one byte long.
    let itself = (rest.chars().next().unwrap_or_default(), 1);
    found.or_else(|| decode_entity(rest)).unwrap_or(itself)
}

/// Returns the length of a `<br>`, `<br/>` or `<br />` at the start of a text.
fn line_break(text: &str) -> Option<usize> {
    let tag = text
        .get(..3)
        .filter(|tag| tag.eq_ignore_ascii_case("<br"))?;
    let rest = text[tag.len()..].trim_start_matches(' ');
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let rest = rest.strip_prefix('>')?;
    Some(text.len() - rest.len())
}

/// Reads an entity at the start of a text: `&lt;`, `&gt;`, `&amp;`, or any by its number.
fn decode_entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'&') {
        return None;
    }
    let end = bytes.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let c = match &text[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        name => decode_character_reference(name.strip_prefix('#')?)?,
    };
    Some((c, end + 1))
}

fn decode_character_reference(digits: &str) -> Option<char> {
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let all_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let number = u32::from_str_radix(digits, radix).ok();
    number.filter(|_| all_digits).and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn ordinary_text_is_written_as_it_is() {
        for text in [
            "",
            "JWT validation + role checking",
            "C:\\x\\",
            "a & b && c &nbsp; &x;",
            "a < b, <b>bold</b>, `code`",
            "日本 🚀 שלום",
            "\\n is no line break",
        ] {
            for place in [CellPlace::Cell, CellPlace::Line, CellPlace::Quote] {
                assert_eq!(encode_cell(text, place), text);
                assert_eq!(decode_cell(text, place), text);
            }
        }
    }

    #[test]
    fn the_rest_is_escaped() {
        for (text, raw) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a&#92;\\|b"),
            ("a\nb\r\nc\rd", "a<br>b&#13;<br>c&#13;d"),
            ("<br>, <BR />", "&lt;br>, &lt;BR />"),
            ("&lt;br>", "&amp;lt;br>"),
            ("x <!-- observed -->", "x &lt;!-- observed -->"),
            (" a ", "&#32;a&#32;"),
            ("  ", "&#32;&#32;"),
            ("\t", "&#9;"),
            ("\0\u{2028}", "&#0;&#8232;"),
        ] {
            assert_eq!(encode_cell(text, CellPlace::Cell), raw);
            assert_eq!(decode_cell(raw, CellPlace::Cell), text);
        }
        assert_eq!(encode_cell("a|b\\|", CellPlace::Line), "a|b\\|");
        assert_eq!(encode_cell("  a ", CellPlace::Quote), "  a&#32;");
        assert_eq!(
            decode_cell("a<br/>b<Br />&#x41;&gt;", CellPlace::Cell),
            "a\nb\nA>"
        );
        assert_eq!(decode_cell("a\\\\|b", CellPlace::Cell), "a\\|b");
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in any::<String>(), marks in "[\\\\|<>br/ &#;0-9x\n\r!-]{0,40}") {
            for text in [text, marks] {
                for place in [CellPlace::Cell, CellPlace::Line, CellPlace::Quote] {
                    let raw = encode_cell(&text, place);
                    prop_assert!(!raw.contains(['\n', '\r']));
                    prop_assert_eq!(decode_cell(&raw, place), text.as_str(), "{}", raw);
                }
            }
        }
    }
}
