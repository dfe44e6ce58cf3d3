//! Locks of this program's own, in the private directory: what belongs together is written by one
//! process at a time.

use super::Kb;
use super::file_lock::{LockKind, lock_within, try_lock_file};
use super::open::Access;
use super::private::{open_or_create_private, open_private};
use crate::error::{Error, Result};
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// A lock in the private directory, held until dropped. The system gives it back when the process
/// that holds it dies.
#[derive(Debug)]
pub(crate) struct PrivateLock {
    _file: File,
}

impl Kb {
    /// Takes the lock in the file `name`, a path below `.mx/`, which is made with its directories.
    /// Waits for its turn, but not for ever.
    ///
    /// # Errors
    ///
    /// [`Kind::Busy`](crate::error::Kind::Busy) if another process holds it for too long; if `.mx/`
    /// cannot be written.
    pub(crate) fn lock(&self, name: &str) -> Result<PrivateLock> {
        let (file, path) = self.open_lock(name)?;
        lock_within(&file, &path, self.lock_timeout)?;
        Ok(PrivateLock { _file: file })
    }

    /// Takes the lock if it is free. `None` if it is not; never waits.
    ///
    /// # Errors
    ///
    /// If `.mx/` cannot be written, or the lock cannot be taken for another reason.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<PrivateLock>> {
        let (file, path) = self.open_lock(name)?;
        let taken = try_lock_file(&file, LockKind::Exclusive);
        let taken = taken.map_err(|cause| Error::io("lock", &path, cause))?;
        Ok(taken.then_some(PrivateLock { _file: file }))
    }

    fn open_lock(&self, name: &str) -> Result<(File, PathBuf)> {
        self.create()?;
        let path = self.private_dir().join(name);
        let file = match open_private(&path, Access::Write) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let area = name.rsplit_once('/').map_or("", |(area, _)| area);
                self.ensure_private_area(area)?;
                open_or_create_private(&path, Access::Write)
            }
            opened => opened,
        };
        let file = file.map_err(|cause| Error::io("open", &path, cause))?;
        Ok((file, path))
    }
}

#[cfg(test)]
mod tests {
    use crate::kb::tests::TestKb;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn one_at_a_time_and_in_a_new_kb_too() {
        let kb = TestKb::missing();
        let inside = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _lock = kb.lock("sessions/b.lock").expect("my turn");
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        assert!(kb.try_lock("sessions/b.lock").expect("tried").is_none());
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
    }
}
