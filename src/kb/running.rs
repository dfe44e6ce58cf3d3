//! Entries of sessions in progress, whose files may lie outside of the KB for now.

use super::Kb;
use crate::model::EntryPath;
use std::path::{Path, PathBuf};

/// The record of a session in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunningEntry {
    /// The path that it has as an entry, or will have.
    pub(crate) path: EntryPath,
    /// Its file, absolute.
    pub(crate) file: PathBuf,
}

impl Kb {
    /// Returns the same KB with these records of sessions in progress, which are read as entries.
    pub(crate) fn with_running(&self, running: Vec<RunningEntry>) -> Kb {
        Kb {
            running,
            ..self.clone()
        }
    }

    /// Returns whether an entry is the record of a session in progress.
    pub(crate) fn is_running(&self, path: &str) -> bool {
        self.running.iter().any(|entry| entry.path.as_str() == path)
    }

    /// Returns the paths of the records of sessions in progress.
    pub(crate) fn running_paths(&self) -> impl Iterator<Item = &str> {
        self.running.iter().map(|entry| entry.path.as_str())
    }

    /// Returns the records that lie outside of the KB.
    pub(crate) fn detached(&self) -> impl Iterator<Item = &RunningEntry> {
        let inside = |entry: &&RunningEntry| !entry.file.starts_with(&self.root);
        self.running.iter().filter(inside)
    }

    /// Returns the file of an entry that lies outside of the KB.
    pub(super) fn detached_file(&self, path: &EntryPath) -> Option<&Path> {
        let mut detached = self.detached();
        let found = detached.find(|entry| entry.path == *path);
        found.map(|entry| entry.file.as_path())
    }
}
