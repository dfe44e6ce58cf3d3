//! What killed writers left in the directory of the index: generations that never came into force,
//! files of commits that never were. The next writer takes the place of most of it; no process
//! reads it.

use super::fulltext::FullText;
use super::generation::{self, Current};
use super::locks::WriterLock;
use super::{Index, place};
use crate::error::{Error, Result};
use crate::kb::is_temporary;
use std::fs;
use std::path::{Path, PathBuf};

impl Index<'_> {
    /// Returns what is left. Nothing while a process writes, or as long as no index is in force:
    /// then the next one takes its place.
    pub fn find_orphans(&self) -> Vec<PathBuf> {
        self.find_with_lock().map_or(Vec::new(), |(_, found)| found)
    }

    /// Removes what is left.
    ///
    /// # Errors
    ///
    /// If something cannot be removed.
    pub fn remove_orphans(&self) -> Result<()> {
        let Some((_lock, found)) = self.find_with_lock() else {
            return Ok(());
        };
        found.iter().try_for_each(|path| {
            let removed = match fs::symlink_metadata(path) {
                Ok(found) if found.is_dir() => fs::remove_dir_all(path),
                _ => fs::remove_file(path),
            };
            removed.map_err(|cause| Error::io("remove", path, cause))
        })
    }

    fn find_with_lock(&self) -> Option<(WriterLock, Vec<PathBuf>)> {
        let directory = place::index_directory(self.kb);
        let Current::Ready(current) = generation::current_generation(&directory, &self.fingerprint)
        else {
            return None;
        };
        let lock = WriterLock::try_take(&directory, "cleaning").ok()??;
        let mut found = generation::others(&directory, &current);
        let fulltext = current.fulltext();
        if let Ok(in_use) = FullText::open(&fulltext).and_then(|opened| opened.names_in_use()) {
            let is_in_use = |name: &str| in_use.iter().any(|own| name.starts_with(own.as_str()));
            found.extend(files_in(&fulltext, |name| !is_in_use(name)));
        }
        found.extend(files_in(&directory, is_temporary));
        found.sort();
        Some((lock, found))
    }
}

/// Returns the files in a directory that have such a name.
fn files_in(directory: &Path, is_meant: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let meant = files.filter(|file| is_meant(&file.file_name().to_string_lossy()));
    meant.map(|file| file.path()).collect()
}
