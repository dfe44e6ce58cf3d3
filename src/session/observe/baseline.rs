//! How a directory looked at the start of a session.

use super::file_time;
use super::paths::RepoPath;
use crate::kb::walk::FileState;
use crate::kb::{Repository, read_regular_file};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// How a directory looked at the start of a session: enough to find later what was changed since.
///
/// Kept as JSON by the caller, who does not look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The time on the clock of the file system, in nanoseconds since 1970.
    pub(super) file_time: i64,
    /// The state in git. `None` where there was no repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) git: Option<GitBaseline>,
}

impl Baseline {
    /// Returns the baseline without the files whose names are to be hidden: what is kept beside the
    /// record holds no more than the record.
    pub(crate) fn without_hidden(&self, is_hidden: impl Fn(&str) -> bool) -> Baseline {
        let mut baseline = self.clone();
        let dirty = baseline.git.as_mut().and_then(|git| git.dirty.as_mut());
        if let Some(files) = dirty {
            files.retain(|file| !is_hidden(&String::from_utf8_lossy(file.path.bytes())));
        }
        baseline
    }
}

/// How a repository looked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct GitBaseline {
    /// Where the directory lay in the repository.
    #[serde(default, skip_serializing_if = "RepoPath::is_empty")]
    pub prefix: RepoPath,
    /// The commit checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Length of the log of `HEAD`, in bytes.
    #[serde(default)]
    pub log: u64,
    /// Commits in the stash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stashes: Vec<String>,
    /// Files that differed from the commit. `None` if git could not say, or they were too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<Vec<Dirty>>,
}

/// A file that differed from the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dirty {
    pub path: RepoPath,
    /// Whether it was in the commit.
    #[serde(default)]
    pub tracked: bool,
    /// What it was. `None` if there was no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// What is remembered of a file: as long as it is the same, so is the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
    /// The hash of the content, as far as files are not too many or too large: they may be written
    /// again as they were, or so shortly after that it does not show in their time. Of a submodule
    /// its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
}

/// Most bytes that are hashed for one baseline.
const MAX_HASHED: u64 = 8 << 20;

/// Makes marks. What it may hash is bounded.
#[derive(Debug)]
pub(super) struct Marker {
    left: u64,
}

impl Marker {
    pub(super) fn new() -> Self {
        Marker { left: MAX_HASHED }
    }

    /// Returns the mark of a file, or of a submodule in the given state.
    pub(super) fn mark(&mut self, path: &Path, submodule: Option<&String>) -> Option<Mark> {
        let state = file_time::file_state(path)?;
        if let Some(changes) = submodule {
            return Some(mark_submodule(path, changes));
        }
        let check = (state.size <= self.left).then(|| hash_file(path));
        let check = check.flatten();
        if check.is_some() {
            self.left -= state.size;
        }
        Some(Mark {
            check,
            ..Mark::of(&state)
        })
    }
}

impl Mark {
    fn of(state: &FileState) -> Self {
        Mark {
            size: state.size,
            modified: state.modified,
            check: None,
        }
    }

    /// Returns whether the file, or the submodule in the given state, is still the same.
    pub(super) fn holds(&self, path: &Path, submodule: Option<&String>) -> bool {
        if let Some(changes) = submodule {
            return *self == mark_submodule(path, changes);
        }
        let Some(state) = file_time::file_state(path) else {
            return false;
        };
        let same_time = self.modified == state.modified;
        let is_same = || match &self.check {
            Some(check) => hash_file(path).as_ref() == Some(check),
            None => same_time,
        };
        self.size == state.size && is_same()
    }
}

/// Returns the mark of a submodule, which is seen from outside as one file: in which ways it differs
/// from the commit, and how much was done in it.
fn mark_submodule(path: &Path, changes: &str) -> Mark {
    let found = Repository::find(path).filter(|found| found.worktree() == path);
    let log = found.and_then(|found| fs::metadata(found.private_dir().join("logs/HEAD")).ok());
    Mark {
        size: log.map_or(0, |log| log.len()),
        modified: 0,
        check: Some(changes.to_owned()),
    }
}

fn hash_file(path: &Path) -> Option<String> {
    // Not what a link leads to.
    let regular = fs::symlink_metadata(path).is_ok_and(|data| data.is_file());
    let content = regular
        .then(|| read_regular_file(path, MAX_HASHED).ok())
        .flatten()?;
    Some(blake3::hash(&content).to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_again_as_it_was_is_the_same() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "one").expect("write");
        let mark = Marker::new().mark(&path, None).expect("a file");
        let time = fs::metadata(&path).and_then(|data| data.modified());
        let later = time.expect("a time") + std::time::Duration::from_secs(9);
        fs::remove_file(&path).expect("removed");
        fs::write(&path, "one").expect("write");
        let file = fs::File::options().write(true).open(&path).expect("open");
        file.set_modified(later).expect("set");
        assert!(mark.holds(&path, None));
    }

    #[test]
    fn a_change_within_the_resolution_of_the_clock_shows() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "one").expect("write");
        let time = fs::metadata(&path).and_then(|data| data.modified());
        let mark = Marker::new().mark(&path, None);
        let mark = mark.expect("a file");
        assert!(mark.holds(&path, None));
        fs::write(&path, "two").expect("write");
        let file = fs::File::options().write(true).open(&path).expect("open");
        file.set_modified(time.expect("a time")).expect("set");
        assert!(!mark.holds(&path, None));
    }

    #[test]
    fn a_hidden_name_is_not_kept() {
        let dirty = |path: &[u8]| Dirty {
            path: RepoPath::new(path),
            tracked: false,
            mark: None,
        };
        let baseline = Baseline {
            file_time: 5,
            git: Some(GitBaseline {
                dirty: Some(vec![dirty(b"a.rs"), dirty(b"key-7.txt")]),
                ..GitBaseline::default()
            }),
        };
        let kept = baseline.without_hidden(|name| name.starts_with("key-"));
        let files = kept.git.and_then(|git| git.dirty);
        assert_eq!(files, Some(vec![dirty(b"a.rs")]));
    }

    #[test]
    fn json_reads_back_and_what_is_missing_is_nothing() {
        let baseline = Baseline {
            file_time: 5,
            git: Some(GitBaseline {
                prefix: RepoPath::new(b"sub/"),
                head: Some("12".to_owned()),
                log: 7,
                stashes: vec!["34".to_owned()],
                dirty: Some(vec![Dirty {
                    path: RepoPath::new(b"a\xff"),
                    tracked: true,
                    mark: None,
                }]),
            }),
        };
        let json = serde_json::to_string(&baseline).expect("JSON");
        let read: Baseline = serde_json::from_str(&json).expect("read");
        assert_eq!(read, baseline);
        let read: Baseline =
            serde_json::from_str(r#"{"file_time":5,"git":{"new":1}}"#).expect("read");
        assert_eq!(read.git, Some(GitBaseline::default()));
    }
}
