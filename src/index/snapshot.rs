//! Opens catalog and full text together, as the last batch left both.

use super::apply::KnownEntries;
use super::catalog::{self, CatalogError, Directories};
use super::compare::Changes;
use super::damage_error;
use super::fulltext::{FullText, Payload, Searcher, SegmentView, TantivyError};
use super::fulltext::{find_busy_lock, view_segments};
use super::generation::{self, Current, Generation};
use super::locks::{GATE_TIMEOUT, Gate};
use super::suspects::{RestlessList, find_restless};
use crate::error::{Error, Kind, Result};
use crate::kb::{locked_error, start_threads};
use crate::model::Entry;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The index at one moment. A clone costs little.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub generation: Generation,
    pub directories: Directories,
    pub fulltext: FullText,
    pub searcher: Searcher,
    /// The segments of the searcher, once they were asked for: their columns stay open.
    pub segments: SegmentList,
    /// Entries, by key, that a killed writer left half done: in the full text, not in the catalog.
    pub half_done: HashSet<u64>,
    /// Revision of the index when it was opened or last written.
    pub revision: u64,
    /// What is known of all entries, once that was asked for.
    pub entries: EntryList,
    /// Up to which mark of the watch this is what the files hold; `None`: that has to be
    /// found out by looking at all of them.
    pub verified: Option<u64>,
    /// Directories to look at whatever was seen, once that was asked for.
    pub restless: RestlessList,
}

/// What is known of all entries, read when it is first asked for.
pub(crate) type EntryList = Arc<OnceLock<Arc<Vec<Entry>>>>;

/// Segments, opened when they are first asked for.
pub(crate) type SegmentList = Arc<OnceLock<Vec<Arc<SegmentView>>>>;

/// What was found in the directory of the index.
pub(crate) enum FoundSnapshot {
    /// No index, or one that is no use: of another format, or made under other settings.
    Nothing,
    /// An index that cannot be read.
    Damaged(Error),
    Index(Box<Snapshot>),
}

/// Opens the index.
pub(crate) fn open_snapshot(directory: &Path, fingerprint: &str) -> Result<FoundSnapshot> {
    open_again(directory, fingerprint, None)
}

/// Opens the index, of which an earlier snapshot may be there to be reloaded.
pub(crate) fn open_again(
    directory: &Path,
    fingerprint: &str,
    earlier: Option<&Snapshot>,
) -> Result<FoundSnapshot> {
    start_threads();
    match try_open(directory, fingerprint, earlier)? {
        Some(Err(CatalogError::NeedsRepair)) => {
            repair_catalog(directory, fingerprint)?;
            Ok(match try_open(directory, fingerprint, earlier)? {
                Some(Err(error)) => FoundSnapshot::Damaged(damage_error(error)),
                Some(Ok(found)) => found,
                None => FoundSnapshot::Nothing,
            })
        }
        Some(Err(error)) => Ok(FoundSnapshot::Damaged(damage_error(error))),
        Some(Ok(found)) => Ok(found),
        None => Ok(FoundSnapshot::Nothing),
    }
}

/// Opens the full text alone, which is enough to search what is indexed.
pub(crate) fn open_searcher(
    directory: &Path,
    fingerprint: &str,
) -> Result<Option<(Generation, Searcher)>> {
    let _gate = Gate::read(directory)?;
    let Current::Ready(generation) = generation::current_generation(directory, fingerprint) else {
        return Ok(None);
    };
    let place = generation.fulltext();
    let searcher = FullText::open(&place).and_then(|index| index.searcher());
    let searcher = searcher.map_err(|error| opening_error(&place, &error))?;
    Ok(Some((generation, searcher)))
}

fn try_open(
    directory: &Path,
    fingerprint: &str,
    earlier: Option<&Snapshot>,
) -> Result<Option<Result<FoundSnapshot, CatalogError>>> {
    let gate = Gate::read(directory)?;
    let Current::Ready(generation) = generation::current_generation(directory, fingerprint) else {
        return Ok(None);
    };
    let earlier = earlier.filter(|earlier| earlier.generation == generation);
    let (directories, opened) = rayon::join(
        || catalog::read_directory_records(&generation.catalog()),
        || open_fulltext(&generation, earlier),
    );
    let directories = match directories {
        Ok(directories) => directories,
        Err(error) => return Ok(Some(Err(error))),
    };
    let (fulltext, payload, searcher) = match opened {
        Ok(opened) => opened,
        Err(error) => match opening_error(&generation.fulltext(), &error) {
            busy if busy.kind() == Kind::Busy => return Err(busy),
            damaged => return Ok(Some(Ok(FoundSnapshot::Damaged(damaged)))),
        },
    };
    let Some(half_done) = half_done(directories.batch, payload) else {
        let error = damage_error("catalog and full text do not belong together".to_owned());
        return Ok(Some(Ok(FoundSnapshot::Damaged(error))));
    };
    Ok(Some(Ok(FoundSnapshot::Index(Box::new(Snapshot {
        generation,
        directories,
        fulltext,
        searcher,
        segments: SegmentList::default(),
        half_done,
        revision: gate.revision(),
        entries: EntryList::default(),
        verified: None,
        restless: RestlessList::default(),
    })))))
}

fn open_fulltext(
    generation: &Generation,
    earlier: Option<&Snapshot>,
) -> Result<(FullText, Payload, Searcher), TantivyError> {
    let fulltext = match earlier {
        Some(earlier) => earlier.fulltext.clone(),
        None => FullText::open(&generation.fulltext())?,
    };
    let payload = fulltext.payload()?;
    let searcher = fulltext.searcher()?;
    Ok((fulltext, payload, searcher))
}

/// Makes the error for a full text that cannot be opened: another process has locked it, or it is
/// damaged.
pub(crate) fn opening_error(place: &Path, error: &TantivyError) -> Error {
    match find_busy_lock(error) {
        Some(lock) => locked_error(&place.join(lock), GATE_TIMEOUT),
        None => damage_error(error),
    }
}

/// Returns the entries of the batch that is in the full text and not in the catalog. `None`: they
/// are further apart than one batch, which no kill can do, or it is unknown which entries.
fn half_done(catalog_batch: u64, payload: Payload) -> Option<HashSet<u64>> {
    if payload.batch == catalog_batch {
        Some(HashSet::new())
    } else if payload.batch == catalog_batch + 1 {
        payload.entries.map(HashSet::from_iter)
    } else {
        None
    }
}

/// Opens the catalog for writing once, which is how redb repairs what a killed writer left. That
/// it cannot be done (a read-only disk) shows when the catalog is opened again.
fn repair_catalog(directory: &Path, fingerprint: &str) -> Result<()> {
    let _gate = match Gate::write(directory) {
        Err(error) if error.kind() == Kind::Busy => return Err(error),
        Err(_) => return Ok(()),
        Ok(gate) => gate,
    };
    if let Current::Ready(generation) = generation::current_generation(directory, fingerprint) {
        let _ = catalog::create_or_repair(&generation.catalog());
    }
    Ok(())
}

impl Snapshot {
    /// Reads what the catalog knows of the entries that are to be read or are gone. `None` if
    /// another process has committed since this was opened: the searcher holds other sections.
    pub fn known_entries(
        &self,
        directory: &Path,
        changes: &Changes,
    ) -> Result<Option<KnownEntries>> {
        let read = changes.read.iter().filter(|file| file.known.is_some());
        let read = read.map(|file| file.path.as_str());
        let paths = read.chain(changes.removed.iter().map(String::as_str));
        let _gate = Gate::read(directory)?;
        let (catalog, batch) = (self.generation.catalog(), self.directories.batch);
        catalog::entries_at(&catalog, batch, paths).map_err(damage_error)
    }

    /// Returns whether the index was written since this was opened, or last written.
    ///
    /// # Errors
    ///
    /// The gate is locked.
    pub fn is_outdated(&self, directory: &Path, fingerprint: &str) -> Result<bool> {
        let gate = Gate::read(directory)?;
        let same_revision = gate.revision() == self.revision;
        let current = generation::current_generation(directory, fingerprint);
        let is_current = matches!(current, Current::Ready(now) if now == self.generation);
        Ok(!(same_revision && is_current))
    }

    /// Returns a searcher of the full text as it is now.
    pub fn newest_searcher(&self) -> Result<Searcher> {
        let place = self.generation.fulltext();
        let searcher = self.fulltext.searcher();
        searcher.map_err(|error| opening_error(&place, &error))
    }

    /// Returns the segments.
    pub fn segments(&self) -> &[Arc<SegmentView>] {
        let open = || view_segments(&self.searcher, Vec::new());
        self.segments.get_or_init(open)
    }

    /// Takes the full text as it is after a commit.
    pub fn set_searcher(&mut self, searcher: Searcher) {
        self.searcher = searcher;
        self.segments = SegmentList::default();
    }

    /// Takes the directories as they are now for what the files held at a mark.
    pub fn set_verified(&mut self, mark: Option<u64>) {
        self.verified = mark;
        self.restless = RestlessList::default();
    }

    /// Returns the directories to look at whatever was seen.
    pub fn restless(&self) -> &[String] {
        let list = || find_restless(&self.directories.records);
        self.restless.get_or_init(list)
    }

    /// Takes what was committed under a revision into account: full text and catalog are what is
    /// known here, and what is known of the entries is read again.
    pub fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
        self.entries = EntryList::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(batch: u64, entries: Option<Vec<u64>>) -> Payload {
        Payload { batch, entries }
    }

    #[test]
    fn one_batch_ahead_is_a_kill_and_anything_else_is_damage() {
        assert_eq!(half_done(3, payload(3, None)), Some(HashSet::new()));
        assert_eq!(
            half_done(3, payload(4, Some(vec![9]))),
            Some(HashSet::from([9]))
        );
        assert_eq!(half_done(3, payload(4, None)), None);
        assert_eq!(half_done(3, payload(5, Some(vec![]))), None);
        assert_eq!(half_done(3, payload(2, Some(vec![]))), None);
    }
}
