//! Where to look for changes, if the files are watched.
//!
//! A snapshot is **verified** up to a mark: it is what the files held when the mark was given. Later,
//! only what was seen to change since then has to be looked at, and directories that may change
//! without being seen to: **restless** ones, which hold links, files with other names (hard links), or
//! something that could not be read.
//! What another process committed is looked at whole, once.

use super::catalog::{DirectoryView, Known};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Watches the files of a knowledge base.
pub trait TreeWatch: Send + Sync {
    /// Returns a mark for this moment, and what changed since an earlier one. A write that was
    /// reported before the call counts as before the mark. `None` if that is not known.
    fn see_changes(&self, root: &Path, since: Option<u64>) -> Option<WatchedChanges>;
}

/// What was seen to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedChanges {
    /// Stands for this moment; a later one is greater.
    pub mark: u64,
    /// The files and directories, relative to the root with `/`; `None`: any.
    pub changed: Option<BTreeSet<String>>,
}

/// Directories that may change without being seen to, once that was asked for.
pub(crate) type RestlessList = Arc<OnceLock<Vec<String>>>;

/// The directories to look at.
pub(crate) struct Suspects<'a> {
    /// Files and directories that changed; what is below these is looked at.
    changed: &'a BTreeSet<String>,
    directories: HashSet<&'a str>,
}

impl<'a> Suspects<'a> {
    pub fn new(changed: &'a BTreeSet<String>, restless: &'a [String]) -> Self {
        let parents = changed.iter().map(|path| parent_of(path));
        let directories = parents.chain(restless.iter().map(String::as_str));
        Suspects {
            changed,
            directories: directories.collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.directories.is_empty()
    }

    /// Returns whether a directory is to be looked at.
    pub fn includes(&self, directory: &str) -> bool {
        let mut place = directory;
        while !self.changed.contains(place) {
            if place.is_empty() {
                return self.directories.contains(directory);
            }
            place = parent_of(place);
        }
        true
    }
}

fn parent_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Returns the directories that may change without being seen to.
pub(crate) fn find_restless(known: &Known) -> Vec<String> {
    let is_restless = |view: DirectoryView<'_>| {
        let mut files = view.files.iter();
        view.restless
            || view.link.is_some()
            || !view.skipped.is_empty()
            || files
                .any(|file| file.link || file.state.has_other_names() || file.unreadable.is_some())
    };
    let restless = known
        .iter()
        .filter(|(_, stored)| stored.view().map_or(true, is_restless));
    restless.map(|(path, _)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_of_what_changed_and_all_below_it_are_looked_at() {
        let changed = BTreeSet::from(["a/b.md".to_owned(), "c".to_owned()]);
        let restless = ["d/e".to_owned()];
        let suspects = Suspects::new(&changed, &restless);
        for (directory, included) in [
            ("", true),
            ("a", true),
            ("a/b", false),
            ("c", true),
            ("c/x/y", true),
            ("cc", false),
            ("d", false),
            ("d/e", true),
            ("d/e/f", false),
        ] {
            assert_eq!(suspects.includes(directory), included, "{directory}");
        }
        let everything = BTreeSet::from([String::new()]);
        assert!(Suspects::new(&everything, &[]).includes("x/y"));
        assert!(Suspects::new(&BTreeSet::new(), &[]).is_empty());
    }
}
