//! The directories of a KB, made so that they survive a power cut.

use super::Kb;
use super::file;
use super::root::PRIVATE_DIR;
use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What `.mx/.gitignore` holds: everything below is private, except the settings.
const IGNORED: &str = "*\n!.gitignore\n!config.yaml\n";

impl Kb {
    /// Makes the root directory. Returns whether it was made now.
    pub fn create(&self) -> Result<bool> {
        make_dirs(self.root())
    }

    /// Returns the directory below the root that belongs to this program: `<root>/.mx`.
    pub fn private_dir(&self) -> PathBuf {
        self.root().join(PRIVATE_DIR)
    }

    /// Makes `.mx/` with its `.gitignore` where they are missing, and returns its path. The root
    /// must exist.
    ///
    /// # Errors
    ///
    /// If it cannot be made: a read-only disk, or a file of that name.
    pub fn ensure_private_dir(&self) -> Result<PathBuf> {
        let dir = self.private_dir();
        ensure_private(&dir)?;
        Ok(dir)
    }
}

/// Makes the private directory with its `.gitignore` where they are missing.
pub(super) fn ensure_private(dir: &Path) -> Result<()> {
    match fs::create_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
        made => made.map_err(|cause| Error::io("create", dir, cause))?,
    }
    let ignore = dir.join(".gitignore");
    if fs::symlink_metadata(&ignore).is_err() {
        fs::write(&ignore, IGNORED).map_err(|cause| Error::io("write", &ignore, cause))?;
    }
    Ok(())
}

/// Makes a directory and those above it, and syncs the directory that each was made in. Returns
/// whether it was made now.
pub(super) fn make_dirs(dir: &Path) -> Result<bool> {
    if dir.is_dir() {
        return Ok(false);
    }
    let failed = |cause| Error::io("create", dir, cause);
    match fs::create_dir(dir) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => return Ok(false),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let Some(parent) = dir.parent() else {
                return Err(failed(e));
            };
            make_dirs(parent)?;
            match fs::create_dir(dir) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => {}
                made => made.map_err(failed)?,
            }
        }
        Err(cause) => return Err(failed(cause)),
    }
    if let Some(parent) = dir.parent() {
        file::sync_dir(parent)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use crate::kb::test_support::TestKb;
    use std::fs;

    #[test]
    fn the_root_is_made_once_and_holds_nothing() {
        let kb = TestKb::missing();
        assert!(!kb.exists());
        assert!(kb.create().expect("made"));
        assert!(!kb.create().expect("there already"));
        assert!(kb.exists());
        assert_eq!(fs::read_dir(kb.root()).expect("a directory").count(), 0);
    }

    #[test]
    fn the_private_directory_ignores_itself_but_for_the_settings() {
        let kb = TestKb::new();
        for _ in 0..2 {
            let dir = kb.ensure_private_dir().expect("made");
            let ignore = fs::read_to_string(dir.join(".gitignore")).expect("a file");
            assert_eq!(ignore, "*\n!.gitignore\n!config.yaml\n");
        }
        fs::write(kb.private_dir().join(".gitignore"), "own\n").expect("write");
        kb.ensure_private_dir().expect("there already");
        let ignore = fs::read_to_string(kb.private_dir().join(".gitignore")).expect("a file");
        assert_eq!(ignore, "own\n");
    }

    #[test]
    fn the_private_directory_is_not_made_without_a_root_or_over_a_file() {
        let kb = TestKb::missing();
        assert!(kb.ensure_private_dir().is_err());
        let kb = TestKb::new();
        fs::write(kb.private_dir(), "").expect("write");
        let error = kb.ensure_private_dir().expect_err("a file");
        assert!(error.message().contains(".mx"), "{error}");
    }
}
