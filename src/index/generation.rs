//! Where the index lies, and which generation of it is in force.
//!
//! ```text
//! <directory>/CURRENT        "<number> <fingerprint>", replaced atomically
//!             gate.lock      see `locks`
//!             writer.lock
//!             <number>/catalog.redb
//!             <number>/fulltext/
//! ```
//!
//! The fingerprint covers the format and the settings that the content depends on. Another one
//! means that the index is no use: a new generation is built beside it, then `CURRENT` is
//! swapped.

use crate::error::{Error, Result};
use crate::kb::{Attributes, Durability, Kb, has_other_names, read_private, replace_at};
use crate::model::short_hash;
use std::fs;
use std::path::{Path, PathBuf};

/// Version of everything the index holds: schema, tokenizer, records, hashes.
const FORMAT: u32 = 4;

const CURRENT: &str = "CURRENT";

/// One generation of the index: a directory that holds catalog and full text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generation {
    pub number: u64,
    pub directory: PathBuf,
}

impl Generation {
    /// Returns the place of a generation.
    pub fn at(directory: &Path, number: u64) -> Self {
        Generation {
            number,
            directory: directory.join(number.to_string()),
        }
    }

    /// Returns the file of the catalog.
    pub fn catalog(&self) -> PathBuf {
        self.directory.join("catalog.redb")
    }

    /// Returns the directory of the full text.
    pub fn fulltext(&self) -> PathBuf {
        self.directory.join("fulltext")
    }

    /// Returns whether nothing in it is a link, a FIFO or the like, or lies elsewhere too: the two stores open their files
    /// by themselves.
    fn holds_only_files(&self) -> bool {
        let fulltext = self.fulltext();
        let in_place = |entry: &fs::DirEntry| match entry.metadata() {
            // The catalog is written in place.
            Ok(found) if found.is_file() => !has_other_names(&found),
            Ok(found) => found.is_dir() && entry.path() == fulltext,
            Err(_) => false,
        };
        let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
        fs::symlink_metadata(&self.directory).is_ok_and(|found| found.is_dir())
            && entries(&self.directory).all(|entry| in_place(&entry))
            && entries(&fulltext).all(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
    }
}

/// What `CURRENT` says.
pub(crate) enum Current {
    /// There is no index.
    Missing,
    /// There is one of another format or made under other settings.
    Outdated,
    /// This one is in force.
    Ready(Generation),
}

/// Reads which generation is in force.
pub(crate) fn current_generation(directory: &Path, fingerprint: &str) -> Current {
    let bytes = read_private(&directory.join(CURRENT));
    let Some(text) = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Current::Missing;
    };
    let ready = text.trim().split_once(' ').and_then(|(number, rest)| {
        let number = number.parse().ok()?;
        (rest == fingerprint).then(|| Generation::at(directory, number))
    });
    let ready = ready.filter(Generation::holds_only_files);
    ready.map_or(Current::Outdated, Current::Ready)
}

/// Returns the fingerprint of the format and of the settings that the content depends on.
pub(crate) fn settings_fingerprint(kb: &Kb) -> String {
    let mut hash = blake3::Hasher::new();
    let mut add = |text: &str| {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    add(kb.zone().name());
    add(&kb.config().session_logs);
    for glob in &kb.config().exclude {
        add(glob.as_str());
    }
    format!("{FORMAT}-{}", short_hash(hash.finalize()))
}

/// Returns the first number that no generation has, so that a new one never meets old files.
pub(crate) fn next_number(directory: &Path) -> u64 {
    generation_numbers(directory).max().map_or(1, |n| n + 1)
}

fn generation_numbers(directory: &Path) -> impl Iterator<Item = u64> {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Puts a generation in force, durably. The caller holds the gate for writing.
pub(crate) fn swap_generation(
    directory: &Path,
    generation: &Generation,
    fingerprint: &str,
) -> Result<()> {
    let path = directory.join(CURRENT);
    let text = format!("{} {fingerprint}\n", generation.number);
    replace_at(
        &path,
        text.as_bytes(),
        Attributes::Private,
        Durability::Name,
    )
    .map_err(|cause| Error::io("write", &path, cause))
}

/// Removes every generation but the given one. What cannot be removed now (Windows keeps open
/// files) goes with the next rebuild.
pub(crate) fn remove_others(directory: &Path, keep: &Generation) {
    for other in others(directory, keep) {
        let _ = fs::remove_dir_all(other);
    }
}

/// Returns the directories of all generations but the given one.
pub(crate) fn others(directory: &Path, keep: &Generation) -> Vec<PathBuf> {
    let others = generation_numbers(directory).filter(|number| *number != keep.number);
    others
        .map(|number| directory.join(number.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_puts_the_new_generation_in_force_and_foreign_text_is_outdated() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let dir = dir.path();
        assert!(matches!(current_generation(dir, "f"), Current::Missing));
        let second = Generation::at(dir, 2);
        fs::create_dir_all(&second.directory).expect("can be made");
        fs::create_dir_all(dir.join("1")).expect("can be made");
        swap_generation(dir, &second, "f").expect("swaps");
        assert!(matches!(current_generation(dir, "f"), Current::Ready(g) if g == second));
        assert!(matches!(current_generation(dir, "g"), Current::Outdated));
        remove_others(dir, &second);
        assert!(!dir.join("1").exists() && second.directory.exists());
        assert_eq!(next_number(dir), 3);
        fs::write(dir.join(CURRENT), b"\xff\x00 nonsense").expect("can be written");
        assert!(!matches!(current_generation(dir, "f"), Current::Ready(_)));
    }
}
