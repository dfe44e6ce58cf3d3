//! The `.gitattributes` of a KB, under which appends from two clones merge.

use super::{Kb, git, read_text_or_nothing};
use crate::error::{Error, Result};

const LINE: &str = "*.md merge=union";

impl Kb {
    /// Returns whether the root lies in a git repository.
    pub fn in_git(&self) -> bool {
        git::Repository::find(self.root()).is_some()
    }

    /// Returns whether `<root>/.gitattributes` says how `*.md` merges.
    pub fn has_merge_attribute(&self) -> bool {
        self.merge_attributes()
            .iter()
            .any(|line| merge_of(line).is_some())
    }

    /// Returns whether `<root>/.gitattributes` says that both sides of `*.md` are kept.
    pub(super) fn has_union_attribute(&self) -> bool {
        let lines = self.merge_attributes();
        lines
            .iter()
            .any(|line| merge_of(line) == Some("merge=union"))
    }

    fn merge_attributes(&self) -> Vec<String> {
        let text = read_text_or_nothing(&self.root().join(".gitattributes"), git::MAX_BYTES);
        text.lines().map(str::to_owned).collect()
    }

    /// Makes git keep both sides where two clones appended to the same entry: puts
    /// `*.md merge=union` into `<root>/.gitattributes`, unless it says already how `*.md` merges.
    /// Returns whether the file was changed.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
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
    let decided = old.lines().any(|line| merge_of(line).is_some());
    (!decided).then(|| append_line(old, LINE))
}

/// Returns the attributes with a line added; `None` if it is there.
pub(super) fn with_line(old: &str, new: &str) -> Option<String> {
    let is_there = old.lines().any(|line| line.trim() == new);
    (!is_there).then(|| append_line(old, new))
}

fn append_line(old: &str, new: &str) -> String {
    let newline = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let joiner = if old.is_empty() || old.ends_with('\n') {
        ""
    } else {
        newline
    };
    format!("{old}{joiner}{new}{newline}")
}

/// Returns what a line of attributes says of how `*.md` merges.
fn merge_of(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    (words.next() == Some("*.md")).then_some(())?;
    words.find(|attribute| {
        let name = attribute.trim_start_matches(['-', '!']);
        name == "merge" || name.starts_with("merge=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
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
