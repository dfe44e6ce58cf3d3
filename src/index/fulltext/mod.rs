//! The full text: one tantivy document for each section.
//!
//! Bodies are indexed with positions and not stored; what is shown of a section without reading
//! its file is one small JSON text; how long the bodies of a segment are together is kept beside it.
//! tantivy's own locks are taken as it wants them, but that none is waited for without end: its readers
//! are never blocked by a writer.

mod columns;
mod directory;
pub(crate) mod document;
pub(crate) mod lengths;
mod memory;
mod open_segments;
pub(crate) mod schema;
pub(crate) mod segment;
pub mod tokenizer;
pub(crate) mod writer;

pub(crate) use directory::WriteFailure;
pub(crate) use document::StoredSection;
pub(crate) use memory::MemoryWriter;
pub(crate) use schema::IndexFields;
pub(crate) use segment::SegmentView;
pub(super) use segment::view_segments;
pub(crate) use writer::Writer;

use crate::kb::make_private_directory;
use directory::FullTextDirectory;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use tantivy::directory::META_LOCK;
use tantivy::directory::error::LockError;
use tantivy::store::Compressor;
use tantivy::{Index, IndexReader, IndexSettings, ReloadPolicy};

pub(crate) use tantivy::index::SegmentId;
pub(crate) use tantivy::{Searcher, TantivyError};

/// A full-text index, on disk or in memory. A clone is the same open index.
#[derive(Clone)]
pub(crate) struct FullText {
    index: Index,
    fields: IndexFields,
    /// Opened by the first search, and reloaded by those after it.
    reader: OnceLock<IndexReader>,
    failure: WriteFailure,
}

/// Section ids, sorted, by key of their entry.
pub(crate) type SectionIds = BTreeMap<u64, Vec<u64>>;

/// What a commit says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Number of the batch, the one that the catalog has too once it is committed.
    pub batch: u64,
    /// Keys of the entries that the batch touched; `None` if they are too many to list.
    pub entries: Option<Vec<u64>>,
}

impl FullText {
    /// Creates an empty index in an empty directory, made if need be.
    pub fn create(directory: &Path) -> Result<Self, TantivyError> {
        make_private_directory(directory)?;
        let directory = FullTextDirectory::open(directory)?;
        let failure = directory.failure();
        let (schema, fields) = schema::fulltext_schema();
        let index = Index::create(directory, schema, index_settings())?;
        Ok(Self::with(index, fields, failure))
    }

    /// Opens an index.
    pub fn open(directory: &Path) -> Result<Self, TantivyError> {
        let directory = FullTextDirectory::open(directory)?;
        let failure = directory.failure();
        let index = Index::open(directory)?;
        let (schema, fields) = schema::fulltext_schema();
        if index.schema() != schema {
            return Err(TantivyError::SchemaError("fields of another format".into()));
        }
        Ok(Self::with(index, fields, failure))
    }

    fn with(mut index: Index, fields: IndexFields, failure: WriteFailure) -> Self {
        index.set_tokenizers(schema::section_tokenizers());
        FullText {
            index,
            fields,
            reader: OnceLock::new(),
            failure,
        }
    }

    /// Returns what remembers the first failure to write.
    pub fn failure(&self) -> WriteFailure {
        self.failure.clone()
    }

    /// Returns what the last commit says of itself. `None`: not written by a known version.
    pub fn payload(&self) -> Result<Payload, TantivyError> {
        let text = self.index.load_metas()?.payload;
        let payload = text.as_deref().map(serde_json::from_str);
        payload
            .unwrap_or_else(|| Ok(Payload::default()))
            .map_err(|e| TantivyError::InternalError(format!("foreign payload: {e}")))
    }

    /// Opens the last commit for searching.
    pub fn searcher(&self) -> Result<Searcher, TantivyError> {
        if let Some(reader) = self.reader.get() {
            reader.reload()?;
            return Ok(reader.searcher());
        }
        let builder = self.index.reader_builder();
        let builder = builder.reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = builder.doc_store_cache_num_blocks(10).try_into()?;
        Ok(self.reader.get_or_init(|| reader).searcher())
    }

    /// Returns the ids of all sections that count, sorted, by key of their entry.
    pub fn section_ids(searcher: &Searcher) -> Result<SectionIds, TantivyError> {
        let mut found = SectionIds::new();
        for reader in searcher.segment_readers() {
            let entries = reader.fast_fields().u64("entry")?.first_or_default_col(0);
            let ids = reader.fast_fields().u64("id")?.first_or_default_col(0);
            for doc in reader.doc_ids_alive() {
                let sections = found.entry(entries.get_val(doc)).or_default();
                sections.push(ids.get_val(doc));
            }
        }
        found.values_mut().for_each(|ids| ids.sort_unstable());
        Ok(found)
    }

    /// Returns with what the names of the files begin that the last commit, or tantivy itself, has a
    /// use for.
    pub fn names_in_use(&self) -> Result<Vec<String>, TantivyError> {
        let own = ["meta.json", ".managed.json", ".tantivy-", lengths::LENGTHS];
        let segments = self.index.load_metas()?.segments;
        let names = segments.iter().map(|segment| segment.id().uuid_string());
        Ok(names.chain(own.map(str::to_owned)).collect())
    }

    /// Returns the files whose content does not match their checksum.
    pub fn damaged_files(&self) -> Result<Vec<String>, TantivyError> {
        let damaged = self.index.validate_checksum()?;
        let mut names: Vec<_> = damaged.iter().map(|p| p.display().to_string()).collect();
        names.sort();
        Ok(names)
    }
}

/// Returns the name of the lock that was not to be had, if that is why an index was not opened.
pub(crate) fn find_busy_lock(error: &TantivyError) -> Option<&'static Path> {
    let is_busy = matches!(error, TantivyError::LockFailure(LockError::LockBusy, _));
    is_busy.then(|| META_LOCK.filepath.as_path())
}

fn index_settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Lz4,
        // What is stored is little: a thread costs more than it takes off.
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}
