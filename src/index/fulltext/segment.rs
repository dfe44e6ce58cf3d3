//! One segment as a query sees it: its documents, less those that are no longer true.

use super::{Fields, Searcher, TantivyError};
use std::collections::HashSet;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED, Term};

/// One segment of the full text, and which of its documents do not count.
pub(crate) struct SegmentView {
    pub reader: SegmentReader,
    /// Documents that are no longer true although the segment holds them.
    pub masked: HashSet<u32>,
}

impl SegmentView {
    /// Returns whether a document counts.
    pub fn is_alive(&self, doc: u32) -> bool {
        !self.reader.is_deleted(doc) && (self.masked.is_empty() || !self.masked.contains(&doc))
    }

    /// Returns whether every document counts.
    pub fn is_whole(&self) -> bool {
        !self.reader.has_deletes() && self.masked.is_empty()
    }

    /// Returns how many documents count.
    pub fn count(&self) -> u64 {
        // Masked documents are alive in the segment, each once.
        u64::from(self.reader.num_docs()) - self.masked.len() as u64
    }
}

/// Returns, for each segment, the documents that are not to count: the sections of the given ids,
/// and all sections of the given entries.
pub(crate) fn masks(
    searcher: &Searcher,
    fields: Fields,
    sections: &[u64],
    entries: &HashSet<u64>,
) -> Result<Vec<HashSet<u32>>, TantivyError> {
    let mut masks = Vec::new();
    for reader in searcher.segment_readers() {
        let mut masked = HashSet::new();
        let mut mask = |field, key| -> Result<(), TantivyError> {
            let index = reader.inverted_index(field)?;
            let term = Term::from_field_u64(field, key);
            let Some(mut docs) = index.read_postings(&term, IndexRecordOption::Basic)? else {
                return Ok(());
            };
            while docs.doc() != TERMINATED {
                if !reader.is_deleted(docs.doc()) {
                    masked.insert(docs.doc());
                }
                docs.advance();
            }
            Ok(())
        };
        for id in sections {
            mask(fields.id, *id)?;
        }
        for key in entries {
            mask(fields.entry, *key)?;
        }
        masks.push(masked);
    }
    Ok(masks)
}
