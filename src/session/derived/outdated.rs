//! Marks that the derived files fall behind: each is made before a session entry changes, and goes
//! when the files have been brought up to date since. So the next command knows that a process was
//! killed in between, or could not write them.
//!
//! Each mark has a name of its own: who brings the files up to date removes those that were there
//! before it looked at the entries, and no others. Entries that could not be read then are noted
//! beside the marks, until they can be.

use crate::error::Kind;
use crate::kb::{Kb, make_private_directory, read_private, replace_private};
use crate::model::EntryPath;
use std::fs;
use std::io;
use std::path::PathBuf;

const DIRECTORY: &str = "sessions/outdated";
/// The list of entries that could not be read.
const UNREAD: &str = "sessions/unread";

/// Makes a mark. Where none can be made, the entry can hardly be written either.
pub(crate) fn mark_outdated(kb: &Kb) {
    let directory = kb.private_dir().join(DIRECTORY);
    if kb.ensure_private_dir().is_ok() && make_private_directory(&directory).is_ok() {
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

/// Notes which entries could not be read when the files were written; if all could, that goes.
pub(super) fn keep_unread(kb: &Kb, unread: &[(EntryPath, io::Error)]) {
    let file = kb.private_dir().join(UNREAD);
    if unread.is_empty() {
        let _ = fs::remove_file(file);
        return;
    }
    let paths: Vec<&str> = unread.iter().map(|(path, _)| path.as_str()).collect();
    let kept = replace_private(&file, paths.join("\n").as_bytes());
    if kept.is_err() {
        mark_outdated(kb);
    }
}

/// Returns whether an entry that could not be read when the files were written can be now, or is
/// gone.
pub(super) fn is_unread_readable(kb: &Kb) -> bool {
    let noted = read_private(&kb.private_dir().join(UNREAD)).unwrap_or_default();
    let paths = String::from_utf8_lossy(&noted);
    let opened = |path: &str| kb.open_entry(&EntryPath::from_walk(path.to_owned()));
    let is_readable =
        |path| opened(path).map_or_else(|error| error.kind() == Kind::NotFound, |_| true);
    paths.lines().any(is_readable)
}
