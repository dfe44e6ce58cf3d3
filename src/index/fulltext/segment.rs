//! One segment as a query sees it: its documents, less those that are no longer true.

use super::{IndexFields, Searcher, TantivyError};
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
pub(crate) fn section_masks(
    searcher: &Searcher,
    fields: IndexFields,
    sections: &[u64],
    entries: &HashSet<u64>,
) -> Result<Vec<HashSet<u32>>, TantivyError> {
    let mut masks = Vec::new();
    for reader in searcher.segment_readers() {
        let mut masked = HashSet::new();
        let index = reader.inverted_index(fields.id)?;
        for id in sections {
            let term = Term::from_field_u64(fields.id, *id);
            let Some(mut docs) = index.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while docs.doc() != TERMINATED {
                if !reader.is_deleted(docs.doc()) {
                    masked.insert(docs.doc());
                }
                docs.advance();
            }
        }
        if !entries.is_empty() {
            let keys = reader.fast_fields().u64("entry")?.first_or_default_col(0);
            let alive = reader.doc_ids_alive();
            masked.extend(alive.filter(|doc| entries.contains(&keys.get_val(*doc))));
        }
        masks.push(masked);
    }
    Ok(masks)
}
