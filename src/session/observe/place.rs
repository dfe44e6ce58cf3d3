//! A directory in a repository.

use super::paths::{self, RepoPath};
use crate::kb::{Repository, read_regular_file, read_text_or_nothing};
use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of a file of git that are read.
const MAX_BYTES: u64 = 16 << 20;

/// A directory in a repository, by two names: the one that the caller uses, and where it really
/// lies, which is what counts for git.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    repository: Repository,
    /// The directory relative to the root as git writes it, with a `/` behind; empty at the root.
    prefix: RepoPath,
}

impl Place {
    /// Finds the repository that a directory lies in.
    pub(super) fn find(dir: &Path) -> Option<Self> {
        let real = fs::canonicalize(dir).ok()?;
        let repository = Repository::find(&real)?;
        let below = real.strip_prefix(repository.worktree()).ok()?;
        let mut prefix = paths::from_path(below);
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        Some(Place {
            dir: dir.to_path_buf(),
            repository,
            prefix: RepoPath::new(&prefix),
        })
    }

    /// Returns the directory as the caller names it.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the directory relative to the root, with a `/` behind; empty at the root.
    pub(super) fn prefix(&self) -> &RepoPath {
        &self.prefix
    }

    /// Returns whether it is the root of the working tree.
    pub(super) fn is_root(&self) -> bool {
        self.prefix.is_empty()
    }

    /// Returns the way from the directory to the root of the working tree.
    pub(super) fn way_up(&self) -> String {
        let depth = self
            .prefix
            .bytes()
            .iter()
            .filter(|byte| **byte == b'/')
            .count();
        match depth {
            0 => ".".to_owned(),
            depth => vec![".."; depth].join("/"),
        }
    }

    /// Returns the absolute path of something in the working tree.
    pub(super) fn absolute(&self, path: &RepoPath) -> PathBuf {
        match path.bytes().strip_prefix(self.prefix.bytes()) {
            Some(below) => self.dir.join(paths::to_path(below)),
            None => self.repository.worktree().join(path.to_path()),
        }
    }

    /// Returns the file that logs what `HEAD` was set to.
    pub(super) fn head_log(&self) -> PathBuf {
        self.repository.private_dir().join("logs/HEAD")
    }

    /// Returns the file that logs what was stashed.
    pub(super) fn stash_log(&self) -> PathBuf {
        self.repository.common_dir().join("logs/refs/stash")
    }

    /// Returns whether this is a further working tree of its repository.
    pub(super) fn is_linked(&self) -> bool {
        self.repository.private_dir() != self.repository.common_dir()
    }

    /// Returns the commits at which the history was cut off. Empty unless the clone is shallow.
    pub(super) fn shallow(&self) -> Vec<String> {
        let file = self.repository.common_dir().join("shallow");
        let text = read_text_or_nothing(&file, MAX_BYTES);
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    /// Returns the current branch, without asking git.
    pub(super) fn branch(&self) -> Option<String> {
        let head = self.repository.private_dir().join("HEAD");
        let head = read_regular_file(&head, MAX_BYTES).ok()?;
        let head = String::from_utf8_lossy(&head);
        let name = head.strip_prefix("ref: refs/heads/")?.trim();
        // What stands there where the branches are kept in another form.
        (name != ".invalid").then(|| name.to_owned())
    }
}
