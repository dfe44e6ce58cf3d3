//! Decides in which directory the index lies.

use crate::kb::Kb;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns where the index lies: `<MEMEX_INDEX_ROOT>/<kb>` where that is set, else
/// `<kb>/.mx/index`; else, where that cannot be written and `or_elsewhere` (which tells whether
/// another place will do) agrees, `<cache>/memex/<kb>`.
pub(crate) fn directory(kb: &Kb) -> PathBuf {
    let preferred = preferred(kb);
    match elsewhere(kb) {
        Some(cache) if !is_writable(&preferred) => cache,
        _ => preferred,
    }
}

/// Makes the directory; `None` if it cannot be made or not be written to.
pub(crate) fn prepare(kb: &Kb) -> Option<PathBuf> {
    let directory = directory(kb);
    if directory.starts_with(kb.private_dir()) {
        kb.ensure_private_dir().ok()?;
    }
    fs::create_dir_all(&directory).ok()?;
    Some(directory)
}

fn preferred(kb: &Kb) -> PathBuf {
    match &kb.environment().index_root {
        Some(root) => root.join(name(kb)),
        None => kb.private_dir().join("index"),
    }
}

fn elsewhere(kb: &Kb) -> Option<PathBuf> {
    let cache = kb.environment().cache.as_ref()?;
    Some(cache.join("memex").join(name(kb)))
}

/// Returns a name for the KB that no other has: its directory's name and a hash of its path.
fn name(kb: &Kb) -> String {
    let root = fs::canonicalize(kb.root()).unwrap_or_else(|_| kb.root().to_owned());
    let hash = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
    let name = root.file_name().map(|name| name.to_string_lossy());
    format!("{}-{}", name.as_deref().unwrap_or("kb"), &hash[..12])
}

/// Returns whether the directory, or the nearest one above it that exists, can be written.
fn is_writable(directory: &Path) -> bool {
    let existing = directory.ancestors().find(|path| path.exists());
    existing.is_some_and(access)
}

#[cfg(unix)]
fn access(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn access(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| !data.permissions().readonly())
}

/// Returns whether a file of some size can be written there, for telling a full disk from a
/// damaged index.
pub(crate) fn has_room(directory: &Path) -> bool {
    use std::io::Write;
    let probe = || -> std::io::Result<()> {
        let mut file = tempfile::tempfile_in(directory)?;
        file.write_all(&[0; 1 << 18])?;
        file.sync_data()
    };
    probe().is_ok()
}
