//! Private files that other users of the machine can read: made by hand, by an earlier version, or
//! below another mask.

use super::Kb;
use crate::error::Result;
use std::path::{Path, PathBuf};

impl Kb {
    /// Returns what of the private files other users can read: the outermost directory or file that
    /// lets them. Nothing in a knowledge base that several users share.
    pub(crate) fn find_exposed(&self) -> Vec<PathBuf> {
        let private = self.private_dir();
        let own = self.environment().default_root();
        if own.as_deref() == Some(self.root()) {
            // All of it is for the user alone.
            let outer = self.root().parent().unwrap_or(self.root());
            return find_open(outer).into_iter().collect();
        }
        if find_open(&private).is_none() {
            return Vec::new();
        }
        // What is in git may be read there.
        let is_shown =
            |path: &PathBuf| !path.ends_with(".gitignore") && !path.ends_with("config.yaml");
        let inside = std::fs::read_dir(private).into_iter().flatten().flatten();
        let inside = inside.map(|entry| entry.path()).filter(is_shown);
        let mut found: Vec<PathBuf> = inside.filter_map(|path| find_open(&path)).collect();
        found.sort();
        found
    }
}

/// Returns the path if it is the user's and other users may look into it.
#[cfg(unix)]
fn find_open(path: &Path) -> Option<PathBuf> {
    use super::ownership::{belongs_to_user, is_shared_directory};
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::symlink_metadata(path).ok()?;
    let is_private_kind = found.is_dir() || found.is_file();
    let is_shared = || {
        let above = path.parent().and_then(|dir| std::fs::metadata(dir).ok());
        is_shared_directory(&found) || above.is_some_and(|above| is_shared_directory(&above))
    };
    let is_open = is_private_kind && found.mode() & 0o077 != 0;
    (is_open && belongs_to_user(&found) && !is_shared()).then(|| path.to_owned())
}

/// Returns nothing: elsewhere than on Unix, what lies in the user's directories is the user's.
#[cfg(not(unix))]
fn find_open(_: &Path) -> Option<PathBuf> {
    None
}

/// Takes the rights of other users from a file or directory.
///
/// # Errors
///
/// If its mode cannot be changed.
#[cfg(unix)]
pub(crate) fn close_to_others(path: &Path) -> Result<()> {
    use crate::error::Error;
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
        let found = kb.find_exposed();
        assert_eq!(found, [private.join("journal"), private.join("mark")]);
        for path in &found {
            close_to_others(path).expect("closed");
        }
        assert_eq!(kb.find_exposed(), Vec::<PathBuf>::new());
        set("journal", 0o755);
        set("", 0o700);
        assert_eq!(
            kb.find_exposed(),
            Vec::<PathBuf>::new(),
            "nobody gets there"
        );
    }
}
