//! Files as safe writing needs them: compared with what is at their path, synced together with
//! their directory.

#[cfg(unix)]
use super::walk::state_of;
use crate::error::{Error, Result};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Returns whether an open file is still the one at `path`, which is without links: an editor
/// may have replaced or deleted it.
#[cfg(unix)]
pub(super) fn is_current(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let mine = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(there) => Ok((mine.dev(), mine.ino()) == (there.dev(), there.ino())),
        Err(e) if super::open::is_absent(&e) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Returns whether an open file is still the one at `path`, which is without links: an editor
/// may have replaced or deleted it.
#[cfg(not(unix))]
pub(super) fn is_current(file: &File, path: &Path) -> io::Result<bool> {
    let mine = same_file::Handle::from_file(file.try_clone()?)?;
    match same_file::Handle::from_path(path) {
        Ok(there) => Ok(mine == there),
        Err(e) if super::open::is_absent(&e) => Ok(false),
        Err(e) => Err(e),
    }
}

/// A name that is older than this has been written by the system on its own: five minutes.
#[cfg(unix)]
const NAME_WRITTEN: i64 = 300_000_000_000;
/// How much later than its name a file was written to if not together with it: a fifth of a second.
#[cfg(unix)]
const NOT_TOGETHER: i64 = 200_000_000;

/// Returns whether the name of a file, in the state `found`, is on disk. The process that made it
/// may have been killed, or not have cared: then its directory is young, and no process has
/// appended since, which would have seen to that.
#[cfg(unix)]
pub(super) fn is_name_durable(found: &Metadata, path: &Path, now: i64) -> bool {
    let Some(Ok(directory)) = path.parent().map(std::fs::metadata) else {
        return true;
    };
    let (file, directory) = (state_of(found).modified, state_of(&directory).modified);
    directory < now - NAME_WRITTEN || file > directory + NOT_TOGETHER
}

/// Returns whether the name of a file is on disk: the journal of NTFS sees to that.
#[cfg(not(unix))]
pub(super) fn is_name_durable(_: &Metadata, _: &Path, _: i64) -> bool {
    true
}

/// Makes the names in a directory durable.
#[cfg(unix)]
pub(super) fn sync_dir(dir: &Path) -> Result<()> {
    let outcome = File::open(dir).and_then(|dir| dir.sync_all());
    match outcome {
        Err(cause) if !is_unsupported(&cause) => Err(Error::io("sync", dir, cause)),
        _ => Ok(()),
    }
}

/// Makes the names in a directory durable: nothing to do, the journal of NTFS does it.
#[cfg(not(unix))]
pub(super) fn sync_dir(_: &Path) -> Result<()> {
    Ok(())
}

/// Removes a file, unless it is gone already.
pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|cause| Error::io("remove", path, cause)),
    }
}

/// Returns the directory in which a path lies.
pub(super) fn parent_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Some file systems cannot sync a directory or make a second name, and a directory without the right
/// to read cannot be opened.
pub(super) fn is_unsupported(cause: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(cause.kind(), InvalidInput | PermissionDenied | Unsupported)
}

/// How the names of temporary files begin, and how many random letters and digits follow.
const TEMPORARY_PREFIX: &str = ".tmp";
const RANDOM: usize = 12;

/// The names of temporary files, as a pattern of git.
pub(crate) const TEMPORARY: &str = ".tmp????????????";

/// Returns whether a name is one that replacing a file gives to what it writes first: if it stays,
/// a program was killed.
pub(crate) fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(TEMPORARY_PREFIX);
    random
        .is_some_and(|rest| rest.len() == RANDOM && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Makes a hidden temporary file in the directory, which deletes itself unless it is persisted. The
/// user's mask narrows the mode.
pub(super) fn temporary(dir: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::open::{Access, open_file as open};
    use std::fs;

    #[cfg(unix)]
    #[test]
    fn a_name_is_durable_once_it_is_old_or_somebody_appended_since() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "").expect("write");
        let found = || fs::metadata(&path).expect("a file");
        let directory = fs::metadata(dir.path()).expect("a directory");
        let made = state_of(&directory).modified;
        assert!(!is_name_durable(&found(), &path, made));
        assert!(is_name_durable(&found(), &path, made + 2 * NAME_WRITTEN));
        let later = directory.modified().expect("a time") + std::time::Duration::from_secs(5);
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(later).expect("set");
        assert!(is_name_durable(&found(), &path, made));
    }

    #[test]
    fn a_replaced_or_deleted_file_is_not_current() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "").expect("write");
        let file = open(&path, Access::Read).expect("opened");
        assert!(is_current(&file, &path).expect("compared"));
        fs::write(dir.path().join("b"), "").expect("write");
        fs::rename(dir.path().join("b"), &path).expect("renamed");
        assert!(!is_current(&file, &path).expect("compared"));
        fs::remove_file(&path).expect("removed");
        assert!(!is_current(&file, &path).expect("compared"));
    }
}
