//! What is known of the index without using it.

use super::generation::{self, Current};
use super::locks::WriterLock;
use super::snapshot::{self, FoundSnapshot};
use super::{Index, place};
use crate::error::Result;
use std::path::{Path, PathBuf};

/// The state of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexInfo {
    /// Where it lies.
    pub directory: PathBuf,
    /// Whether it can be used.
    pub state: IndexState,
    /// Number of the generation in force; 0 if there is none.
    pub generation: u64,
    /// Sections in it.
    pub sections: u64,
    /// Segments of the full text.
    pub segments: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Who writes it now, as the writer lock says.
    pub writer: Option<String>,
}

/// Whether the index can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// There is none; the next search builds it.
    Missing,
    /// It can be used.
    Ready,
    /// It has another format or was made under other settings; the next search builds it anew.
    Outdated,
    /// It cannot be read; the next search builds it anew.
    Damaged,
}

impl Index<'_> {
    /// Looks at the index without changing it.
    ///
    /// # Errors
    ///
    /// The lock of the index cannot be taken.
    pub fn info(&self) -> Result<IndexInfo> {
        let directory = place::index_directory(self.kb);
        let mut info = IndexInfo {
            state: IndexState::Missing,
            generation: 0,
            sections: 0,
            segments: 0,
            bytes: directory_size(&directory),
            writer: WriterLock::holder(&directory),
            directory,
        };
        match generation::current_generation(&info.directory, &self.fingerprint) {
            Current::Missing => return Ok(info),
            Current::Outdated => {
                info.state = IndexState::Outdated;
                return Ok(info);
            }
            Current::Ready(generation) => info.generation = generation.number,
        }
        match snapshot::open_snapshot(&info.directory, &self.fingerprint)? {
            FoundSnapshot::Nothing => info.state = IndexState::Outdated,
            FoundSnapshot::Damaged(_) => info.state = IndexState::Damaged,
            FoundSnapshot::Index(snapshot) => {
                info.state = IndexState::Ready;
                info.sections = snapshot.searcher.num_docs();
                info.segments = snapshot.searcher.segment_readers().len() as u64;
            }
        }
        Ok(info)
    }
}

/// Returns the size of all files below a directory, in bytes.
fn directory_size(directory: &Path) -> u64 {
    walkdir::WalkDir::new(directory)
        .into_iter()
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .filter(|data| data.is_file())
        .map(|data| data.len())
        .sum()
}
