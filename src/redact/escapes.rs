//! Escape sequences between the words: they part names from values, and tokens in two.

use std::borrow::Cow;

/// Takes out escape sequences: colours, titles, cursor movements.
pub fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(behind_escape(part));
    }
    Cow::Owned(plain)
}

/// Returns what stands behind an escape sequence whose first character is taken off already.
fn behind_escape(sequence: &str) -> &str {
    let mut chars = sequence.chars();
    match chars.next() {
        // Parameters, then one letter.
        Some('[') => {
            let is_end = |c: char| ('\u{40}'..='\u{7e}').contains(&c);
            let end = chars.as_str().find(is_end).map(|at| at + 2);
            sequence
                .get(end.unwrap_or(sequence.len())..)
                .unwrap_or_default()
        }
        // A text, ended by a bell or by the next sequence.
        Some(']' | 'P' | '^' | '_' | 'X') => {
            let end = sequence.find('\u{7}').map_or(sequence.len(), |at| at + 1);
            &sequence[end..]
        }
        Some('(' | ')' | '#' | '%') => {
            chars.next();
            chars.as_str()
        }
        _ => chars.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_are_told_is_taken_out() {
        for (text, plain) in [
            ("plain", "plain"),
            ("\u{1b}[41m \u{1b}[0mred\u{1b}[1;31mder", " redder"),
            ("\u{1b}]0;title\u{7}text", "text"),
            (
                "\u{1b}]8;;https://a.b\u{1b}\\\u{1b}[4mlink\u{1b}[0m",
                "link",
            ),
            ("\u{1b}(Bx\u{1b}=y", "xy"),
            ("cut \u{1b}[3", "cut "),
            ("\u{1b}[\u{1f980}m", ""),
        ] {
            assert_eq!(without_escapes(text), plain, "{text:?}");
        }
    }
}
