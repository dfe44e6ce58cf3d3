//! Submodules: seen from outside, one file each.

use super::baseline::Mark;
use crate::kb::Repository;
use std::fs;
use std::path::Path;

/// Returns the mark of a submodule that differs from the commit in the given ways: these, and how
/// much was done in it.
pub(super) fn mark(path: &Path, changes: &str) -> Mark {
    let found = Repository::find(path).filter(|found| found.worktree() == path);
    let log = found.and_then(|found| fs::metadata(found.private_dir().join("logs/HEAD")).ok());
    Mark {
        size: log.map_or(0, |log| log.len()),
        modified: 0,
        check: Some(changes.to_owned()),
    }
}
