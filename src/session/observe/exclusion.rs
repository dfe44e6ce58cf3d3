//! What an observation leaves out.

use crate::kb::{CONTEXT_FILE, is_temporary};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// What an observation of one directory leaves out: this program's own files, and what lies below
/// some directories.
#[derive(Debug)]
pub(super) struct Exclusion {
    dir: PathBuf,
    real_dir: PathBuf,
    excluded: Vec<PathBuf>,
}

impl Exclusion {
    /// Makes the exclusion for `dir`. Directories are recognised by any of their names.
    pub(super) fn new(dir: &Path, excluded: &[PathBuf]) -> Self {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let both = excluded.iter().flat_map(|path| [path.clone(), real(path)]);
        Exclusion {
            dir: dir.to_path_buf(),
            real_dir: real(dir),
            excluded: both.collect(),
        }
    }

    /// Returns whether the file, given by its absolute path, is left out.
    pub(super) fn covers(&self, path: &Path) -> bool {
        if path.file_name().is_some_and(is_own) {
            return true;
        }
        let below = |path: &Path| self.excluded.iter().any(|out| path.starts_with(out));
        let real = path.strip_prefix(&self.dir);
        below(path) || real.is_ok_and(|relative| below(&self.real_dir.join(relative)))
    }
}

/// Returns whether this program writes files of that name into a project.
fn is_own(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == CONTEXT_FILE
        || is_temporary(&name)
        || (name.starts_with(".session_log") && name.ends_with(".md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_files_and_excluded_directories_are_left_out() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let kb = dir.path().join("kb/session_logs");
        let exclusion = Exclusion::new(dir.path(), &[kb]);
        let covers = |path: &str| exclusion.covers(&dir.path().join(path));
        for path in [
            ".session_log.md",
            "sub/.session_log-2.md",
            ".kbcontext",
            "kb/session_logs/a/b.md",
            "kb/session_logs",
        ] {
            assert!(covers(path), "{path}");
        }
        for path in ["session_log.md", "kb/session_logs2/a.md", ".session_log.rs"] {
            assert!(!covers(path), "{path}");
        }
    }
}
