//! Changes the full text: adds and deletes documents, commits them under a batch number.

use super::document::section_document;
use super::{FullText, IndexFields, Payload};
use crate::index::prepare::{SectionDocument, Shared};
use std::ops::Bound;
use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::query::RangeQuery;
use tantivy::{IndexWriter, TantivyError, Term};

/// How much is going to be written, which decides about threads and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// A few entries: one thread, little memory.
    Few,
    /// As much as fits into one segment, which takes less room on disk than several: one thread.
    Some,
    /// More: all cores that help.
    Many,
}

/// Memory of one indexing thread before it writes a segment: tantivy's minimum.
const SMALL_ARENA: usize = 15_000_000;
/// The same where there is much to do. Two of them, with all else, stay below 300 MB.
const BULK_ARENA: usize = 50_000_000;
/// More indexing threads than this do not help, and each costs an arena.
const BULK_THREADS: usize = 2;
/// Segments below this many documents count as equally small, and are merged once there are
/// [`MERGE_AT`] of them: appends and searches in turn leave one tiny segment each.
const SMALL_SEGMENT: u32 = 10_000;
const MERGE_AT: usize = 8;

/// An open writer. Dropping it without a commit leaves the index as it was.
pub(crate) struct Writer {
    writer: IndexWriter,
    fields: IndexFields,
}

impl Writer {
    /// Opens the index for writing. The caller holds the writer lock.
    pub fn open(index: &FullText, load: Load) -> Result<Self, TantivyError> {
        let (threads, memory) = match load {
            Load::Few => (1, SMALL_ARENA),
            Load::Some => (1, BULK_ARENA),
            Load::Many => (BULK_THREADS, BULK_THREADS * BULK_ARENA),
        };
        let writer = index.index.writer_with_num_threads(threads, memory)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGE_AT);
        policy.set_min_layer_size(SMALL_SEGMENT);
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        Ok(Writer {
            writer,
            fields: index.fields,
        })
    }

    /// Opens an index in memory for writing; nothing is merged, it lives too short for that.
    pub fn in_memory(index: &FullText) -> Result<Self, TantivyError> {
        let writer = index.index.writer_with_num_threads(1, SMALL_ARENA)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Writer {
            writer,
            fields: index.fields,
        })
    }

    /// Adds one section.
    pub fn add(&self, shared: &Shared, section: &SectionDocument) -> Result<(), TantivyError> {
        let document = section_document(self.fields, shared, section);
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Deletes the section of the given id, if it was added before.
    pub fn delete(&self, id: u64) {
        self.writer
            .delete_term(Term::from_field_u64(self.fields.id, id));
    }

    /// Deletes all sections of an entry that were added before.
    pub fn delete_entry(&self, key: u64) -> Result<(), TantivyError> {
        let term = || Bound::Included(Term::from_field_u64(self.fields.entry, key));
        let query = RangeQuery::new(term(), term());
        self.writer.delete_query(Box::new(query))?;
        Ok(())
    }

    /// Writes everything to disk, then runs `around` with the function that makes it visible:
    /// so that the caller can take the gate for that moment only.
    pub fn commit<T>(
        &mut self,
        payload: &Payload,
        around: impl FnOnce(&mut dyn FnMut() -> Result<(), TantivyError>) -> T,
    ) -> Result<T, TantivyError> {
        let text = serde_json::to_string(payload)
            .map_err(|e| TantivyError::InternalError(e.to_string()))?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&text);
        let mut prepared = Some(prepared);
        Ok(around(&mut || match prepared.take() {
            Some(prepared) => prepared.commit().map(drop),
            None => Ok(()),
        }))
    }

    /// Waits for merges that the commit began, and closes the writer.
    pub fn finish(self) -> Result<(), TantivyError> {
        self.writer.wait_merging_threads()
    }
}
