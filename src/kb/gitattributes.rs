//! The `.gitattributes` of a KB, under which appends from two clones merge.

use super::{Kb, git};
use crate::error::{Error, Result};

const LINE: &str = "*.md merge=union";

impl Kb {
    /// Returns whether the root lies in a git repository.
    pub fn in_git(&self) -> bool {
        git::Repository::find(self.root()).is_some()
    }

    /// Makes git keep both sides where two clones appended to the same entry: puts
    /// `*.md merge=union` into `<root>/.gitattributes`, unless it says already how `*.md` merges.
    /// Returns whether the file was changed.
    pub fn ensure_gitattributes(&self) -> Result<bool> {
        let path = self.root().join(".gitattributes");
        self.rewrite(&path, |old| {
            let old = std::str::from_utf8(old.unwrap_or_default()).map_err(|cause| {
                Error::failed(format!("{} is not UTF-8", path.display())).with_source(cause)
            })?;
            Ok(with_union(old).map(String::into_bytes))
        })
    }
}

/// Returns the attributes with the line added; `None` if they say how `*.md` merges.
fn with_union(old: &str) -> Option<String> {
    let is_merge = |attribute: &str| {
        let name = attribute.trim_start_matches(['-', '!']);
        name == "merge" || name.starts_with("merge=")
    };
    let decided = old.lines().map(str::trim).any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("*.md") && words.any(is_merge)
    });
    if decided {
        return None;
    }
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let joiner = if old.is_empty() || old.ends_with('\n') {
        ""
    } else {
        newline
    };
    Some(format!("{old}{joiner}{LINE}{newline}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::test_support::TestKb;
    use std::fs;

    #[test]
    fn the_rest_is_kept() {
        for (old, new) in [
            ("", Some("*.md merge=union\n")),
            ("*.png binary", Some("*.png binary\n*.md merge=union\n")),
            ("a b\r\n", Some("a b\r\n*.md merge=union\r\n")),
            ("*.md text\n", Some("*.md text\n*.md merge=union\n")),
            (
                "# *.md merge=union\n",
                Some("# *.md merge=union\n*.md merge=union\n"),
            ),
            ("*.md text merge=union\n", None),
            ("*.md -merge\n", None),
        ] {
            assert_eq!(with_union(old).as_deref(), new, "{old:?}");
        }
    }

    #[test]
    fn it_is_written_once() {
        let kb = TestKb::new();
        assert!(!kb.in_git());
        fs::create_dir(kb.root().join(".git")).expect("mkdir");
        fs::write(kb.root().join(".git/HEAD"), "").expect("write");
        assert!(kb.in_git());
        assert!(kb.ensure_gitattributes().expect("written"));
        assert!(!kb.ensure_gitattributes().expect("there already"));
        let text = fs::read_to_string(kb.root().join(".gitattributes")).expect("a file");
        assert_eq!(text, "*.md merge=union\n");
    }
}
