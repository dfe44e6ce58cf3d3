//! Files as safe writing needs them: opened without blocking, locked with a limit to patience,
//! compared with what is at their path, synced together with their directory.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// How long a writer waits for the lock of a file before it gives up.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Append,
    /// Anywhere in the file.
    Write,
}

/// Opens a file that exists. `path` is without links.
///
/// Never waits, should a FIFO have taken the file's place, and follows no link there.
pub(super) fn open(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    if access == Access::Write {
        options.write(true);
    }
    if access == Access::Append {
        // With `append` alone, Windows gives no right to truncate, which undoing needs. There,
        // the lock keeps others away from the end of the file.
        if cfg!(windows) {
            options.write(true);
        } else {
            options.append(true);
        }
    }
    without_waiting(&mut options);
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    options.custom_flags(flags.bits().cast_signed());
}

#[cfg(not(unix))]
fn without_waiting(_: &mut OpenOptions) {}

/// Locks a file against other writers, until it is closed. Waits for its turn, but not for ever.
///
/// A file system without locks is trusted to have one writer. On Windows the lock also keeps
/// readers out for the moment: [`Kb::read`](super::Kb::read) tries again.
///
/// # Errors
///
/// [`Kind::Busy`](crate::error::Kind::Busy) if somebody holds the lock for too long.
pub(super) fn lock(file: &File, path: &Path) -> Result<()> {
    lock_within(file, path, LOCK_TIMEOUT)
}

/// Locks a file as [`lock`] does, and waits for at most `timeout`; not at all if that is zero.
pub(super) fn lock_within(file: &File, path: &Path, timeout: Duration) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(cause)) => Err(Error::io("lock", path, cause)),
        Err(TryLockError::WouldBlock) if timeout.is_zero() => Err(busy(path, timeout)),
        Err(TryLockError::WouldBlock) => {
            let outcome = wait_for_lock(file, timeout);
            outcome.map_err(|cause| match cause.kind() {
                io::ErrorKind::TimedOut => busy(path, timeout),
                _ => Error::io("lock", path, cause),
            })
        }
    }
}

fn busy(path: &Path, timeout: Duration) -> Error {
    let (path, seconds) = (path.display(), timeout.as_secs());
    Error::busy(format!(
        "{path} has been locked by another process for {seconds} s"
    ))
    .with_hint("wait for that process, or end it, and try again")
}

/// Waits in the system's queue, which is fair, on a thread that can be left behind. A lock
/// belongs to the open file, so that one taken through the copy is held by `file` too; left
/// behind, the copy is closed as soon as it has the lock.
fn wait_for_lock(file: &File, patience: Duration) -> io::Result<()> {
    let copy = file.try_clone()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let outcome = loop {
            match copy.lock() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        // Closed first, so that the receiver alone decides how long the lock is held.
        drop(copy);
        let _ = sender.send(outcome);
    })?;
    match receiver.recv_timeout(patience) {
        Ok(outcome) => outcome,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Returns whether an open file is still the one at `path`, which is without links: an editor
/// may have replaced or deleted it.
#[cfg(unix)]
pub(super) fn is_current(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let mine = file.metadata()?;
    match std::fs::symlink_metadata(path) {
        Ok(there) => Ok((mine.dev(), mine.ino()) == (there.dev(), there.ino())),
        Err(e) if super::settings::is_absent(&e) => Ok(false),
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
        Err(e) if super::settings::is_absent(&e) => Ok(false),
        Err(e) => Err(e),
    }
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

/// Some file systems cannot sync a directory, and one without the right to read cannot be opened.
#[cfg(unix)]
fn is_unsupported(cause: &io::Error) -> bool {
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

/// Makes a hidden temporary file in the directory, which deletes itself unless it is persisted.
/// `open_to_all`: with the permissions that the user's mask gives to new files, else private.
pub(super) fn temporary(dir: &Path, open_to_all: bool) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    if open_to_all {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = open_to_all;
    builder.tempfile_in(dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_lock_is_waited_for_but_not_for_ever() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "").expect("write");
        let mine = open(&path, Access::Append).expect("opened");
        lock(&mine, &path).expect("free");
        let other = open(&path, Access::Append).expect("opened");
        let error = lock_within(&other, &path, Duration::from_millis(20)).expect_err("taken");
        assert_eq!(error.kind(), crate::error::Kind::Busy);
        drop(other);

        let other = open(&path, Access::Append).expect("opened");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| lock(&other, &path));
            std::thread::sleep(Duration::from_millis(20));
            drop(mine);
            waiting.join().expect("no panic").expect("its turn");
        });
        let third = open(&path, Access::Append).expect("opened");
        assert!(third.try_lock().is_err(), "the lock is held after waiting");
        drop(other);
        third.try_lock().expect("and given back");
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
