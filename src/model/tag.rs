//! Tags, as written and as compared.

use super::name_key;
use std::fmt;

/// A tag without its `#`, kept as it was written.
///
/// Two tags are the same when their [keys](Tag::key) are: case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Makes a tag from text, without leading `#` and surrounding white space. `None` if nothing
    /// is left, or if what is left holds white space, a comma or a control character.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('#');
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == ',';
        (!text.is_empty() && !text.contains(bad)).then(|| Tag(text.to_owned()))
    }

    /// Returns the tag as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form in which tags are compared: lower case, in one normal form.
    pub fn key(&self) -> String {
        name_key(&self.0)
    }

    /// Returns the keys under which the tag is found: its own, and those of the tags above it.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let key = self.key();
        let slashes: Vec<usize> = key.match_indices('/').map(|(at, _)| at).collect();
        let above: Vec<String> = slashes.iter().map(|at| key[..*at].to_owned()).collect();
        above.into_iter().chain([key])
    }

    /// Returns whether this is the other tag, or one below it.
    pub fn is_within(&self, other: &Tag) -> bool {
        let wanted = other.key();
        self.keys().any(|key| key == wanted)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_no_hash_and_no_white_space() {
        assert_eq!(Tag::new(" #Auth ").map(|t| t.key()), Some("auth".into()));
        assert_eq!(Tag::new("#"), None);
        assert_eq!(Tag::new("two words"), None);
        assert_eq!(Tag::new("a,b"), None);
    }

    #[test]
    fn a_tag_is_within_those_above_it() {
        let tag = |text| Tag::new(text).expect("a tag");
        let nested = tag("Inbox/Today/Early");
        for above in ["inbox", "INBOX/today", "inbox/today/early"] {
            assert!(nested.is_within(&tag(above)), "{above}");
        }
        for other in ["today", "inbox/tod", "in", "inbox/today/early/bird"] {
            assert!(!nested.is_within(&tag(other)), "{other}");
        }
    }
}
