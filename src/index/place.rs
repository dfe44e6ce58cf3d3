//! Decides in which directory the index lies.

use crate::error::{Error, Result};
use crate::kb::{Kb, directory_elsewhere, make_private_directory, unique_name};
use std::path::{Path, PathBuf};

/// The directory of the index, below the private one.
const AREA: &str = "index";

/// Returns where the index lies: `<MEMEX_INDEX_ROOT>/<kb>` where that is set, else
/// `<kb>/.mx/index`; else, where that cannot be written and `or_elsewhere` (which returns whether
/// another place will do) agrees, `<cache>/memex/<kb>`.
pub(crate) fn index_directory(kb: &Kb) -> PathBuf {
    let preferred = preferred_directory(kb);
    match cache_directory(kb) {
        Some(cache) if !is_writable(&preferred) => cache,
        _ => preferred,
    }
}

/// Makes the directory; `None` if it cannot be made or not be written to.
pub(crate) fn prepare_directory(kb: &Kb) -> Option<PathBuf> {
    let directory = index_directory(kb);
    if directory.starts_with(kb.private_dir()) {
        kb.ensure_private_area(AREA).ok()?;
    } else {
        make_private_directory(&directory).ok()?;
    }
    Some(directory)
}

fn preferred_directory(kb: &Kb) -> PathBuf {
    match &kb.environment().index_root {
        Some(root) => root.join(unique_name(kb.root())),
        None => kb.private_dir().join(AREA),
    }
}

fn cache_directory(kb: &Kb) -> Option<PathBuf> {
    kb.environment().cache.as_ref()?;
    Some(directory_elsewhere(kb.environment(), kb.root()))
}

/// Returns whether the directory, or the nearest one above it that exists, can be written.
fn is_writable(directory: &Path) -> bool {
    let existing = directory.ancestors().find(|path| path.exists());
    existing.is_some_and(access)
}

#[cfg(unix)]
fn access(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn access(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| !data.permissions().readonly())
}

/// Returns whether a file of some size can be written there, to distinguish a full disk from a
/// damaged index.
pub(crate) fn has_room(directory: &Path) -> bool {
    probe_writing(directory).is_ok()
}

/// Looks whether the disk is full.
///
/// # Errors
///
/// That it is.
pub(crate) fn check_room(directory: &Path) -> Result<()> {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    match probe_writing(directory) {
        Err(cause) if matches!(cause.kind(), StorageFull | QuotaExceeded) => {
            Err(Error::io("look at the index in", directory, cause))
        }
        _ => Ok(()),
    }
}

fn probe_writing(directory: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = tempfile::tempfile_in(directory)?;
    file.write_all(&vec![0; 1 << 18])?;
    file.sync_data()
}

/// Names the disk as the cause where writing the index failed because of it: the threads that write
/// it do not report it.
pub(crate) fn name_cause(directory: &Path, error: Error) -> Error {
    match probe_writing(directory) {
        Ok(()) => error,
        Err(cause) => Error::io("write the index in", directory, cause)
            .with_hint("searching works without; set MEMEX_INDEX_ROOT to keep it elsewhere"),
    }
}
