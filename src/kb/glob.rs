//! Patterns for entry paths, as settings and filters give them.

use crate::error::{Error, Result};
use crate::model::normalize_name;
use globset::{GlobBuilder, GlobMatcher};

/// A pattern that entry paths match or not.
///
/// A pattern without `/` matches any part of a path, one with `/` begins at the root of the KB.
/// `*` and `?` stay inside one part, `**` crosses parts, `[ab]` and `{a,b}` are choices. Whatever
/// matches a directory matches everything below it. A `/` at the end is ignored.
#[derive(Debug, Clone)]
pub struct PathGlob {
    matcher: GlobMatcher,
    anchored: bool,
}

impl PartialEq for PathGlob {
    fn eq(&self, other: &Self) -> bool {
        (self.as_str(), self.anchored) == (other.as_str(), other.anchored)
    }
}

impl Eq for PathGlob {}

impl PathGlob {
    /// Makes a pattern from what a user wrote.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) for an empty or malformed pattern.
    pub fn new(pattern: &str) -> Result<Self> {
        let shown = pattern.escape_debug();
        let text = if cfg!(windows) {
            pattern.replace('\\', "/")
        } else {
            pattern.to_owned()
        };
        let text = normalize_name(&text);
        let text = text.strip_prefix("./").unwrap_or(&text);
        let text = text.trim_end_matches('/');
        let anchored = text.contains('/');
        let text = text.trim_start_matches('/');
        if text.trim().is_empty() {
            return Err(Error::usage(format!("path pattern '{shown}' is empty")));
        }
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(!cfg!(windows))
            .build()
            .map_err(|cause| {
                Error::usage(format!(
                    "path pattern '{shown}' is malformed: {}",
                    cause.kind()
                ))
            })?;
        Ok(PathGlob {
            matcher: glob.compile_matcher(),
            anchored,
        })
    }

    /// Returns the pattern, without what is ignored.
    pub fn as_str(&self) -> &str {
        self.matcher.glob().glob()
    }

    /// Returns whether the pattern matches a `/`-separated path or a directory above it.
    pub fn matches(&self, path: &str) -> bool {
        let path: &str = &normalize_name(path);
        if self.anchored {
            let directories = path.match_indices('/').map(|(at, _)| &path[..at]);
            self.matcher.is_match(path) || directories.into_iter().any(|d| self.matcher.is_match(d))
        } else {
            path.split('/').any(|part| self.matcher.is_match(part))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matching() {
        for (pattern, path, expected) in [
            ("drafts", "drafts/a.md", true),
            ("drafts", "x/drafts/a.md", true),
            ("drafts/", "x/drafts/a.md", true),
            ("/drafts", "drafts/a.md", true),
            ("/drafts", "x/drafts/a.md", false),
            ("drafts", "mydrafts/a.md", false),
            ("drafts", "drafts.md", false),
            ("*.md", "x/y/a.md", true),
            ("a*.md", "x/ab.md", true),
            ("drafts/*", "drafts/a.md", true),
            ("drafts/*", "drafts/sub/a.md", true),
            ("drafts/*", "x/drafts/a.md", false),
            ("./drafts/*", "drafts/a.md", true),
            ("drafts/*.md", "drafts/sub/a.md", false),
            ("projects/*/notes", "projects/a/notes/b.md", true),
            ("projects/*/notes", "projects/a/b/notes/c.md", false),
            ("**/notes", "projects/a/b/notes/c.md", true),
            ("**/notes", "notes/c.md", true),
            ("a/**/z.md", "a/b/c/z.md", true),
            ("a/**", "a/b/c.md", true),
            ("projects/myapp", "projects/myapp/sessions.md", true),
            ("projects/myapp", "projects/myapp2/sessions.md", false),
            (
                "projects/myapp/sessions.md",
                "projects/myapp/sessions.md",
                true,
            ),
            ("{a,b}/*.md", "b/x.md", true),
            ("[ab]?", "b1/x.md", true),
            ("日*", "日本/ä.md", true),
            (".*", "a/b.md", false),
        ] {
            let glob = PathGlob::new(pattern).expect("good pattern");
            assert_eq!(glob.matches(path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for pattern in ["", " ", "/", "./", "[", "{a", "a/[b"] {
            assert!(PathGlob::new(pattern).is_err(), "{pattern:?}");
        }
    }
}
