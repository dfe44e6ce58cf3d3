//! Texts as one line.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Returns the words of a text on one line.
pub(crate) fn join_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text on one line of at most so many characters, the last of which is `…` where
/// something is left out.
pub(crate) fn shorten_line(text: &str, most: usize) -> String {
    let line = join_words(text);
    if line.chars().nth(most).is_none() {
        return line;
    }
    let kept = line.char_indices().nth(most.saturating_sub(1));
    let end = kept.map_or(0, |(at, _)| at);
    format!("{}…", line[..end].trim_end())
}

/// Returns the beginning of a text: as many whole characters as fit into `limit` bytes.
pub(crate) fn cut_at_character(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns the beginning of a text, fit for a message.
pub(crate) fn quote_beginning(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

/// Returns what is shown in the place of a character that a terminal would act on, or that turns
/// the direction of writing; `None` if it may be shown itself.
pub(crate) fn visible_form(c: char) -> Option<char> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some('\u{fffd}'),
        _ => None,
    }
}

/// Returns a text with `%20` and the like decoded; as it is where that makes no text.
pub(crate) fn decode_url(text: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_where_they_mean_something() {
        for (text, plain) in [
            ("my%20note.md", "my note.md"),
            ("100%.md", "100%.md"),
            ("%ff", "%ff"),
            ("%é", "%é"),
        ] {
            assert_eq!(decode_url(text), plain);
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        for (text, most, line) in [
            (" a\n b\t", 3, "a b"),
            ("äöü", 3, "äöü"),
            ("äöüß", 3, "äö…"),
            ("ab cd", 4, "ab…"),
            ("ab", 0, "…"),
        ] {
            assert_eq!(shorten_line(text, most), line, "{text:?}");
        }
    }
}
