//! Segments while they are written.
//!
//! A thread that has a document puts it into a segment itself. The way that tantivy offers, a queue
//! to threads of its own, has twice as many threads as cores taking turns, and lets every segment
//! hold words from everywhere; here the files that one thread reads, which lie next to each other,
//! share a segment.

use super::TantivyError;
use super::document::SectionValues;
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use tantivy::index::SegmentMeta;
use tantivy::indexer::{AddOperation, SegmentWriter};
use tantivy::{Index, IndexWriter, Opstamp, Segment};

/// How much memory is left of an arena when its segment is closed, as tantivy does: one document more
/// must fit.
const MARGIN: usize = 1_000_000;

/// From this tantivy makes the size of the table of words that a segment begins with, for which it
/// takes at most a third: one that stays in the caches of a core while there are few words, and
/// doubles when they are many.
const TABLE_BUDGET: usize = 3_200_000;

/// Documents are not distinguished by when they were added: what is deleted was there before.
const ANY_TIME: Opstamp = 0;

/// As many segments as may be written at the same time.
pub(super) struct OpenSegments {
    index: Index,
    /// Memory of one of them.
    arena: usize,
    places: Box<[Mutex<Option<OpenSegment>>]>,
}

struct OpenSegment {
    segment: Segment,
    writer: SegmentWriter,
}

impl OpenSegments {
    pub(super) fn new(index: Index, number: usize, arena: usize) -> Self {
        OpenSegments {
            index,
            arena,
            places: (0..number).map(|_| Mutex::default()).collect(),
        }
    }

    /// Adds a document to the segment of this thread, or to any that no thread writes at the
    /// moment. One that is full is handed over.
    pub(super) fn add(
        &self,
        document: SectionValues,
        full: &IndexWriter,
    ) -> Result<(), TantivyError> {
        let mut place = self.free_place();
        let open = match place.take() {
            Some(open) => open,
            None => OpenSegment::begin(&self.index)?,
        };
        let open = place.insert(open);
        open.writer.add_document(AddOperation {
            opstamp: ANY_TIME,
            document,
        })?;
        if open.writer.mem_usage() >= self.arena - MARGIN
            && let Some(open) = place.take()
        {
            full.add_segment(open.close()?)?;
        }
        Ok(())
    }

    /// Hands over all that was begun.
    pub(super) fn close_all(&self, full: &IndexWriter) -> Result<(), TantivyError> {
        let close = |place: &Mutex<Option<OpenSegment>>| match unwrap_lock(place.lock()).take() {
            Some(open) => full.add_segment(open.close()?),
            None => Ok(()),
        };
        match &*self.places {
            [only] => close(only),
            places => places.par_iter().try_for_each(close),
        }
    }

    fn free_place(&self) -> MutexGuard<'_, Option<OpenSegment>> {
        let own = rayon::current_thread_index().unwrap_or(0) % self.places.len();
        let (before, behind) = self.places.split_at(own);
        for place in behind.iter().chain(before) {
            match place.try_lock() {
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Ok(free) => return free,
            }
        }
        unwrap_lock(self.places[own].lock())
    }
}

impl OpenSegment {
    fn begin(index: &Index) -> Result<Self, TantivyError> {
        let segment = index.new_segment();
        let writer = SegmentWriter::for_segment(TABLE_BUDGET, segment.clone())?;
        Ok(OpenSegment { segment, writer })
    }

    /// Writes the segment to disk.
    fn close(self) -> Result<SegmentMeta, TantivyError> {
        let documents = self.writer.max_doc();
        self.writer.finalize()?;
        let meta = self.segment.with_max_doc(documents).meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}

fn unwrap_lock<T>(locked: Result<T, PoisonError<T>>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}
