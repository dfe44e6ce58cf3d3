//! Reading entries.

use super::open::{Access, open_beneath, open_file};
use super::{Kb, PRIVATE_DIR};
use crate::error::{Error, Result};
use crate::model::EntryPath;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

impl Kb {
    /// Returns the bytes of an entry.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is no such entry; those of
    /// [`Kb::locate`].
    pub fn read(&self, path: &EntryPath) -> Result<Vec<u8>> {
        let mut file = self.open_entry(path)?;
        let shown = self.root().join(path.as_str());
        let mut bytes = Vec::new();
        read_retrying(&mut file, &mut bytes).map_err(|cause| Error::io("read", &shown, cause))?;
        Ok(bytes)
    }

    /// Opens an entry for reading piece by piece. Never waits, whatever is at its path.
    ///
    /// # Errors
    ///
    /// As [`Kb::read`].
    pub fn open_entry(&self, path: &EntryPath) -> Result<File> {
        let absent = || Error::not_found(format!("no such entry: {path}"));
        let relative = Path::new(path.as_str());
        if !relative.starts_with(PRIVATE_DIR)
            && let Some(file) = open_beneath(self.root(), relative)
        {
            return Ok(file);
        }
        let target = self.target(path)?;
        if !target.exists {
            let file = self.detached_file(path).ok_or_else(absent)?;
            return open(file).map_err(|cause| match cause.kind() {
                io::ErrorKind::NotFound => absent(),
                _ => Error::io("read", file, cause),
            });
        }
        open(&target.real).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => absent(),
            _ => Error::io("read", &target.shown, cause),
        })
    }
}

fn open(path: &Path) -> io::Result<File> {
    open_file(path, Access::Read)
}

/// Reads to the end. On Windows a writer's lock shuts readers out for some milliseconds.
fn read_retrying(file: &mut File, bytes: &mut Vec<u8>) -> io::Result<usize> {
    const LOCK_VIOLATION: i32 = 33;
    let mut attempts = 100;
    loop {
        match file.read_to_end(bytes) {
            Err(e) if cfg!(windows) && e.raw_os_error() == Some(LOCK_VIOLATION) && attempts > 0 => {
                attempts -= 1;
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Kind;
    use crate::kb::tests::{TestKb, path};

    #[test]
    fn bytes_come_back_as_they_are() {
        let kb = TestKb::new();
        kb.write("a.md", "\u{feff}# ä\r\n\0");
        assert_eq!(
            kb.read(&path("a.md")).expect("read"),
            "\u{feff}# ä\r\n\0".as_bytes()
        );
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let kb = TestKb::new();
        kb.write("file.md", "");
        for name in ["a.md", "dir/a.md", "file.md/a.md"] {
            let error = kb.read(&path(name)).expect_err("nothing there");
            assert_eq!(error.kind(), Kind::NotFound);
            assert_eq!(error.message(), format!("no such entry: {name}"));
        }
        let error = TestKb::missing().read(&path("a.md")).expect_err("no root");
        assert_eq!(error.message(), "no such entry: a.md");
    }

    #[cfg(unix)]
    #[test]
    fn fifos_and_sockets_do_not_block() {
        let kb = TestKb::new();
        kb.make_fifo("fifo.md");
        let _socket = std::os::unix::net::UnixListener::bind(kb.root().join("s.md")).expect("bind");
        for name in ["fifo.md", "s.md"] {
            let error = kb.read(&path(name)).expect_err("not regular");
            assert!(
                error.message().ends_with("is not a regular file"),
                "{error}"
            );
            assert!(kb.append(&path(name), "new", "block").is_err());
        }
    }
}
