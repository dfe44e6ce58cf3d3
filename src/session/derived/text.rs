//! Texts of a session on one line of a derived file, whatever they hold.

use percent_encoding::percent_encode_byte;
use std::borrow::Cow;

/// Returns text on one line: white space and control characters become single spaces, what would
/// turn the direction of the rest of the line is left out. Cut to `most` characters, with `…`.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut length, mut gap) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = !line.is_empty();
            continue;
        }
        if turns_direction(c) {
            continue;
        }
        if length + 1 + usize::from(gap) > most {
            return cut_off(line, length, most);
        }
        if gap {
            line.push(' ');
            length += 1;
        }
        line.push(c);
        length += 1;
        gap = false;
    }
    line
}

/// Embeddings, overrides and isolates, which reach beyond their cell; and byte-order marks.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Puts `…` behind a line that is not all of its text.
fn cut_off(mut line: String, mut length: usize, most: usize) -> String {
    while length >= most.max(1) {
        line.pop();
        length -= 1;
    }
    // Neither a space nor a joiner that would draw the mark into the character before it.
    let end = |c: char| c.is_whitespace() || matches!(c, '\u{200d}' | '\u{fe0f}');
    line.truncate(line.trim_end_matches(end).len());
    line.push('…');
    line
}

/// Keeps text from beginning an HTML comment.
pub(super) fn without_comments(text: &str) -> Cow<'_, str> {
    if text.contains("<!--") {
        Cow::Owned(text.replace("<!--", "\\<!--"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns text as a cell of a table, which it can neither end nor leave.
pub(super) fn table_cell(text: &str, most: usize) -> String {
    let line = one_line(text, most);
    let line = without_comments(&line);
    if !line.contains('|') {
        return line.into_owned();
    }
    let mut cell = String::with_capacity(line.len() + 8);
    let mut backslashes = 0;
    for c in line.chars() {
        if c == '|' {
            // Readers differ in whether `\\|` ends a cell; `\\\|` does so for none of them.
            cell.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        cell.push(c);
    }
    cell
}

/// Returns the destination of a link to a path, with everything encoded that is not plain.
pub(super) fn encode_destination(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        let plain = c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | '/');
        if plain {
            text.push(c);
        } else {
            let mut bytes = [0; 4];
            text.extend(c.encode_utf8(&mut bytes).bytes().map(percent_encode_byte));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_cut_at_a_character() {
        for (text, most, line) in [
            ("", 3, ""),
            (" a \r\n\t b ", 9, "a b"),
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("ab cd", 4, "ab…"),
            ("ab    ", 2, "ab"),
            ("日本語です", 3, "日本…"),
            ("a\u{202e}b\u{0}c\u{2028}d", 9, "ab c d"),
            ("👩\u{200d}👩\u{200d}👧", 3, "👩…"),
            ("abcd", 0, "…"),
        ] {
            assert_eq!(one_line(text, most), line, "{text:?}");
        }
    }

    #[test]
    fn a_cell_stays_in_its_column() {
        for (text, expected) in [
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            ("|---|", "\\|---\\|"),
            ("C:\\x", "C:\\x"),
            ("a <!-- b", "a \\<!-- b"),
        ] {
            assert_eq!(table_cell(text, 99), expected);
        }
    }

    proptest! {
        #[test]
        fn a_line_is_bounded_and_is_one(text in "\\PC{0,80}|.{0,80}", most in 1usize..40) {
            let line = one_line(&text, most);
            prop_assert!(line.chars().count() <= most);
            prop_assert!(!line.contains(char::is_control));
            let again = one_line(&line, most);
            prop_assert_eq!(again, line);
        }

        #[test]
        fn a_destination_leads_to_its_path(path in "\\PC{0,40}|.{0,40}") {
            let text = encode_destination(&path);
            prop_assert!(!text.contains(|c: char| c.is_whitespace() || "()<>|[]\\#?".contains(c)));
            prop_assert_eq!(crate::model::decode_url(&text), path);
        }
    }
}
