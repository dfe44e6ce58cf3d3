//! Answers without writing: what changed is indexed in memory and laid over the index on disk.
//!
//! Other processes may commit meanwhile. The searcher, the directories and the entries that an
//! answer is made of must be of one batch all the same: which sections of an entry are to be
//! added depends on which the searcher holds.

use super::apply::{Applier, KnownEntries};
use super::catalog::Known;
use super::compare::{Changes, FileToRead};
use super::fulltext::segment::section_masks;
use super::key::entry_key;
use super::overlay::Overlay;
use super::refresh::update_tree;
use super::snapshot::Snapshot;
use super::view::View;
use super::{Index, Report, damage_error};
use crate::error::Result;
use crate::kb::walk::Walker;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// The most Markdown that is indexed in memory for one answer: 64 MiB. Beyond that the answer
/// says that it may be stale.
const MOST_IN_MEMORY: u64 = 64 << 20;

/// How often a snapshot is opened anew because another process has committed since.
const REOPENINGS: usize = 3;

/// What changed since a snapshot, and what the snapshot holds of it.
struct Difference {
    changes: Changes,
    known: KnownEntries,
    /// Entries, by key, whose sections in the snapshot do not count.
    forgotten: HashSet<u64>,
    stale: bool,
}

impl Index<'_> {
    /// Opens a view of the KB as it is now, without writing.
    pub(super) fn view_from_memory(
        &self,
        walker: &Walker,
        directory: &Path,
        mut snapshot: Option<Snapshot>,
        report: Report<'_>,
    ) -> Result<View> {
        let overlay = Overlay::new()?;
        for _ in 0..REOPENINGS {
            let changes = self.compare(walker, snapshot.as_ref())?;
            let known = match &snapshot {
                // One that cannot be read was removed, or its writer killed: opening reports it.
                Some(snapshot) => snapshot.known_entries(directory, &changes).unwrap_or(None),
                None => Some(KnownEntries::new()),
            };
            if let Some(known) = known {
                let difference = Difference::of_known(changes, known, snapshot.as_ref());
                let overlaid = (overlay, difference);
                return self.lay_over(walker, directory, snapshot, overlaid, report);
            }
            snapshot = self.readable(directory);
        }
        let changes = self.compare(walker, snapshot.as_ref())?;
        let difference = Difference::of_unknown(changes, snapshot.as_ref());
        self.lay_over(walker, directory, snapshot, (overlay, difference), report)
    }

    fn lay_over(
        &self,
        walker: &Walker,
        directory: &Path,
        snapshot: Option<Snapshot>,
        (overlay, difference): (Overlay, Difference),
        report: Report<'_>,
    ) -> Result<View> {
        let forgotten = difference.forgotten;
        let mut applied = Applier {
            walker,
            zone: self.kb.zone(),
            known: &difference.known,
            forgotten: &forgotten,
            sink: &overlay,
            report,
        }
        .apply(difference.changes)?;
        let (searcher, deleted) = overlay.finish()?;
        let mut view = View::empty();
        let mut tree: Arc<Known> = Arc::default();
        view.stale = difference.stale;
        if let Some(snapshot) = snapshot {
            let hidden = section_masks(&snapshot.searcher, &deleted, &forgotten);
            view.add(&snapshot.searcher, hidden.map_err(damage_error)?);
            view.entries.catalog = Some((directory.to_owned(), snapshot.generation));
            tree = snapshot.directories.records;
        }
        view.add(&searcher, Vec::new());
        update_tree(Arc::make_mut(&mut tree), &mut applied);
        view.entries.tree = Some(tree);
        let changed = applied.update.entries.into_iter();
        view.entries.changed = changed.map(|change| (change.path, change.stored)).collect();
        Ok(view)
    }
}

impl Difference {
    /// Makes the difference where it is known which sections the snapshot holds of what changed.
    fn of_known(mut changes: Changes, known: KnownEntries, snapshot: Option<&Snapshot>) -> Self {
        Difference {
            stale: keep_what_fits(&mut changes),
            changes,
            known,
            forgotten: half_done(snapshot),
        }
    }

    /// Makes the difference where that is not known, since others keep committing: of what changed
    /// nothing in the snapshot counts, and all of it is indexed in memory.
    fn of_unknown(mut changes: Changes, snapshot: Option<&Snapshot>) -> Self {
        let stale = keep_what_fits(&mut changes);
        let mut forgotten = half_done(snapshot);
        forgotten.extend(changes.read.iter().map(|file| entry_key(&file.path)));
        forgotten.extend(changes.removed.iter().map(|path| entry_key(path)));
        Difference {
            changes,
            known: KnownEntries::new(),
            forgotten,
            stale,
        }
    }
}

fn half_done(snapshot: Option<&Snapshot>) -> HashSet<u64> {
    snapshot.map_or_else(HashSet::new, |snapshot| snapshot.half_done.clone())
}

/// Leaves out the oldest of the files to read until the rest fits in memory. Returns whether
/// something was left out.
fn keep_what_fits(changes: &mut Changes) -> bool {
    if changes.bytes() <= MOST_IN_MEMORY {
        return false;
    }
    changes
        .read
        .sort_by_key(|file| std::cmp::Reverse(file.state.modified));
    let mut total = 0;
    let fits = |file: &FileToRead| {
        total += file.state.size;
        total <= MOST_IN_MEMORY
    };
    let keep = changes
        .read
        .iter()
        .map(fits)
        .take_while(|fits| *fits)
        .count();
    changes.read.truncate(keep);
    true
}

#[cfg(test)]
mod tests;
