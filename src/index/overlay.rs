//! The answer from memory: changes are indexed beside the index on disk, which is not written.

use super::apply::Sink;
use super::fulltext::{MemoryWriter, Searcher, TantivyError};
use super::prepare::{SectionDocument, Shared};
use crate::error::{Error, Result};
use std::sync::{Mutex, PoisonError};

/// Takes changes into memory.
pub(crate) struct Overlay {
    writer: Mutex<MemoryWriter>,
    deleted: Mutex<Vec<u64>>,
}

impl Overlay {
    /// Makes an empty one.
    pub fn new() -> Result<Self> {
        Ok(Overlay {
            writer: Mutex::new(MemoryWriter::new().map_err(overlay_error)?),
            deleted: Mutex::default(),
        })
    }

    /// Ends the changes: returns the sections in memory, and the ids of the sections on disk that
    /// are no longer true.
    pub fn finish(self) -> Result<(Searcher, Vec<u64>)> {
        let writer = self.writer.into_inner();
        let writer = writer.unwrap_or_else(PoisonError::into_inner);
        let searcher = writer.finish().map_err(overlay_error)?;
        let deleted = self.deleted.into_inner();
        Ok((searcher, deleted.unwrap_or_else(PoisonError::into_inner)))
    }
}

fn overlay_error(cause: TantivyError) -> Error {
    Error::failed(format!("cannot index in memory: {cause}")).with_source(cause)
}

impl Sink for Overlay {
    fn add(&self, shared: &Shared, section: &SectionDocument<'_>) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.add(shared, section).map_err(overlay_error)
    }

    fn delete(&self, id: u64) -> Result<()> {
        let mut deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        deleted.push(id);
        Ok(())
    }
}
