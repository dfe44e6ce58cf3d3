//! Which knowledge bases the user agreed to.
//!
//! A directory with a `.mx/`, or a `.kbcontext` that names one, may have come with a repository.
//! It can be read and written by anyone who asks for that; but what is to be taken in without
//! asking, such as what hooks capture, goes there only after the user agreed once. The list is a
//! file of the user's own, `~/.memex/trusted`, with one absolute path in each line.

use super::Environment;
use super::file_lock::{LOCK_TIMEOUT, lock_within};
use super::open::Access;
use super::private::{
    make_private_directory, open_or_create_private, read_private, replace_private,
};
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The knowledge bases that the user agreed to.
#[derive(Debug, Clone, Default)]
pub struct TrustList {
    file: Option<PathBuf>,
    roots: BTreeSet<String>,
    /// Whether it could not be read, though it is there.
    unreadable: bool,
}

impl TrustList {
    /// Reads the list of a user. What cannot be read trusts no KB.
    pub fn load(env: &Environment) -> Self {
        Self::load_from(env, ".memex/trusted")
    }

    /// Reads the list, of the same form, of those in whose `.mx/` all but the settings was made here:
    /// the user named them, and there was nothing. What hooks capture does not go there for that.
    pub(crate) fn load_made(env: &Environment) -> Self {
        Self::load_from(env, ".memex/made")
    }

    fn load_from(env: &Environment, path: &str) -> Self {
        let file = env.home.as_ref().map(|home| home.join(path));
        let read = file.as_deref().map_or(Ok(BTreeSet::new()), read_roots);
        TrustList {
            file,
            unreadable: read.is_err(),
            roots: read.unwrap_or_default(),
        }
    }

    /// Returns the roots in the list, sorted.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().map(String::as_str)
    }

    /// Returns whether the KB at `root` is in the list.
    pub fn contains(&self, root: &Path) -> bool {
        !self.roots.is_empty() && list_entry(root).is_some_and(|root| self.roots.contains(&root))
    }

    /// Adds the KB at `root`. Returns whether it was not in the list before.
    ///
    /// # Errors
    ///
    /// If the directory does not exist, or the list cannot be written.
    pub fn add(&mut self, root: &Path) -> Result<bool> {
        let entry = list_entry(root).ok_or_else(|| {
            Error::not_found(format!("no directory at {}", root.display()))
                .with_hint("name the root of a knowledge base that exists")
        })?;
        self.change_roots(|roots| roots.insert(entry))
    }

    /// Returns whether the list can be read, and kept at all.
    pub(super) fn can_be_kept(&self) -> bool {
        let existing =
            |file: &PathBuf| file.ancestors().find(|path| path.exists()).map(is_writable);
        !self.unreadable && self.file.as_ref().and_then(existing).unwrap_or(false)
    }

    /// Removes the KB at `root`, which need not exist. Returns whether it was in the list.
    ///
    /// # Errors
    ///
    /// If the list cannot be written.
    pub fn remove(&mut self, root: &Path) -> Result<bool> {
        let entry = list_entry(root).unwrap_or_else(|| root.to_string_lossy().into_owned());
        self.change_roots(|roots| roots.remove(&entry))
    }

    /// Changes the list as it is on disk by now, while no other process does. Returns whether it
    /// was changed.
    fn change_roots(&mut self, change: impl FnOnce(&mut BTreeSet<String>) -> bool) -> Result<bool> {
        let Some(file) = &self.file else {
            return Err(Error::failed(
                "there is no home directory to keep the list of trusted knowledge bases in",
            ));
        };
        let failed = |cause| Error::io("write", file, cause);
        make_home_directory(file.parent().unwrap_or(file)).map_err(failed)?;
        let path = file.with_extension("lock");
        let lock = open_or_create_private(&path, Access::Write).map_err(failed)?;
        lock_within(&lock, &path, LOCK_TIMEOUT)?;
        self.roots = read_roots(file).map_err(|cause| Error::io("read", file, cause))?;
        let changed = change(&mut self.roots);
        if changed {
            let lines: String = self.roots.iter().map(|root| format!("{root}\n")).collect();
            replace_private(file, lines.as_bytes()).map_err(failed)?;
        }
        Ok(changed)
    }
}

fn read_roots(file: &Path) -> io::Result<BTreeSet<String>> {
    let bytes = match read_private(file) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Vec::new(),
        read => read?,
    };
    let text = String::from_utf8(bytes).unwrap_or_default();
    Ok(text.lines().map(str::to_owned).collect())
}

#[cfg(unix)]
fn is_writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(_: &Path) -> bool {
    true
}

/// Makes `~/.memex`, which may also be a link of the user's own to another disk.
fn make_home_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        Ok(())
    } else {
        make_private_directory(directory)
    }
}

/// Returns a root as it stands in the list: resolved, so that no two paths lead to one KB. `None`
/// if there is no such directory, or its path is not one line of text.
fn list_entry(root: &Path) -> Option<String> {
    let resolved = fs::canonicalize(root).ok()?;
    let text = resolved.to_str()?;
    (!text.contains(['\n', '\r'])).then(|| text.to_owned())
}
