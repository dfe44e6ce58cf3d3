//! The directory of a full text on disk: tantivy's own, but that it is private, and remembers what
//! could not be written.

use super::TantivyError;
use crate::error::Error;
use crate::index::locks::GATE_TIMEOUT;
use crate::kb::{
    Access, Attributes, Durability, LockKind, open_or_create_private, replace_at, try_lock_within,
};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// The list of the files that tantivy has made. It is written with each of them, and says nothing
/// about what is searched: where a failing disk loses it, the index is built anew.
const FILE_LIST: &str = ".managed.json";

/// A directory whose files have the modes of private files, and out of which no list of files
/// leads, whatever wrote it.
#[derive(Debug, Clone)]
pub(super) struct FullTextDirectory {
    mapped: MmapDirectory,
    place: PathBuf,
    failure: WriteFailure,
}

/// The first failure to write. tantivy writes on threads of its own, and of what befalls those it says
/// only that there was something.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteFailure(Arc<OnceLock<(PathBuf, io::Error)>>);

impl WriteFailure {
    /// Returns the error that names the file, if there was a failure; else the one that is given.
    pub(crate) fn name(&self, error: Error) -> Error {
        match self.0.get() {
            Some((path, cause)) => Error::io("write", path, copy_error(cause)),
            None => error,
        }
    }

    /// Passes on the result of writing a file, and remembers a failure.
    fn watch<T>(&self, path: &Path, written: io::Result<T>) -> io::Result<T> {
        written.inspect_err(|cause| {
            // What was only interrupted is done again.
            if cause.kind() != io::ErrorKind::Interrupted {
                let _ = self.0.set((path.to_owned(), copy_error(cause)));
            }
        })
    }
}

fn copy_error(cause: &io::Error) -> io::Error {
    match cause.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(cause.kind(), cause.to_string()),
    }
}

/// A file that is being written, whose failures are remembered.
struct WatchedFile {
    file: Box<dyn TerminatingWrite + Send + Sync>,
    path: PathBuf,
    failure: WriteFailure,
}

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.failure.watch(&self.path, self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.failure.watch(&self.path, self.file.flush())
    }
}

impl TerminatingWrite for WatchedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let ended = self.file.terminate_ref(token);
        self.failure.watch(&self.path, ended)
    }
}

impl FullTextDirectory {
    /// Opens a directory that exists.
    pub(super) fn open(place: &Path) -> Result<Self, TantivyError> {
        Ok(FullTextDirectory {
            mapped: MmapDirectory::open(place)?,
            place: place.to_owned(),
            failure: WriteFailure::default(),
        })
    }

    /// Returns what remembers the first failure to write, of all clones.
    pub(super) fn failure(&self) -> WriteFailure {
        self.failure.clone()
    }

    /// Opens a file to be written, where tantivy lets it go through no buffer but its own.
    fn open_watched(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.mapped.open_write(path).inspect_err(|error| {
            if let OpenWriteError::IoError { io_error, .. } = error {
                let _ = self
                    .failure
                    .watch::<()>(&self.place.join(path), Err(copy_error(io_error)));
            }
        })?;
        let (file, _) = file.into_parts();
        Ok(BufWriter::new(Box::new(WatchedFile {
            file,
            path: self.place.join(path),
            failure: self.failure.clone(),
        })))
    }

    fn replace_file(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        // Names are synced by tantivy itself.
        let durability = if path == Path::new(FILE_LIST) {
            Durability::None
        } else {
            Durability::Bytes
        };
        let path = self.place.join(path);
        replace_at(&path, data, Attributes::Private, durability)
    }

    /// Takes a lock of tantivy's, until the file is closed; `None` if it is not free, or not soon.
    fn lock(&self, lock: &Lock) -> io::Result<Option<File>> {
        let path = self.place.join(&lock.filepath);
        let file = open_or_create_private(&path, Access::Write)?;
        let timeout = if lock.is_blocking {
            GATE_TIMEOUT
        } else {
            Duration::ZERO
        };
        let taken = try_lock_within(&file, LockKind::Exclusive, timeout)?;
        Ok(taken.then_some(file))
    }
}

impl Directory for FullTextDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(path)
    }

    /// Deletes a file of the directory. Which files are to go is in a file too.
    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let mut parts = path.components();
        match (parts.next(), parts.next()) {
            (Some(Component::Normal(_)), None) => self.mapped.delete(path),
            _ => Err(DeleteError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    /// Makes a file. One of that name is what a killed writer left: names hold the number of a commit
    /// that never was, and there is one writer at a time.
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        match self.open_watched(path) {
            Err(OpenWriteError::FileAlreadyExists(_)) => {
                let _ = self.delete(path);
                self.open_watched(path)
            }
            opened => opened,
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let place = self.place.join(path);
        self.failure.watch(&place, self.replace_file(path, data))
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.failure
            .watch(&self.place, self.mapped.sync_directory())
    }

    /// Takes a lock. Where the file system has none, it is free: writers exclude each other by a lock
    /// of the index, which is beside this one.
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let taken = self.lock(lock);
        match self.failure.watch(&self.place.join(&lock.filepath), taken) {
            Ok(Some(file)) => Ok(DirectoryLock::from(Box::new(file))),
            Ok(None) => Err(LockError::LockBusy),
            Err(cause) => Err(LockError::wrap_io_error(cause)),
        }
    }

    fn watch(&self, callback: WatchCallback) -> Result<WatchHandle, TantivyError> {
        self.mapped.watch(callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_deleted() {
        let outer = tempfile::tempdir().expect("temporary directory");
        let place = outer.path().join("fulltext");
        std::fs::create_dir(&place).expect("mkdir");
        for file in [outer.path().join("victim"), place.join("own")] {
            std::fs::write(file, "x").expect("write");
        }
        let directory = FullTextDirectory::open(&place).expect("opened");
        let victim = outer.path().join("victim");
        for path in [
            Path::new("../victim"),
            &victim,
            Path::new("../fulltext/own"),
        ] {
            assert!(directory.delete(path).is_err(), "{}", path.display());
        }
        assert!(victim.exists());
        directory.delete(Path::new("own")).expect("deleted");
        assert!(!place.join("own").exists());
    }
}
