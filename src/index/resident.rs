//! The index as a server keeps it: open between requests, and opened again only when somebody has
//! written.

use super::Index;
use super::kept::KeptSections;
use super::snapshot::{self, FoundSnapshot, Snapshot};
use super::suspects::TreeWatch;
use super::view::{Entries, View};
use crate::error::Result;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps the index between requests, for any number of threads. The catalog is closed meanwhile,
/// because redb shuts other processes out of an open database.
#[derive(Default)]
pub struct Resident {
    last: Mutex<Option<Kept>>,
    pub(super) sections: Arc<KeptSections>,
    pub(super) watch: Option<Arc<dyn TreeWatch>>,
}

/// A snapshot, and the directory of the index that it is of: a server may answer for several.
type Kept = (PathBuf, Snapshot);

impl Resident {
    /// Keeps it together with somebody who watches the files, so that an answer need not look at all
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
    }

    pub(super) fn keep(&self, directory: &Path, snapshot: &Snapshot) {
        let mut last = self.lock();
        let newer = |(place, last): &Kept| {
            place == directory
                && last.generation == snapshot.generation
                && (last.revision, last.verified) > (snapshot.revision, snapshot.verified)
        };
        if !last.as_ref().is_some_and(newer) {
            *last = Some((directory.to_owned(), snapshot.clone()));
        }
    }

    fn find_kept(&self, directory: &Path) -> Option<Snapshot> {
        let last = self.lock();
        let (place, snapshot) = last.as_ref()?;
        (place == directory).then(|| snapshot.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index<'_> {
    /// Opens the index, or takes the one that is kept.
    pub(super) fn open_snapshot(&self, directory: &Path) -> Result<FoundSnapshot> {
        let Some(resident) = self.resident else {
            return snapshot::open_snapshot(directory, &self.fingerprint);
        };
        let kept = resident.find_kept(directory);
        if let Some(kept) = &kept
            && !kept.is_outdated(directory, &self.fingerprint)
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
        view.add(&snapshot.searcher, Vec::new());
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
