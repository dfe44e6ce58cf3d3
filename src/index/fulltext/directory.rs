//! The directory of a full text on disk: tantivy's own, but that it is private.

use super::TantivyError;
use crate::kb::file_lock::lacks_locks;
use crate::kb::temporary_private;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

/// The list of the files that tantivy has made. It is written with each of them, and says nothing
/// about what is searched: where a failing disk loses it, the index is built anew.
const FILE_LIST: &str = ".managed.json";

/// A directory whose files have the modes of private files, and out of which no list of files
/// leads, whoever wrote it.
#[derive(Debug, Clone)]
pub(super) struct FullTextDirectory {
    mapped: MmapDirectory,
    place: PathBuf,
}

impl FullTextDirectory {
    /// Opens a directory that exists.
    pub(super) fn open(place: &Path) -> Result<Self, TantivyError> {
        Ok(FullTextDirectory {
            mapped: MmapDirectory::open(place)?,
            place: place.to_owned(),
        })
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
        match self.mapped.open_write(path) {
            Err(OpenWriteError::FileAlreadyExists(_)) => {
                let _ = self.delete(path);
                self.mapped.open_write(path)
            }
            opened => opened,
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let mut new = temporary_private(&self.place)?;
        new.write_all(data)?;
        if path != Path::new(FILE_LIST) {
            new.as_file().sync_data()?;
        }
        new.persist(self.place.join(path))?;
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.mapped.acquire_lock(lock) {
            // Writers exclude each other by a lock of the index; this one is beside it.
            Err(LockError::IoError(cause)) if lacks_locks(&cause) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            taken => taken,
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
