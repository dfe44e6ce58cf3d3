//! Where an entry lies: relative to the root of the KB, `/`-separated, and never outside it.

use crate::error::{Error, Result};
use std::fmt;

/// The path of an entry inside its KB, such as `projects/demo/sessions.md`.
///
/// Always relative and `/`-separated; no part is empty, `.`, `..` or hidden, and none holds a
/// control character. Ordered by bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath(String);

impl EntryPath {
    /// Parses what a user wrote. A leading `./` and doubled slashes are forgiven.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) for a path that is empty, absolute, leaves the
    /// KB, has a hidden part or a control character, or does not end in `.md`.
    pub fn parse(text: &str) -> Result<Self> {
        let shown: String = text.escape_debug().collect();
        let bad = |why: &str| Error::usage(format!("entry path '{shown}' {why}"));
        if text.trim().is_empty() {
            return Err(Error::usage("entry path is empty"));
        }
        if text.contains(char::is_control) {
            return Err(bad("holds a control character"));
        }
        let text = if cfg!(windows) {
            text.replace('\\', "/")
        } else {
            text.to_owned()
        };
        if text.starts_with('/') || has_drive(&text) {
            return Err(bad("is absolute").with_hint("give it relative to the knowledge base"));
        }
        let parts: Vec<&str> = text
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        if parts.contains(&"..") {
            return Err(bad("leaves the knowledge base"));
        }
        if parts.iter().any(|part| part.starts_with('.')) {
            return Err(bad("has a hidden part, which is never searched"));
        }
        let path = parts.join("/");
        let stem = path.rsplit('/').next().and_then(|n| n.strip_suffix(".md"));
        if text.ends_with('/') || stem.is_none_or(str::is_empty) {
            let hint = format!("write '{}.md'", path.trim_end_matches(".md"));
            return Err(bad("does not end in .md").with_hint(hint));
        }
        Ok(EntryPath(path))
    }

    /// Takes a path that the walk of the KB found; it is valid by construction.
    pub(crate) fn from_walk(path: String) -> Self {
        EntryPath(path)
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the directory, without a slash at the end; empty for the root.
    pub fn directory(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(dir, _)| dir)
    }

    /// Returns the file name without `.md`.
    pub fn stem(&self) -> &str {
        let name = self.0.rsplit('/').next().unwrap_or(&self.0);
        name.strip_suffix(".md").unwrap_or(name)
    }
}

fn has_drive(text: &str) -> bool {
    let bytes = text.as_bytes();
    cfg!(windows) && bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_paths_are_normalised() {
        for (text, path) in [
            ("a.md", "a.md"),
            ("./a//b.md", "a/b.md"),
            ("日本/ä b.md", "日本/ä b.md"),
        ] {
            assert_eq!(EntryPath::parse(text).expect("good path").as_str(), path);
        }
    }

    #[test]
    fn paths_that_leave_the_kb_are_refused() {
        for text in [
            "",
            " ",
            "/etc/passwd.md",
            "../a.md",
            "a/../b.md",
            "a\0.md",
            "a\n.md",
            ".mx/a.md",
            "a/.hidden/b.md",
            "a",
            "a/",
            "a.md/",
            ".md",
            "a/.md",
        ] {
            assert!(EntryPath::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn directory_and_stem() {
        let path = EntryPath::parse("a/b/c.d.md").expect("good path");
        assert_eq!((path.directory(), path.stem()), ("a/b", "c.d"));
        let path = EntryPath::parse("c.md").expect("good path");
        assert_eq!((path.directory(), path.stem()), ("", "c"));
    }
}
