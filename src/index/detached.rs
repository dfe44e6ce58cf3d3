//! The records of sessions in progress that lie outside of the KB, laid over what is indexed.
//!
//! A server keeps what was made of them as long as they are the same: to index a record in memory
//! takes longer than to search.

use super::apply::Sink as _;
use super::fulltext::SegmentView;
use super::fulltext::view_segments;
use super::overlay::Overlay;
use super::prepare::prepare_entry;
use super::view::View;
use super::{Index, damage_error};
use crate::error::Result;
use crate::kb::walk::{FileState, state_of};
use crate::markdown;
use crate::model::{Entry, EntryPath};
use blake3::{Hash, Hasher};
use std::sync::Arc;

/// Records as they were read.
struct DetachedRecord {
    path: EntryPath,
    state: FileState,
    bytes: Vec<u8>,
}

/// What was made of records.
#[derive(Clone)]
pub(super) struct DetachedOverlay {
    segments: Vec<Arc<SegmentView>>,
    entries: Vec<Entry>,
}

impl Index<'_> {
    /// Adds the records to a view. One that cannot be read any more is left out: its session has
    /// ended at this moment.
    pub(super) fn add_detached(&self, view: &mut View) -> Result<()> {
        let records = self.read_detached();
        if records.is_empty() {
            return Ok(());
        }
        let of = self.hash_records(&records);
        let kept = self
            .resident
            .and_then(|resident| resident.find_detached(&of));
        let overlay = match kept {
            Some(kept) => kept,
            None => {
                let made = self.index_records(&records)?;
                if let Some(resident) = self.resident {
                    resident.keep_detached(of, made.clone());
                }
                made
            }
        };
        view.segments.extend_from_slice(&overlay.segments);
        view.entries.detached.clone_from(&overlay.entries);
        if let Some(answers) = &mut view.answers {
            answers.detached = Some(of);
        }
        Ok(())
    }

    fn read_detached(&self) -> Vec<DetachedRecord> {
        let records = self.kb.detached().filter_map(|entry| {
            let state = state_of(&std::fs::metadata(&entry.file).ok()?);
            Some(DetachedRecord {
                path: entry.path.clone(),
                state,
                bytes: self.kb.read(&entry.path).ok()?,
            })
        });
        records.collect()
    }

    fn hash_records(&self, records: &[DetachedRecord]) -> Hash {
        let mut hasher = Hasher::new();
        hasher.update(self.fingerprint.as_bytes());
        for record in records {
            let head = format!("{:?}", (&record.path, &record.state, record.bytes.len()));
            hasher.update(head.as_bytes()).update(&record.bytes);
        }
        hasher.finalize()
    }

    fn index_records(&self, records: &[DetachedRecord]) -> Result<DetachedOverlay> {
        let overlay = Overlay::new()?;
        let entries = records.iter();
        let entries = entries.map(|record| self.index_record(&overlay, record));
        let entries = entries.collect::<Result<_>>()?;
        let (searcher, _) = overlay.finish()?;
        let segments = view_segments(&searcher, Vec::new());
        Ok(DetachedOverlay { segments, entries })
    }

    fn index_record(&self, overlay: &Overlay, record: &DetachedRecord) -> Result<Entry> {
        let DetachedRecord { path, state, bytes } = record;
        let text = markdown::decode_text(bytes);
        let document = markdown::parse_entry(path, &text, self.kb.zone());
        let modified = state.modified.div_euclid(1_000_000_000);
        let prepared = prepare_entry(path, &text, &document, modified);
        for section in &prepared.sections {
            overlay
                .add(&prepared.shared, section)
                .map_err(|error| damage_error(error.message()))?;
        }
        Ok(prepared.record.to_entry(path.clone(), (*state).into()))
    }
}
