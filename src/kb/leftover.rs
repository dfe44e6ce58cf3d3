//! What killed writers left behind.

use super::Kb;
use super::environment::system_nanoseconds;
use super::walk::state_of;
use std::fs;
use std::path::{Path, PathBuf};

/// No process writes as long to a temporary file, or between two steps: a minute, in nanoseconds.
const ABANDONED: i64 = 60_000_000_000;

/// Returns whether a file was last written to so long ago that no writer is at it any more.
pub(crate) fn is_abandoned(path: &Path) -> bool {
    let found = fs::symlink_metadata(path);
    found.is_ok_and(|found| system_nanoseconds() - state_of(&found).modified > ABANDONED)
}

impl Kb {
    /// Returns the notes of killed writers about what they were going to append that cannot be made
    /// use of: they are not whole, so that nothing had been appended yet.
    pub(crate) fn find_useless_intents(&self) -> Vec<PathBuf> {
        self.recover();
        let found = fs::read_dir(self.private_dir().join(super::intent::DIR));
        let paths = found
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        paths.filter(|path| is_abandoned(path)).collect()
    }
}
