//! Tags, as written and as compared.

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

    /// Returns the form in which tags are compared: lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
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
}
