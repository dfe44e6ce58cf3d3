//! Marks that the derived files fall behind: each is made before a session entry changes, and goes
//! when the files have been brought up to date since. So the next command knows that a process was
//! killed in between, or could not write them.
//!
//! Each mark has a name of its own: who brings the files up to date removes those that were there
//! before it looked at the entries, and no others.

use crate::kb::Kb;
use std::fs;
use std::path::PathBuf;

const DIRECTORY: &str = "sessions/outdated";

/// Makes a mark. Where none can be made, the entry can hardly be written either.
pub(crate) fn mark_outdated(kb: &Kb) {
    let directory = kb.private_dir().join(DIRECTORY);
    if kb.ensure_private_dir().is_ok() && fs::create_dir_all(&directory).is_ok() {
        let made = tempfile::Builder::new().prefix("").tempfile_in(directory);
        let _ = made.map(tempfile::NamedTempFile::keep);
    }
}

/// Returns the marks that are there.
pub(super) fn list_marks(kb: &Kb) -> Vec<PathBuf> {
    let found = fs::read_dir(kb.private_dir().join(DIRECTORY));
    let found = found.into_iter().flatten().flatten();
    found.map(|mark| mark.path()).collect()
}

/// Removes marks. One that stays costs an update that changes nothing.
pub(super) fn remove_marks(marks: &[PathBuf]) {
    for mark in marks {
        let _ = fs::remove_file(mark);
    }
}
