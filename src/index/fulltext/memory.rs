//! A full text in memory, which is written once.

use super::document::{SectionValues, section_document};
use super::{FullText, IndexFields, TantivyError, WriteFailure, index_settings, schema};
use crate::index::prepare::{SectionDocument, Shared};
use tantivy::directory::RamDirectory;
use tantivy::{Index, IndexSettings, Searcher, SingleSegmentIndexWriter};

/// By how much memory the size of the first table of words is chosen.
const ARENA: usize = 15_000_000;

/// Writes a full text in memory, on the thread that calls: there may be no other to be had.
pub(crate) struct MemoryWriter {
    writer: SingleSegmentIndexWriter<SectionValues>,
    fields: IndexFields,
}

impl MemoryWriter {
    /// Begins an empty one.
    pub fn new() -> Result<Self, TantivyError> {
        let (schema, fields) = schema::fulltext_schema();
        let writer = Index::builder()
            .schema(schema)
            .settings(IndexSettings {
                docstore_compress_dedicated_thread: false,
                ..index_settings()
            })
            .tokenizers(schema::section_tokenizers())
            .single_segment_index_writer(RamDirectory::create(), ARENA)?;
        Ok(MemoryWriter { writer, fields })
    }

    /// Adds one section.
    pub fn add(&mut self, shared: &Shared, section: &SectionDocument) -> Result<(), TantivyError> {
        let document = section_document(self.fields, shared, section);
        self.writer.add_document(document)
    }

    /// Ends it, and opens it for searching.
    pub fn finish(self) -> Result<Searcher, TantivyError> {
        let index = self.writer.finalize()?;
        FullText::with(index, self.fields, WriteFailure::default()).searcher()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_added_at_all() {
        let writer = MemoryWriter::new().expect("made");
        let searcher = writer.finish().expect("opened");
        assert_eq!(searcher.num_docs(), 0);
    }
}
