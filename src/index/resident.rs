//! The index as a server keeps it: open between requests, and opened again only when it was
//! written.

use super::Index;
use super::answers::AnswerCache;
use super::bounded_cache::BoundedCache;
use super::detached::DetachedOverlay;
use super::section_cache::SectionCache;
use super::snapshot::{self, FoundSnapshot, Snapshot};
use super::suspects::TreeWatch;
use super::view::{Entries, View};
use crate::error::Result;
use blake3::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many callers' records of sessions in progress are kept in memory.
const DETACHED: usize = 16;

/// Keeps the index between requests, for any number of threads. The catalog is closed meanwhile,
/// because redb shuts other processes out of an open database.
#[derive(Default)]
pub struct Resident {
    last: Mutex<Option<PlacedSnapshot>>,
    pub(super) sections: Arc<SectionCache>,
    pub(super) answers: Arc<AnswerCache>,
    detached: Mutex<Option<BoundedCache<Hash, DetachedOverlay>>>,
    pub(super) watch: Option<Arc<dyn TreeWatch>>,
}

/// A snapshot, and the directory of the index that it is of: a server may answer for several.
type PlacedSnapshot = (PathBuf, Snapshot);

impl Resident {
    /// Keeps it together with a watch of the files, so that an answer need not look at all
    /// of them.
    pub fn watched_by(watch: Arc<dyn TreeWatch>) -> Self {
        Resident {
            watch: Some(watch),
            ..Resident::default()
        }
    }

    /// Forgets what is kept.
    pub fn clear(&self) {
        *self.lock() = None;
        self.sections.clear();
        self.answers.clear();
        *self.lock_detached() = None;
    }

    /// Returns what was made of records that hold what a hash stands for.
    pub(super) fn find_detached(&self, of: &Hash) -> Option<DetachedOverlay> {
        self.lock_detached().as_mut()?.find(of).cloned()
    }

    pub(super) fn keep_detached(&self, of: Hash, overlay: DetachedOverlay) {
        let mut detached = self.lock_detached();
        let kept = detached.get_or_insert_with(|| BoundedCache::with_room(DETACHED));
        kept.add(of, overlay, 1);
    }

    pub(super) fn keep(&self, directory: &Path, snapshot: &Snapshot) {
        let mut last = self.lock();
        let newer = |(place, last): &PlacedSnapshot| {
            place == directory
                && last.generation == snapshot.generation
                && (last.revision, last.verified) > (snapshot.revision, snapshot.verified)
        };
        if !last.as_ref().is_some_and(newer) {
            *last = Some((directory.to_owned(), snapshot.clone()));
        }
    }

    fn find_snapshot(&self, directory: &Path) -> Option<Snapshot> {
        let last = self.lock();
        let (place, snapshot) = last.as_ref()?;
        (place == directory).then(|| snapshot.clone())
    }

    fn lock_detached(&self) -> MutexGuard<'_, Option<BoundedCache<Hash, DetachedOverlay>>> {
        self.detached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Option<PlacedSnapshot>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index<'_> {
    /// Opens the index, or takes the one that is kept.
    pub(super) fn open_snapshot(&self, directory: &Path) -> Result<FoundSnapshot> {
        let Some(resident) = self.resident else {
            return snapshot::open_snapshot(directory, &self.fingerprint);
        };
        let kept = resident.find_snapshot(directory);
        if let Some(kept) = &kept
            && !kept.is_outdated(directory, &self.fingerprint)?
        {
            return Ok(FoundSnapshot::Index(Box::new(kept.clone())));
        }
        let found = snapshot::open_again(directory, &self.fingerprint, kept.as_ref())?;
        match &found {
            FoundSnapshot::Index(snapshot) => resident.keep(directory, snapshot),
            FoundSnapshot::Nothing | FoundSnapshot::Damaged(_) => resident.clear(),
        }
        Ok(found)
    }

    /// Returns the view of a snapshot that is up to date, and keeps that.
    pub(super) fn view_of(&self, directory: &Path, snapshot: Snapshot) -> View {
        if let Some(resident) = self.resident {
            resident.keep(directory, &snapshot);
        }
        let mut view = View::empty();
        view.segments.extend_from_slice(snapshot.segments());
        let verified = snapshot.verified;
        view.mark = verified.filter(|_| snapshot.restless().is_empty());
        view.entries = Entries {
            detached: Vec::new(),
            catalog: Some((directory.to_owned(), snapshot.generation)),
            revision: snapshot.revision,
            changed: std::collections::BTreeMap::default(),
            tree: Some(snapshot.directories.records),
            known: snapshot.entries,
        };
        view
    }
}
