//! The answer from memory: changes are indexed beside the index on disk, which is not written.

use super::apply::Sink;
use super::damage_error;
use super::fulltext::{FullText, Payload, Searcher, TantivyError, Writer};
use super::prepare::{SectionDocument, Shared};
use crate::error::{Error, Result};
use std::sync::{Mutex, PoisonError};

/// Takes changes into memory.
pub(crate) struct Overlay {
    index: FullText,
    writer: Writer,
    deleted: Mutex<Vec<u64>>,
}

impl Overlay {
    /// Makes an empty one.
    pub fn new() -> Result<Self> {
        let index = FullText::in_memory().map_err(overlay_error)?;
        let writer = Writer::in_memory(&index).map_err(overlay_error)?;
        Ok(Overlay {
            index,
            writer,
            deleted: Mutex::default(),
        })
    }

    /// Ends the changes: returns the sections in memory, and the ids of the sections on disk that
    /// are no longer true.
    pub fn finish(mut self) -> Result<(Searcher, Vec<u64>)> {
        let payload = Payload::default();
        let committed = self.writer.commit(&payload, |commit| commit());
        committed.and_then(|inner| inner).map_err(damage_error)?;
        let searcher = self.index.searcher().map_err(damage_error)?;
        let deleted = self.deleted.into_inner();
        Ok((searcher, deleted.unwrap_or_else(PoisonError::into_inner)))
    }
}

fn overlay_error(cause: TantivyError) -> Error {
    Error::failed(format!("cannot index in memory: {cause}")).with_source(cause)
}

impl Sink for Overlay {
    fn add(&self, shared: &Shared, section: &SectionDocument<'_>) -> Result<()> {
        self.writer.add(shared, section).map_err(damage_error)
    }

    fn delete(&self, id: u64) -> Result<()> {
        let mut deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        deleted.push(id);
        Ok(())
    }
}
