//! Two locks in the directory of the index, both taken with the operating system's file locks,
//! which a killed process cannot leave behind.
//!
//! - The **gate** is held for milliseconds: shared while a reader opens the catalog and the full
//!   text, exclusive while a writer commits both. Readers so see both at the same batch. redb
//!   shuts other processes out of an open database and its try-lock starves under load; the gate
//!   blocks, and is fair. A process that takes it exclusively raises the number in its file first,
//!   the **revision**: who kept a copy of the index sees by it that the copy may be outdated. Only a
//!   process that was stopped holds it for seconds: then readers go on without the index.
//! - The **writer lock** is held during a whole refresh or rebuild. It is only ever tried: who
//!   finds it busy answers from memory instead of waiting. Its file says who holds it.

use crate::error::{Error, Result};
use crate::kb::{
    Access, LOCK_TIMEOUT, LockKind, locked_error, open_or_create_private, open_private,
    system_nanoseconds, try_lock_file, try_lock_within,
};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// How long a reader waits for the gate, and for the lock inside it of the full text, before it goes on
/// without the index.
pub(super) const GATE_TIMEOUT: Duration = Duration::from_secs(5);

const GATE: &str = "gate.lock";
const WRITER: &str = "writer.lock";

/// The gate, shared or exclusive, until dropped.
pub(crate) struct Gate {
    _file: Option<File>,
    revision: u64,
}

impl Gate {
    /// Takes the gate for reading; blocks while a writer commits. Where no lock can be had
    /// (read-only disk) there is no writer either, and the gate stands open.
    ///
    /// # Errors
    ///
    /// [`Kind::Busy`](crate::error::Kind::Busy) if a process holds it for seconds, which was stopped.
    pub fn read(directory: &Path) -> Result<Gate> {
        Gate::read_within(directory, GATE_TIMEOUT)
    }

    fn read_within(directory: &Path, timeout: Duration) -> Result<Gate> {
        let path = directory.join(GATE);
        let opened = open_private(&path, Access::Read).or_else(|_| open_lock(&path));
        let locked = opened.and_then(|file| {
            if !try_lock_within(&file, LockKind::Shared, timeout)? {
                return Ok(None);
            }
            let revision = read_revision(&file)?;
            Ok(Some(Gate {
                _file: Some(file),
                revision,
            }))
        });
        match locked {
            Ok(Some(gate)) => Ok(gate),
            Ok(None) => Err(locked_error(&path, timeout)),
            Err(_) => Ok(Gate {
                _file: None,
                revision: 0,
            }),
        }
    }

    /// Takes the gate for writing, and raises the revision; blocks while readers open or another
    /// writer commits.
    ///
    /// # Errors
    ///
    /// [`Kind::Busy`](crate::error::Kind::Busy) if others hold it for too long; or it cannot be locked
    /// or written.
    pub fn write(directory: &Path) -> Result<Gate> {
        Gate::write_within(directory, LOCK_TIMEOUT)
    }

    fn write_within(directory: &Path, timeout: Duration) -> Result<Gate> {
        let path = directory.join(GATE);
        let file = open_lock(&path).map_err(|e| Error::io("open", &path, e))?;
        let locked = try_lock_within(&file, LockKind::Exclusive, timeout);
        if !locked.map_err(|e| Error::io("lock", &path, e))? {
            return Err(locked_error(&path, timeout));
        }
        // Before anything is written: a writer that is killed then did no harm.
        let revision = raise_revision(&file).map_err(|e| Error::io("write", &path, e))?;
        Ok(Gate {
            _file: Some(file),
            revision,
        })
    }

    /// Returns the revision of the index while the gate is held; 0 where it was never written.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

fn read_revision(file: &File) -> std::io::Result<u64> {
    let mut bytes = Vec::new();
    file.take(8).read_to_end(&mut bytes)?;
    let number = bytes.try_into().map(u64::from_le_bytes);
    Ok(number.unwrap_or_default())
}

/// Counts one up. The first number is one that an earlier index in this place did not have.
fn raise_revision(mut file: &File) -> std::io::Result<u64> {
    let revision = match read_revision(file)? {
        0 => system_nanoseconds().cast_unsigned() | 1,
        last => last.wrapping_add(1),
    };
    file.rewind()?;
    file.write_all(&revision.to_le_bytes())?;
    Ok(revision)
}

/// The writer lock, until dropped.
pub(crate) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Tries to take the writer lock; `None` if another process holds it.
    ///
    /// # Errors
    ///
    /// The lock file cannot be made: the index cannot be written.
    pub fn try_take(directory: &Path, operation: &str) -> Result<Option<WriterLock>> {
        let path = directory.join(WRITER);
        let mut file = open_lock(&path).map_err(|e| Error::io("open", &path, e))?;
        let taken = try_lock_file(&file, LockKind::Exclusive);
        if !taken.map_err(|e| Error::io("lock", &path, e))? {
            return Ok(None);
        }
        // Who holds it is for people only: that it cannot be written (a full disk) does no harm.
        let holder = format!("pid {} {operation}\n", std::process::id());
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(holder.as_bytes()));
        Ok(Some(WriterLock { file }))
    }

    /// Returns what the holder of the lock wrote into it, if it is held.
    pub fn holder(directory: &Path) -> Option<String> {
        let mut file = open_private(&directory.join(WRITER), Access::Read).ok()?;
        // Only a lock that is taken is known to be held.
        if !matches!(try_lock_file(&file, LockKind::Shared), Ok(false)) {
            return None;
        }
        let mut text = String::new();
        // On Windows a locked file cannot be read either.
        let _ = file.read_to_string(&mut text);
        let text = text.trim();
        Some(if text.is_empty() {
            "another process".into()
        } else {
            text.into()
        })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

fn open_lock(path: &Path) -> std::io::Result<File> {
    open_or_create_private(path, Access::Write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn whoever_takes_the_gate_for_writing_raises_the_revision() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let read = || Gate::read(dir.path()).expect("free").revision();
        let write = || Gate::write(dir.path()).expect("written").revision();
        assert_eq!(read(), 0);
        let first = write();
        assert_eq!((read(), read()), (first, first));
        assert_eq!((write(), read()), (first + 1, first + 1));
        std::fs::remove_file(dir.path().join(GATE)).expect("removed");
        assert!(write() > first + 1, "a new file counts from elsewhere");
    }

    #[test]
    fn a_gate_that_another_process_holds_is_waited_for_but_not_for_ever() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let place = dir.path();
        let timeout = Duration::from_millis(20);
        let held = Gate::write(place).expect("free");
        for tried in [
            Gate::read_within(place, timeout),
            Gate::write_within(place, timeout),
        ] {
            let error = tried.err().expect("held");
            assert_eq!(error.kind(), Kind::Busy);
            assert!(error.message().contains(GATE), "{error}");
        }
        drop(held);
        let reading = Gate::read(place).expect("free again");
        assert!(Gate::read(place).is_ok(), "readers share it");
        assert!(Gate::write_within(place, timeout).is_err());
        drop(reading);
        assert!(Gate::write(place).is_ok());
    }

    #[test]
    fn a_busy_writer_lock_says_who_holds_it_and_is_free_afterwards() {
        let dir = tempfile::tempdir().expect("temporary directory");
        assert_eq!(WriterLock::holder(dir.path()), None);
        let lock = WriterLock::try_take(dir.path(), "refresh").expect("can be made");
        assert!(lock.is_some());
        let busy = WriterLock::try_take(dir.path(), "rebuild").expect("can be opened");
        assert!(busy.is_none());
        let holder = WriterLock::holder(dir.path()).expect("held");
        assert!(holder.contains("refresh"), "{holder}");
        drop(lock);
        assert_eq!(WriterLock::holder(dir.path()), None);
        assert!(
            WriterLock::try_take(dir.path(), "x")
                .expect("free")
                .is_some()
        );
    }
}
