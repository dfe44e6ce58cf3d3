//! Opens catalog and full text together, as the last batch left both.

use super::catalog::{self, CatalogError, Directories};
use super::damage;
use super::fulltext::{FullText, Payload, Searcher, TantivyError};
use super::generation::{self, Current, Generation};
use super::locks::Gate;
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::path::Path;

/// The index at one moment.
pub(crate) struct Snapshot {
    pub generation: Generation,
    pub directories: Directories,
    pub fulltext: FullText,
    pub searcher: Searcher,
    /// Entries, by key, that a killed writer left half done: in the full text, not in the catalog.
    pub half_done: HashSet<u64>,
    /// Number of the last batch in the full text.
    pub batch: u64,
}

/// What was found in the directory of the index.
pub(crate) enum Found {
    /// No index, or one that is no use: of another format, or made under other settings.
    Nothing,
    /// An index that cannot be read.
    Damaged(Error),
    Index(Box<Snapshot>),
}

/// Opens the index.
pub(crate) fn open(directory: &Path, fingerprint: &str) -> Result<Found> {
    match try_open(directory, fingerprint)? {
        Some(Err(CatalogError::NeedsRepair)) => {
            repair(directory, fingerprint);
            Ok(match try_open(directory, fingerprint)? {
                Some(Err(error)) => Found::Damaged(damage(error)),
                Some(Ok(found)) => found,
                None => Found::Nothing,
            })
        }
        Some(Err(error)) => Ok(Found::Damaged(damage(error))),
        Some(Ok(found)) => Ok(found),
        None => Ok(Found::Nothing),
    }
}

/// Opens the full text alone, which is enough to search what is indexed.
pub(crate) fn searcher(
    directory: &Path,
    fingerprint: &str,
) -> Result<Option<(Generation, Searcher)>> {
    let _gate = Gate::read(directory)?;
    let Current::Ready(generation) = generation::current(directory, fingerprint) else {
        return Ok(None);
    };
    let searcher = FullText::open(&generation.fulltext()).and_then(|index| index.searcher());
    Ok(Some((generation, searcher.map_err(damage)?)))
}

fn try_open(directory: &Path, fingerprint: &str) -> Result<Option<Result<Found, CatalogError>>> {
    let _gate = Gate::read(directory)?;
    let Current::Ready(generation) = generation::current(directory, fingerprint) else {
        return Ok(None);
    };
    let (directories, opened) = rayon::join(
        || catalog::directories(&generation.catalog()),
        || open_fulltext(&generation),
    );
    let directories = match directories {
        Ok(directories) => directories,
        Err(error) => return Ok(Some(Err(error))),
    };
    let (fulltext, payload, searcher) = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(Some(Ok(Found::Damaged(damage(error))))),
    };
    let batch = payload.batch;
    let Some(half_done) = half_done(directories.batch, payload) else {
        let error = damage("catalog and full text do not belong together".to_owned());
        return Ok(Some(Ok(Found::Damaged(error))));
    };
    Ok(Some(Ok(Found::Index(Box::new(Snapshot {
        generation,
        directories,
        fulltext,
        searcher,
        half_done,
        batch,
    })))))
}

fn open_fulltext(generation: &Generation) -> Result<(FullText, Payload, Searcher), TantivyError> {
    let fulltext = FullText::open(&generation.fulltext())?;
    let payload = fulltext.payload()?;
    let searcher = fulltext.searcher()?;
    Ok((fulltext, payload, searcher))
}

/// Returns the entries of the batch that is in the full text and not in the catalog. `None`: they
/// are further apart than one batch, which no kill can do, or nobody knows which entries.
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
fn repair(directory: &Path, fingerprint: &str) {
    if let Ok(_gate) = Gate::write(directory)
        && let Current::Ready(generation) = generation::current(directory, fingerprint)
    {
        let _ = catalog::create_or_repair(&generation.catalog());
    }
}

impl Snapshot {
    /// Returns whether another process has written a batch since this was opened.
    pub fn is_outdated(&self, directory: &Path, fingerprint: &str) -> bool {
        match generation::current(directory, fingerprint) {
            Current::Ready(generation) if generation == self.generation => {}
            _ => return true,
        }
        let payload = self.fulltext.payload();
        payload.map_or(true, |payload| payload.batch != self.batch)
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
