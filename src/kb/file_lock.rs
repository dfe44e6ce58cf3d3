//! Locks of the operating system on open files, which a killed process cannot leave behind.
//!
//! A file system without locks is trusted to have one writer: there, every lock is free.

use crate::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How long a writer waits for the lock of a file before it gives up.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// The most threads that wait for locks: those left behind wait on while a process that holds a lock
/// is stopped.
const MOST_WAITING: usize = 64;

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// What a lock keeps out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockKind {
    /// Those who lock exclusively.
    Shared,
    /// Everybody.
    Exclusive,
}

/// Takes the lock of a file until it is closed, if it is free at once. Returns `false` if it is not.
pub(crate) fn try_lock_file(file: &File, kind: LockKind) -> io::Result<bool> {
    loop {
        let tried = match kind {
            LockKind::Shared => file.try_lock_shared(),
            LockKind::Exclusive => file.try_lock(),
        };
        match tried {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(TryLockError::Error(e)) if lacks_locks(&e) => return Ok(true),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}

/// Takes the lock of a file until it is closed. Waits in the system's queue, as long as it takes.
fn lock_file(file: &File, kind: LockKind) -> io::Result<()> {
    loop {
        let locked = match kind {
            LockKind::Shared => file.lock_shared(),
            LockKind::Exclusive => file.lock(),
        };
        match locked {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if lacks_locks(&e) => return Ok(()),
            locked => return locked,
        }
    }
}

/// Locks a file against other writers, until it is closed. Waits for its turn, half a minute at
/// most.
///
/// On Windows the lock also keeps readers out for the moment: [`Kb::read`](super::Kb::read) tries
/// again.
///
/// # Errors
///
/// [`Kind::Busy`](crate::error::Kind::Busy) if another process holds the lock for too long.
pub(super) fn lock_in_turn(file: &File, path: &Path) -> Result<()> {
    lock_within(file, path, LOCK_TIMEOUT)
}

/// Locks a file as [`lock_in_turn`] does, and waits for at most `timeout`; not at all if that is
/// zero.
pub(super) fn lock_within(file: &File, path: &Path, timeout: Duration) -> Result<()> {
    match try_lock_within(file, LockKind::Exclusive, timeout) {
        Ok(true) => Ok(()),
        Ok(false) => Err(locked_error(path, timeout)),
        Err(cause) => Err(Error::io("lock", path, cause)),
    }
}

/// Takes the lock of a file until it is closed. Waits for it in the system's queue, for at most
/// `timeout`; returns `false` if it was not free until then.
pub(crate) fn try_lock_within(file: &File, kind: LockKind, timeout: Duration) -> io::Result<bool> {
    if try_lock_file(file, kind)? {
        return Ok(true);
    }
    Ok(!timeout.is_zero() && wait_for_lock(file, kind, timeout)?)
}

/// Makes the error for a file that another process has locked for so long.
pub(crate) fn locked_error(path: &Path, timeout: Duration) -> Error {
    let (path, seconds) = (path.display(), timeout.as_secs());
    Error::busy(format!(
        "{path} has been locked by another process for {seconds} s"
    ))
    .with_hint("wait for that process, or end it, and try again")
}

/// Waits in the system's queue, which is fair, on a thread that can be left behind. A lock
/// belongs to the open file, so that one taken through the copy is held by `file` too; left
/// behind, the copy is closed as soon as it has the lock.
fn wait_for_lock(file: &File, kind: LockKind, timeout: Duration) -> io::Result<bool> {
    let copy = file.try_clone()?;
    let (sender, receiver) = mpsc::channel();
    let wait = move || {
        let outcome = lock_file(&copy, kind);
        // Closed first, so that the receiver alone decides how long the lock is held.
        drop(copy);
        WAITING.fetch_sub(1, Ordering::Relaxed);
        let _ = sender.send(outcome);
    };
    let is_free = WAITING.fetch_add(1, Ordering::Relaxed) < MOST_WAITING;
    if !is_free || std::thread::Builder::new().spawn(wait).is_err() {
        WAITING.fetch_sub(1, Ordering::Relaxed);
        return poll_lock(file, kind, timeout);
    }
    match receiver.recv_timeout(timeout) {
        Ok(outcome) => outcome.map(|()| true),
        Err(_) => Ok(false),
    }
}

fn poll_lock(file: &File, kind: LockKind, timeout: Duration) -> io::Result<bool> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    while !try_lock_file(file, kind)? {
        if waited > timeout {
            return Ok(false);
        }
        std::thread::sleep(PAUSE);
        waited += PAUSE;
    }
    Ok(true)
}

/// Returns whether an error says that the file system has no locks.
#[cfg(unix)]
fn lacks_locks(cause: &io::Error) -> bool {
    use rustix::io::Errno;
    let without = [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP, Errno::INVAL];
    let without = without.map(Errno::raw_os_error);
    cause.kind() == io::ErrorKind::Unsupported
        || cause
            .raw_os_error()
            .is_some_and(|code| without.contains(&code))
}

/// Returns whether an error says that the file system has no locks.
#[cfg(not(unix))]
fn lacks_locks(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::Unsupported
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::open::{Access, open_file};
    use std::fs;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_cannot_be_locked_is_an_error_and_no_lock() {
        use std::os::unix::fs::OpenOptionsExt as _;
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "").expect("write");
        // Only a place in the file system: nothing can be done with what is there.
        let flags = rustix::fs::OFlags::PATH.bits().cast_signed();
        let opened = File::options().read(true).custom_flags(flags).open(&path);
        let file = opened.expect("opened");
        for kind in [LockKind::Shared, LockKind::Exclusive] {
            assert!(try_lock_file(&file, kind).is_err());
            assert!(lock_file(&file, kind).is_err());
        }
        for timeout in [Duration::ZERO, LOCK_TIMEOUT] {
            let error = lock_within(&file, &path, timeout).expect_err("no lock");
            assert_eq!(error.kind(), crate::error::Kind::Failed, "{error}");
            assert!(error.message().contains("cannot lock"), "{error}");
        }
    }

    #[test]
    fn a_lock_is_waited_for_but_not_for_ever() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("a");
        fs::write(&path, "").expect("write");
        let mine = open_file(&path, Access::Append).expect("opened");
        lock_in_turn(&mine, &path).expect("free");
        let other = open_file(&path, Access::Append).expect("opened");
        let error = lock_within(&other, &path, Duration::from_millis(20)).expect_err("taken");
        assert_eq!(error.kind(), crate::error::Kind::Busy);
        drop(other);

        let other = open_file(&path, Access::Append).expect("opened");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| lock_in_turn(&other, &path));
            std::thread::sleep(Duration::from_millis(20));
            drop(mine);
            waiting.join().expect("no panic").expect("its turn");
        });
        let third = open_file(&path, Access::Append).expect("opened");
        assert!(third.try_lock().is_err(), "the lock is held after waiting");
        drop(other);
        third.try_lock().expect("and given back");
    }
}
