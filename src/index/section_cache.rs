//! What a server keeps of sections between requests: what was made of their texts, so that files need
//! not be read again for each question.
//!
//! What was made of a section is true as long as its entry is the same, provided that the file was,
//! when it was read, as it was indexed. It was if nothing has changed it since before the view was
//! compared with the files. What is kept belongs to one revision of the index: when this process
//! makes the next, it forgets the entries that are in it; when another process does, it forgets
//! everything.

use super::bounded_cache::BoundedCache;
use super::fulltext::SegmentId;
use super::generation::Generation;
use super::key::entry_key;
use crate::model::EntryPath;
use std::any::{Any, TypeId};
use std::collections::HashSet;
use std::fs::Metadata;
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes are kept at most, roughly.
const MOST: usize = 52 << 20;
/// What keeping a value costs beside it, in bytes.
const OVERHEAD: usize = 128;
/// How much earlier than the comparison a file must have been changed, in nanoseconds: times of files
/// are coarse.
const MARGIN: i64 = 2_000_000_000;

/// A document and what kind of thing is kept of it.
type SectionKey = (SegmentId, u32, TypeId);
type CachedValue = Arc<dyn Any + Send + Sync>;

/// A revision of a generation.
type RevisionName = (Generation, u64);

/// Values by section. What was not asked for goes when there is no more room.
#[derive(Default)]
pub(super) struct SectionCache {
    state: Mutex<SectionCacheState>,
}

struct SectionCacheState {
    /// Of which revision it is true.
    revision: Option<RevisionName>,
    /// The segments that there were when it was last used.
    segments: Vec<SegmentId>,
    values: BoundedCache<SectionKey, CachedSection>,
}

struct CachedSection {
    /// Key of the entry.
    entry: u64,
    value: CachedValue,
}

/// What a view may take from what is kept, and add to it.
pub(super) struct SectionCacheAccess {
    sections: Arc<SectionCache>,
    /// Of which revision the view is.
    revision: RevisionName,
    /// How many of the segments are those of the index on disk.
    segments: usize,
    /// When the view was compared with the files, nanoseconds since 1970.
    compared: i64,
}

impl Default for SectionCacheState {
    fn default() -> Self {
        SectionCacheState {
            revision: None,
            segments: Vec::new(),
            values: BoundedCache::with_room(MOST),
        }
    }
}

impl SectionCacheState {
    fn find(&mut self, key: &SectionKey) -> Option<CachedValue> {
        self.values.find(key).map(|kept| Arc::clone(&kept.value))
    }

    fn forget(&mut self, entries: &HashSet<u64>) {
        self.values.retain(|_, kept| !entries.contains(&kept.entry));
    }

    /// Forgets what is of segments that are gone, which may hold their files open.
    fn keep_segments(&mut self, segments: Vec<SegmentId>) {
        if self.segments != segments {
            self.values
                .retain(|(segment, ..), _| segments.contains(segment));
            self.segments = segments;
        }
    }
}

impl SectionCache {
    /// Lets a view of a revision, with its segments on disk, use what is kept; it was compared with
    /// the files at a time. `None` if others have a later one.
    pub(super) fn access(
        self: &Arc<Self>,
        revision: RevisionName,
        segments: Vec<SegmentId>,
        compared: i64,
    ) -> Option<SectionCacheAccess> {
        let mut state = self.lock();
        match &state.revision {
            Some(known) if *known == revision => {}
            Some((known, later)) if *known == revision.0 && *later > revision.1 => return None,
            _ => {
                *state = SectionCacheState {
                    revision: Some(revision.clone()),
                    ..SectionCacheState::default()
                }
            }
        }
        let known = segments.len();
        state.keep_segments(segments);
        Some(SectionCacheAccess {
            sections: Arc::clone(self),
            revision,
            segments: known,
            compared,
        })
    }

    /// Forgets the entries that are in a revision which this process made after another.
    pub(super) fn move_on(
        &self,
        generation: &Generation,
        (before, after): (u64, u64),
        entries: &[u64],
    ) {
        let entries: HashSet<u64> = entries.iter().copied().collect();
        let mut state = self.lock();
        if state.revision.as_ref() == Some(&(generation.clone(), before)) {
            state.forget(&entries);
            state.revision = Some((generation.clone(), after));
        }
    }

    pub(super) fn clear(&self) {
        *self.lock() = SectionCacheState::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SectionCacheState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SectionCacheAccess {
    /// Returns what is kept of sections, which are named by segment and document.
    pub(super) fn find<T: Any + Send + Sync>(
        &self,
        sections: impl Iterator<Item = Option<(SegmentId, u32)>>,
    ) -> Vec<Option<Arc<T>>> {
        let mut state = self.sections.lock();
        let is_same = state.revision.as_ref() == Some(&self.revision);
        let find = |section: Option<(SegmentId, u32)>| {
            let (segment, doc) = section.filter(|_| is_same)?;
            let value = state.find(&(segment, doc, TypeId::of::<T>()))?;
            value.downcast().ok()
        };
        sections.map(find).collect()
    }

    /// Keeps something that was made of a section, whose size is given and whose file was looked at
    /// after it was read.
    pub(super) fn keep<T: Any + Send + Sync>(
        &self,
        (segment, doc): (SegmentId, u32),
        path: &EntryPath,
        (value, size): (Arc<T>, usize),
        file: &Metadata,
    ) {
        if !is_older(file, self.compared - MARGIN) {
            return;
        }
        let kept = CachedSection {
            entry: entry_key(path.as_str()),
            value,
        };
        let mut state = self.sections.lock();
        if state.revision.as_ref() == Some(&self.revision) {
            let key = (segment, doc, TypeId::of::<T>());
            state.values.add(key, kept, size + OVERHEAD);
        }
    }

    /// How many of the segments of the view are those of the index on disk.
    pub(super) fn segments(&self) -> usize {
        self.segments
    }
}

/// Returns whether nothing about a file has changed since a time, whatever times it was given.
#[cfg(unix)]
fn is_older(file: &Metadata, time: i64) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let changed = file.ctime().saturating_mul(1_000_000_000);
    changed.saturating_add(file.ctime_nsec()) < time
}

/// Elsewhere it is unknown, and nothing is kept.
#[cfg(not(unix))]
fn is_older(_: &Metadata, _: i64) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(doc: u32) -> SectionKey {
        let segment = SegmentId::from_uuid_string("00000000000000000000000000000001");
        (segment.expect("an id"), doc, TypeId::of::<String>())
    }

    fn kept(doc: u32) -> CachedSection {
        CachedSection {
            entry: u64::from(doc % 2),
            value: Arc::new(doc.to_string()),
        }
    }

    fn count_cached(sections: &SectionCache) -> usize {
        let mut state = sections.lock();
        let found = (0..10).filter(|doc| state.find(&key(*doc)).is_some());
        found.count()
    }

    #[test]
    fn what_is_in_the_next_revision_is_forgotten_and_the_rest_is_not() {
        let sections = SectionCache::default();
        let generation = Generation::at(std::path::Path::new("/index"), 1);
        sections.lock().revision = Some((generation.clone(), 7));
        for doc in 0..10 {
            sections.lock().values.add(key(doc), kept(doc), 1);
        }
        sections.move_on(&generation, (6, 7), &[0]);
        assert_eq!(count_cached(&sections), 10, "it is of another revision");
        sections.move_on(&generation, (7, 8), &[0]);
        assert_eq!(count_cached(&sections), 5);
        let mut state = sections.lock();
        assert!(state.find(&key(0)).is_none() && state.find(&key(1)).is_some());
    }
}
