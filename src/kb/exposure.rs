//! Private files that other users of the machine can read: made by hand, by an earlier version, or
//! below another mask.

use super::Kb;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

impl Kb {
    /// Returns what of the private files other users can read: the outermost directory or file that
    /// lets them. Nothing in a knowledge base that several users share.
    ///
    /// # Errors
    ///
    /// If one of them cannot be looked at.
    pub(crate) fn find_exposed(&self) -> Result<Vec<PathBuf>> {
        let private = self.private_dir();
        let own = self.environment().default_root();
        if own.as_deref() == Some(self.root()) {
            // All of it is for the user alone.
            let outer = self.root().parent().unwrap_or(self.root());
            return Ok(find_open(outer)?.into_iter().collect());
        }
        if find_open(&private)?.is_none() {
            return Ok(Vec::new());
        }
        // What is in git may be read there.
        let is_shown =
            |path: &PathBuf| !path.ends_with(".gitignore") && !path.ends_with("config.yaml");
        let failed = |cause| Error::io("look into", &private, cause);
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&private).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if is_shown(&path) {
                found.extend(find_open(&path)?);
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Returns the path if it is the user's and other users may look into it.
#[cfg(unix)]
fn find_open(path: &Path) -> Result<Option<PathBuf>> {
    use super::ownership::{belongs_to_user, is_shared_directory};
    use std::io::ErrorKind;
    use std::os::unix::fs::MetadataExt;
    let found = match std::fs::symlink_metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(|cause| Error::io("look at", path, cause))?,
    };
    let is_private_kind = found.is_dir() || found.is_file();
    let is_shared = || {
        let above = path.parent().and_then(|dir| std::fs::metadata(dir).ok());
        is_shared_directory(&found) || above.is_some_and(|above| is_shared_directory(&above))
    };
    let is_open = is_private_kind && found.mode() & 0o077 != 0;
    let is_exposed = is_open && belongs_to_user(&found) && !is_shared();
    Ok(is_exposed.then(|| path.to_owned()))
}

/// Returns nothing: elsewhere than on Unix, what lies in the user's directories is the user's.
#[cfg(not(unix))]
fn find_open(_: &Path) -> Result<Option<PathBuf>> {
    Ok(None)
}

/// Takes the rights of other users from a file or directory.
///
/// # Errors
///
/// If its mode cannot be changed.
#[cfg(unix)]
pub(crate) fn close_to_others(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |cause| Error::io("change the mode of", path, cause);
    let found = std::fs::symlink_metadata(path).map_err(failed)?;
    let mut permissions = found.permissions();
    permissions.set_mode(permissions.mode() & 0o700);
    std::fs::set_permissions(path, permissions).map_err(failed)
}

/// Does nothing: there are no modes.
#[cfg(not(unix))]
pub(crate) fn close_to_others(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_others_can_read_is_found_and_closed() {
        let kb = TestKb::new();
        for name in [".gitignore", "config.yaml", "journal/a", "index/b", "mark"] {
            kb.write(&format!(".mx/{name}"), "");
        }
        let private = kb.private_dir();
        let set = |name: &str, mode: u32| {
            let permissions = fs::Permissions::from_mode(mode);
            fs::set_permissions(private.join(name), permissions).expect("a mode");
        };
        for (name, mode) in [
            ("journal", 0o755),
            ("index", 0o700),
            ("mark", 0o644),
            ("", 0o755),
        ] {
            set(name, mode);
        }
        let found = kb.find_exposed().expect("looked at");
        assert_eq!(found, [private.join("journal"), private.join("mark")]);
        for path in &found {
            close_to_others(path).expect("closed");
        }
        assert_eq!(kb.find_exposed().expect("looked at"), Vec::<PathBuf>::new());
        set("journal", 0o755);
        set("", 0o700);
        assert_eq!(
            kb.find_exposed().expect("looked at"),
            Vec::<PathBuf>::new(),
            "no other user gets there"
        );
    }
}
