//! Texts of one line in which people write code as Markdown does.

use maud::{Markup, html};
use std::borrow::Cow;

/// Shows a text with what stands between backticks as code.
pub(super) fn show_text(text: &str) -> Markup {
    let pieces: Vec<&str> = text.split('`').collect();
    // One that has no partner is a character like any other.
    if pieces.len().is_multiple_of(2)
        || pieces.iter().skip(1).step_by(2).any(|code| code.is_empty())
    {
        return html! { (text) };
    }
    html! {
        @for (number, piece) in pieces.iter().enumerate() {
            @if number % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// How long a title is shown, in characters.
const LONGEST_TITLE: usize = 160;

/// Returns a title, or the beginning of a long one.
pub(super) fn cut_title(title: &str) -> Cow<'_, str> {
    match title.char_indices().nth(LONGEST_TITLE) {
        Some((end, _)) => format!("{}…", title[..end].trim_end()).into(),
        None => title.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::show_text;

    #[test]
    fn only_pairs_of_backticks_make_code() {
        for (text, html) in [
            ("a `b<c` d", "a <code>b&lt;c</code> d"),
            ("`a` `b`", "<code>a</code> <code>b</code>"),
            ("a ` b", "a ` b"),
            ("a `` b", "a `` b"),
            ("```x```", "```x```"),
            ("", ""),
        ] {
            assert_eq!(show_text(text).into_string(), html);
        }
    }
}
