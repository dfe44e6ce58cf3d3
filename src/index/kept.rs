//! What a server keeps of sections between requests: what was made of their texts, so that files need
//! not be read again for each question.
//!
//! What was made of a section is true as long as its entry is the same, provided that the file was,
//! when it was read, as it was indexed. It was if nothing has changed it since before the view was
//! compared with the files. What is kept belongs to one revision of the index: when this process
//! makes the next, it forgets the entries that are in it; when another process does, it forgets
//! everything.

use super::fulltext::SegmentId;
use super::generation::Generation;
use super::key::entry_key;
use crate::model::EntryPath;
use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::fs::Metadata;
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes are kept at most, roughly.
const MOST: usize = 72 << 20;
/// What keeping a value costs beside it, in bytes.
const OVERHEAD: usize = 128;
/// How much earlier than the comparison a file must have been changed, in nanoseconds: times of files
/// are coarse.
const MARGIN: i64 = 2_000_000_000;

/// A document and what kind of thing is kept of it.
type SectionKey = (SegmentId, u32, TypeId);
type KeptValue = Arc<dyn Any + Send + Sync>;

/// A revision of a generation.
type RevisionName = (Generation, u64);

/// Values by section. What was not asked for goes when there is no more room.
#[derive(Default)]
pub(super) struct KeptSections {
    halves: Mutex<Halves>,
}

/// What was asked for lately, and what was before that.
#[derive(Default)]
struct Halves {
    /// Of which revision it is true.
    revision: Option<RevisionName>,
    /// The segments that there were when it was last used.
    segments: Vec<SegmentId>,
    recent: HashMap<SectionKey, Kept>,
    earlier: HashMap<SectionKey, Kept>,
    /// Bytes in the recent half.
    size: usize,
}

struct Kept {
    /// Key of the entry.
    entry: u64,
    value: KeptValue,
    size: usize,
}

/// What a view may take from what is kept, and add to it.
pub(super) struct KeptAccess {
    sections: Arc<KeptSections>,
    /// Of which revision the view is.
    revision: RevisionName,
    /// How many of the segments are those of the index on disk.
    segments: usize,
    /// When the view was compared with the files, nanoseconds since 1970.
    compared: i64,
}

impl Halves {
    fn find(&mut self, key: &SectionKey) -> Option<KeptValue> {
        if let Some(kept) = self.recent.get(key) {
            return Some(Arc::clone(&kept.value));
        }
        let kept = self.earlier.remove(key)?;
        let value = Arc::clone(&kept.value);
        self.add(*key, kept);
        Some(value)
    }

    fn add(&mut self, key: SectionKey, kept: Kept) {
        if self.size + kept.size > MOST / 2 {
            self.earlier = std::mem::take(&mut self.recent);
            self.size = 0;
        }
        self.size += kept.size;
        if let Some(before) = self.recent.insert(key, kept) {
            self.size -= before.size;
        }
    }

    fn forget(&mut self, entries: &HashSet<u64>) {
        self.retain(|_, kept| !entries.contains(&kept.entry));
    }

    /// Forgets what is of segments that are gone, which may hold their files open.
    fn keep_segments(&mut self, segments: Vec<SegmentId>) {
        if self.segments != segments {
            self.retain(|(segment, ..), _| segments.contains(segment));
            self.segments = segments;
        }
    }

    fn retain(&mut self, stays: impl Fn(&SectionKey, &Kept) -> bool) {
        self.earlier.retain(|key, kept| stays(key, kept));
        self.recent.retain(|key, kept| stays(key, kept));
        self.size = self.recent.values().map(|kept| kept.size).sum();
    }
}

impl KeptSections {
    /// Lets a view of a revision, with its segments on disk, use what is kept; it was compared with
    /// the files at a time. `None` if others have a later one.
    pub(super) fn access(
        self: &Arc<Self>,
        revision: RevisionName,
        segments: Vec<SegmentId>,
        compared: i64,
    ) -> Option<KeptAccess> {
        let mut halves = self.lock();
        match &halves.revision {
            Some(known) if *known == revision => {}
            Some((known, later)) if *known == revision.0 && *later > revision.1 => return None,
            _ => {
                *halves = Halves {
                    revision: Some(revision.clone()),
                    ..Halves::default()
                }
            }
        }
        let known = segments.len();
        halves.keep_segments(segments);
        Some(KeptAccess {
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
        let mut halves = self.lock();
        if halves.revision.as_ref() == Some(&(generation.clone(), before)) {
            halves.forget(&entries);
            halves.revision = Some((generation.clone(), after));
        }
    }

    pub(super) fn clear(&self) {
        *self.lock() = Halves::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Halves> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeptAccess {
    /// Returns what is kept of sections, which are named by segment and document.
    pub(super) fn find<T: Any + Send + Sync>(
        &self,
        sections: impl Iterator<Item = Option<(SegmentId, u32)>>,
    ) -> Vec<Option<Arc<T>>> {
        let mut halves = self.sections.lock();
        let is_same = halves.revision.as_ref() == Some(&self.revision);
        let find = |section: Option<(SegmentId, u32)>| {
            let (segment, doc) = section.filter(|_| is_same)?;
            let value = halves.find(&(segment, doc, TypeId::of::<T>()))?;
            value.downcast().ok()
        };
        sections.map(find).collect()
    }

    /// Keeps something that was made of a section, whose size is told and whose file was looked at
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
        let kept = Kept {
            entry: entry_key(path.as_str()),
            value,
            size: size + OVERHEAD,
        };
        let mut halves = self.sections.lock();
        if halves.revision.as_ref() == Some(&self.revision) {
            halves.add((segment, doc, TypeId::of::<T>()), kept);
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

/// Elsewhere it cannot be told, and nothing is kept.
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

    const SIZE: usize = 1 << 20;

    fn kept(doc: u32) -> Kept {
        Kept {
            entry: u64::from(doc % 2),
            value: Arc::new(doc.to_string()),
            size: SIZE,
        }
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let mut halves = Halves::default();
        halves.add(key(0), kept(0));
        for doc in 1..1000 {
            halves.add(key(doc), kept(doc));
            assert!(halves.find(&key(0)).is_some(), "{doc}");
            let kept = halves.recent.len() + halves.earlier.len();
            assert!(kept * SIZE <= MOST, "{kept}");
        }
        assert!(halves.find(&key(1)).is_none() && halves.find(&key(999)).is_some());
    }

    #[test]
    fn what_is_in_the_next_revision_is_forgotten_and_the_rest_is_not() {
        let sections = KeptSections::default();
        let generation = Generation::at(std::path::Path::new("/index"), 1);
        sections.lock().revision = Some((generation.clone(), 7));
        for doc in 0..10 {
            sections.lock().add(key(doc), kept(doc));
        }
        sections.move_on(&generation, (6, 7), &[0]);
        assert_eq!(
            sections.lock().recent.len(),
            10,
            "it is of another revision"
        );
        sections.move_on(&generation, (7, 8), &[0]);
        let mut halves = sections.lock();
        assert_eq!((halves.recent.len(), halves.size), (5, 5 * SIZE));
        assert!(halves.find(&key(0)).is_none() && halves.find(&key(1)).is_some());
    }
}
