//! The directories of a KB, made so that they survive a power cut.

use super::Kb;
use super::PRIVATE_DIR;
use super::file;
use super::private::{make_directory, make_private_directory, read_private};
use super::private_place::{AREAS, holds_state, is_own_place};
use super::root::RootSource;
use super::swap::{Attributes, Durability, replace_at};
use super::trust::TrustList;
use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What `.mx/.gitignore` holds: everything below is private, except the settings.
const IGNORED: &str = "*\n!.gitignore\n!config.yaml\n";

impl Kb {
    /// Makes the root directory; the user's own KB is for the user alone. Returns whether it was
    /// made now: then the user agrees to it.
    ///
    /// # Errors
    ///
    /// It cannot be made: a read-only disk, or a file of that name.
    pub fn create(&self) -> Result<bool> {
        let own = self.environment.default_root().as_deref() == Some(self.root());
        let made = make_dirs_with(self.root(), if own { 0o700 } else { 0o777 })?;
        if made {
            self.agree();
        }
        Ok(made)
    }

    /// Returns the directory that belongs to this program: `<root>/.mx`, or what takes its place
    /// where that is not the user's.
    pub fn private_dir(&self) -> PathBuf {
        self.private.directory.clone()
    }

    /// Returns why `.mx/` in the root is not used although the user trusts it, and what is instead.
    pub(crate) fn refused_private_dir(&self) -> Option<&str> {
        self.private.warning.as_deref().filter(|_| self.trusted)
    }

    /// Makes the private directory where it is missing, `.mx/` with its `.gitignore`, and returns
    /// its path. The root must exist.
    ///
    /// # Errors
    ///
    /// If it cannot be made: a read-only disk, or a file of that name.
    pub fn ensure_private_dir(&self) -> Result<PathBuf> {
        let dir = self.private_dir();
        if self.private.in_root {
            // First: a process that is interrupted in between does it again.
            if is_missing(&dir) {
                self.agree();
            }
            if !holds_state(&dir) {
                self.note_made().or_else(unless_it_never_can)?;
            }
            ensure_private(&dir)?;
        } else {
            make_private_directory(&dir).map_err(|cause| Error::io("create", &dir, cause))?;
        }
        Ok(dir)
    }

    /// Returns whether git leaves out what is private in `.mx/`, as far as its own `.gitignore` says;
    /// also where there is no `.mx/`.
    pub fn private_dir_is_ignored(&self) -> bool {
        let own = self.root().join(PRIVATE_DIR);
        let ignore = own.join(".gitignore");
        let ignores_all = |bytes: &[u8]| {
            bytes
                .split(|b| *b == b'\n')
                .any(|line| line.trim_ascii() == b"*")
        };
        !own.is_dir() || read_private(&ignore).is_ok_and(|bytes| ignores_all(&bytes))
    }

    /// Puts what is private out of the sight of git, and keeps what else `.mx/.gitignore` says.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written.
    pub(crate) fn hide_private_dir(&self) -> Result<()> {
        let own = self.root().join(PRIVATE_DIR);
        let ignore = own.join(".gitignore");
        if fs::symlink_metadata(&ignore).is_ok_and(|found| !found.is_file()) {
            let aside = own.join("gitignore.aside");
            fs::rename(&ignore, &aside).map_err(|cause| Error::io("move", &ignore, cause))?;
        }
        self.rewrite(&ignore, |old| {
            let old = old.unwrap_or_default();
            Ok(Some([IGNORED.as_bytes(), old].concat()))
        })?;
        Ok(())
    }

    /// Makes a directory below the private directory where it is missing, and returns its path.
    /// The root must exist.
    ///
    /// # Errors
    ///
    /// As for [`Kb::ensure_private_dir`]; if there is a link, or a directory of another user.
    pub(crate) fn ensure_private_area(&self, name: &str) -> Result<PathBuf> {
        // One that is not known would be believed although it came with an archive.
        debug_assert!(AREAS.contains(&name), "{name} is no area");
        let area = self.ensure_private_dir()?.join(name);
        make_private_directory(&area).map_err(|cause| Error::io("create", &area, cause))?;
        Ok(area)
    }

    /// Makes `.mx/` in the root, as the user asked for, and agrees to the KB if it was not there.
    /// Returns whether it was made now.
    ///
    /// # Errors
    ///
    /// As for [`Kb::ensure_private_dir`].
    pub fn initialise(&self) -> Result<bool> {
        let own = self.root().join(PRIVATE_DIR);
        let missing = is_missing(&own);
        if missing {
            // First: a process that is interrupted in between does it again.
            self.agree_to_root().or_else(unless_it_never_can)?;
        }
        ensure_private(&own)?;
        Ok(missing)
    }

    /// Remembers that the user made this KB: named it, and it was not there. One that a repository
    /// names is none of these.
    fn agree(&self) {
        if matches!(self.source, RootSource::Option | RootSource::Variable) {
            // Where there is no place for the list, the user is asked once more.
            let _ = self.agree_to_root();
        }
    }

    /// Remembers that what will lie in `.mx/` was made here: in a KB that was named, nothing else
    /// shows it.
    fn note_made(&self) -> Result<()> {
        let named = matches!(self.source, RootSource::Option | RootSource::Variable);
        if named && !is_own_place(&self.environment, self.root()) {
            TrustList::load_made(&self.environment).add(self.root())?;
        }
        Ok(())
    }

    /// Returns whether the KB is the user's own, or the user agreed to it, so that hooks use it
    /// wherever it is found.
    pub fn is_agreed_to(&self) -> bool {
        self.environment.default_root().as_deref() == Some(self.root())
            || TrustList::load(&self.environment).contains(self.root())
    }

    fn agree_to_root(&self) -> Result<()> {
        if self.environment.default_root().as_deref() != Some(self.root()) {
            TrustList::load(&self.environment).add(self.root())?;
        }
        Ok(())
    }
}

/// Returns whether there certainly is nothing at a path: not even a link, and it could be looked at.
pub(crate) fn is_missing(path: &Path) -> bool {
    matches!(fs::symlink_metadata(path), Err(e) if e.kind() == io::ErrorKind::NotFound)
}

/// Lets an error be where the list of trusted knowledge bases can never be written: the user is
/// asked once more, then.
fn unless_it_never_can(error: Error) -> Result<()> {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref());
    match cause.map(io::Error::kind) {
        None | Some(PermissionDenied | ReadOnlyFilesystem) => Ok(()),
        Some(_) => Err(error),
    }
}

/// Makes `.mx/` with its `.gitignore` where they are missing.
fn ensure_private(dir: &Path) -> Result<()> {
    let failed = |cause| Error::io("create", dir, cause);
    if is_missing(dir) && !dir.parent().is_some_and(Path::is_dir) {
        return Err(failed(io::ErrorKind::NotFound.into()));
    }
    make_private_directory(dir).map_err(failed)?;
    let ignore = dir.join(".gitignore");
    // A directory in its place is no reason to keep nothing: `doctor` reports it, and moves it
    // away.
    if !is_whole(&ignore) && !ignore.is_dir() {
        // It is read by git, hence by whom the mask lets.
        let mode = Attributes::Mode(0o666);
        let written = replace_at(&ignore, IGNORED.as_bytes(), mode, Durability::Bytes);
        written.map_err(|cause| Error::io("write", &ignore, cause))?;
    }
    Ok(())
}

/// Returns whether a `.gitignore` is there and was not cut short when it was written.
fn is_whole(ignore: &Path) -> bool {
    match fs::symlink_metadata(ignore) {
        Ok(found) if found.is_file() && found.len() < IGNORED.len() as u64 => {
            let text = read_private(ignore).unwrap_or_default();
            !IGNORED.as_bytes().starts_with(&text)
        }
        Ok(found) => found.is_file(),
        Err(_) => false,
    }
}

/// Makes a directory and those above it, and syncs the directory that each was made in. Returns
/// whether it was made now.
pub(super) fn make_dirs(dir: &Path) -> Result<bool> {
    make_dirs_with(dir, 0o777)
}

/// Makes directories of the mode, which the mask narrows.
fn make_dirs_with(dir: &Path, mode: u32) -> Result<bool> {
    if dir.is_dir() {
        return Ok(false);
    }
    let failed = |cause| Error::io("create", dir, cause);
    match make_directory(dir, mode) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => return Ok(false),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let Some(parent) = dir.parent() else {
                return Err(failed(e));
            };
            make_dirs_with(parent, mode)?;
            match make_directory(dir, mode) {
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
    use crate::kb::tests::TestKb;
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

    #[cfg(unix)]
    #[test]
    fn a_root_that_cannot_be_looked_at_is_not_taken_for_missing() {
        let kb = TestKb::missing();
        fs::write(kb.root(), "a file").expect("written");
        assert!(!kb.exists());
        fs::remove_file(kb.root()).expect("removed");
        std::os::unix::fs::symlink(kb.root(), kb.root()).expect("a link to itself");
        assert!(kb.exists());
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
