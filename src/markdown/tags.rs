//! Inline tags: what `#tag` is in running text, and how other text becomes a tag.

use crate::model::Tag;
use unicode_normalization::char::is_combining_mark;

/// Returns whether the tag, written as `#tag` among others, is read back as exactly this tag.
///
/// An underscore that is not inside a word could begin or end emphasis.
pub(crate) fn is_inline_tag(tag: &Tag) -> bool {
    let tag = tag.as_str();
    let could_be_markup = ["__", "-_", "_-", "/_", "_/"];
    tag_at(tag) == Some(tag)
        && !tag.starts_with('_')
        && !could_be_markup.iter().any(|pair| tag.contains(pair))
}

/// Makes a tag of any text, such as a project's name: white space, commas and control characters
/// become one `-`. `None` if nothing is left.
pub(super) fn tag_from_words(text: &str) -> Option<Tag> {
    let text = text.trim().trim_start_matches('#');
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control() || c == ',')
        .filter(|part| !part.is_empty())
        .collect();
    Tag::new(&parts.join("-"))
}

/// Finds the tags of a run of text. `before` is the character in front of it; `None` at the start
/// of a line or block.
pub(super) fn find_tags(run: &str, before: Option<char>, tags: &mut Vec<Tag>) {
    let mut from = 0;
    while let Some(found) = run[from..].find('#') {
        let hash = from + found;
        let previous = run[..hash].chars().next_back().or(before);
        from = hash + 1;
        if previous.is_none_or(opens_word)
            && let Some(tag) = tag_at(&run[from..])
        {
            from += tag.len();
            tags.extend(Tag::new(tag));
        }
    }
}

/// The tag at the start of what follows a `#`.
fn tag_at(text: &str) -> Option<&str> {
    let end = text.find(|c| !is_tag_char(c)).unwrap_or(text.len());
    let is_letter = |c: char| c.is_alphabetic();
    let tag = text[..end].trim_end_matches(|c| is_separator(c) || is_joiner(c));
    let first = tag.chars().next()?;
    ((first.is_alphanumeric() || first == '_') && tag.contains(is_letter)).then_some(tag)
}

fn is_tag_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || is_separator(c);
    }
    c.is_alphanumeric() || is_combining_mark(c) || is_joiner(c)
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | '/')
}

/// Zero-width joiner and non-joiner, which words of several scripts hold.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether a word can start behind this character: white space, an opening bracket or quote, or
/// the punctuation of scripts that are written without spaces.
fn opens_word(c: char) -> bool {
    const OPENING: &str = "([\"'“‘„‚«‹（［｛「『【〔〈《〖、。，．：；！？…";
    c.is_whitespace() || OPENING.contains(c)
}
