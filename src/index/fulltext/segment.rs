//! One segment as a query sees it: its documents, less those that are no longer true.

use super::columns::{OpenColumns, SegmentColumns};
use super::lengths::{StoredLengths, count_length, length_key, read_lengths};
use super::{Searcher, TantivyError};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tantivy::SegmentReader;
use tantivy::schema::Field;

/// One segment of the full text, and which of its documents do not count.
pub(crate) struct SegmentView {
    pub reader: SegmentReader,
    /// Documents that are no longer true although the segment holds them.
    pub masked: HashSet<u32>,
    /// How long the texts are together that are not deleted, in terms: as it is kept, or once it
    /// was counted.
    length: OnceLock<u64>,
    columns: SegmentColumns,
    /// Paths that were looked up, by their place among all: each is decoded with those before it.
    paths: Mutex<HashMap<u64, Arc<str>>>,
}

/// How many paths of a segment are remembered at most.
const MOST_PATHS: usize = 1 << 16;

/// Makes the views of the segments of a searcher, and of the documents in each that do not count.
pub(in crate::index) fn view_segments(
    searcher: &Searcher,
    masks: Vec<HashSet<u32>>,
) -> Vec<Arc<SegmentView>> {
    let mut masks = masks.into_iter();
    let kept = read_lengths(searcher);
    let segments = searcher.segment_readers().iter().map(|reader| {
        let masked = masks.next().unwrap_or_default();
        Arc::new(SegmentView::new(reader.clone(), masked, &kept))
    });
    segments.collect()
}

impl SegmentView {
    /// Makes the view of a segment, given what is kept of all segments.
    pub fn new(reader: SegmentReader, masked: HashSet<u32>, kept: &StoredLengths) -> Self {
        let length = kept.get(&length_key(&reader)).copied();
        SegmentView {
            reader,
            masked,
            length: length.map_or_else(OnceLock::new, OnceLock::from),
            columns: SegmentColumns::default(),
            paths: Mutex::default(),
        }
    }

    /// Returns the columns.
    pub fn columns(&self) -> OpenColumns<'_> {
        OpenColumns {
            reader: &self.reader,
            columns: &self.columns,
        }
    }

    /// Returns the path of the entry of a document; `None` if the index holds none.
    pub fn path_of(&self, doc: u32) -> Result<Option<Arc<str>>, TantivyError> {
        let Some(column) = self.columns().path()? else {
            return Ok(None);
        };
        let Some(ordinal) = column.ords().first(doc) else {
            return Ok(None);
        };
        if let Some(known) = self.lock_paths().get(&ordinal) {
            return Ok(Some(Arc::clone(known)));
        }
        let mut path = String::new();
        if !column.ord_to_str(ordinal, &mut path)? {
            return Ok(None);
        }
        let path: Arc<str> = path.into();
        let mut paths = self.lock_paths();
        if paths.len() >= MOST_PATHS {
            paths.clear();
        }
        paths.insert(ordinal, Arc::clone(&path));
        Ok(Some(path))
    }

    fn lock_paths(&self) -> MutexGuard<'_, HashMap<u64, Arc<str>>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how long the texts are together that count, in terms; `body` is their field.
    pub fn text_length(&self, body: Field) -> Result<u64, TantivyError> {
        let length = match self.length.get() {
            Some(length) => *length,
            None => {
                let counted = count_length(&self.reader, body)?;
                *self.length.get_or_init(|| counted)
            }
        };
        let norms = self.reader.get_fieldnorms_reader(body)?;
        let masked = self
            .masked
            .iter()
            .map(|doc| u64::from(norms.fieldnorm(*doc)));
        Ok(length.saturating_sub(masked.sum()))
    }

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

/// Returns what decides whether a document is a section of one of the given ids, which are sorted.
pub(super) fn id_filter(
    reader: &SegmentReader,
    ids: Arc<[u64]>,
) -> Result<impl Fn(u32) -> bool + Send + Sync + use<>, TantivyError> {
    let column = reader.fast_fields().u64("id")?.first_or_default_col(0);
    Ok(move |doc| ids.binary_search(&column.get_val(doc)).is_ok())
}

/// Returns, for each segment, the documents that are not to count: the sections of the given ids,
/// and all sections of the given entries.
pub(crate) fn section_masks(
    searcher: &Searcher,
    sections: &[u64],
    entries: &HashSet<u64>,
) -> Result<Vec<HashSet<u32>>, TantivyError> {
    let mut sections = sections.to_vec();
    sections.sort_unstable();
    let sections: Arc<[u64]> = sections.into();
    let mut masks = Vec::new();
    for reader in searcher.segment_readers() {
        let mut masked = HashSet::new();
        if !sections.is_empty() {
            let has_id = id_filter(reader, sections.clone())?;
            masked.extend(reader.doc_ids_alive().filter(|doc| has_id(*doc)));
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
