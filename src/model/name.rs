//! How names are compared: paths, titles, aliases, tags and projects.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;

/// Returns a name in the normal form NFC: some systems write `é` as two characters, others as one.
pub fn normalize_name(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfc().collect())
    }
}

/// Returns the form in which names are compared where case does not matter.
pub fn name_key(name: &str) -> String {
    normalize_name(name).to_lowercase()
}

/// Returns by what the texts of steps and blockers are compared: case and a full stop at the end do not
/// matter.
pub fn open_text_key(text: &str) -> String {
    name_key(text.trim().trim_end_matches('.'))
}

/// Returns whether two names are the same, in whatever case and normal form.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one == other || name_key(one) == name_key(other)
}

/// Returns a name in the normal form NFD, in which some systems write names.
pub fn decompose_name(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfd().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_however_they_are_composed() {
        assert_eq!(name_key("Cafe\u{301}"), name_key("CAF\u{c9}"));
        assert_eq!(normalize_name("a\u{308}b"), "\u{e4}b");
        assert_ne!(name_key("a"), name_key("\u{e4}"));
    }
}
