//! Brings the index up to date.

use super::apply::{Applied, Applier, KnownEntries};
use super::catalog;
use super::catalog::{CatalogError, Known};
use super::compare::{Changes, compare_tree};
use super::disk_sink::{DiskSink, is_without_threads};
use super::fulltext::writer::Load;
use super::fulltext::{FullText, Payload, TantivyError, Writer};
use super::generation::{self, Current, Generation};
use super::locks::{Gate, WriterLock};
use super::snapshot::{self, EntryList, FoundSnapshot, SegmentList, Snapshot, opening_error};
use super::suspects::{RestlessList, Suspects, WatchedChanges};
use super::view::View;
use super::{Index, Report, Summary, damage_error, place};
use crate::error::{Error, Kind, Result};
use crate::kb::system_nanoseconds;
use crate::kb::walk::Walker;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// Up to this much Markdown to read is little, and from the other on it is much.
const LITTLE: u64 = 2 << 20;
const MUCH: u64 = 12 << 20;
/// The most entries that a commit lists by name. A kill in the middle of a larger one leads to a
/// rebuild.
const MOST_LISTED: usize = 10_000;

/// Why nothing was written.
enum Unwritten {
    /// Another process writes.
    Busy,
    /// The disk is full, read-only, or the index is damaged.
    Failed(Error),
}

impl Unwritten {
    /// Logs why the answer comes from memory.
    fn log(&self) {
        match self {
            Unwritten::Busy => {
                tracing::info!("another process writes the index: reading in memory")
            }
            Unwritten::Failed(error) => {
                tracing::warn!(%error, "the index cannot be written: reading in memory");
            }
        }
    }
}

impl Index<'_> {
    /// Opens a view of the KB as it is now.
    pub(super) fn refresh(&self, report: Report<'_>) -> Result<View> {
        let start = system_nanoseconds();
        let mut view = self.refresh_view(report)?;
        if let Some(resident) = self.resident
            && view.entries.changed.is_empty()
            && !view.stale
        {
            view.use_section_cache(&resident.sections, start);
            view.use_answers(&resident.answers);
        }
        Ok(view)
    }

    fn refresh_view(&self, report: Report<'_>) -> Result<View> {
        if !self.kb.exists() {
            return Ok(View::empty());
        }
        self.kb.recover();
        let walker = Walker::new(self.kb)?;
        let Some(directory) = place::prepare_directory(self.kb) else {
            let directory = place::index_directory(self.kb);
            tracing::info!(directory = %directory.display(), "the index cannot be kept here");
            return self.view_without_writing(&walker, &directory, report);
        };
        let mut snapshot = match self.open_snapshot(&directory) {
            Err(error) if is_busy(&error) => {
                return self.view_without_index(&walker, &error, report);
            }
            Err(error) => return Err(error),
            Ok(FoundSnapshot::Index(snapshot)) => *snapshot,
            Ok(FoundSnapshot::Nothing) => return self.build(&walker, &directory, report),
            Ok(FoundSnapshot::Damaged(error)) => {
                tracing::warn!(%error, "the index is built anew");
                return self.build(&walker, &directory, report);
            }
        };
        let changes = self.compare(&walker, Some(&snapshot))?;
        if is_of_another_place(&snapshot, &changes) {
            return self.build(&walker, &directory, report);
        }
        if changes.is_empty() && snapshot.half_done.is_empty() {
            snapshot.verified = changes.mark;
            return Ok(self.view_of(&directory, snapshot));
        }
        match self.write(&walker, &directory, snapshot, changes, report) {
            Ok((view, _)) => Ok(view),
            Err(Unwritten::Failed(error))
                if !is_without_threads(&error)
                    && !is_busy(&error)
                    && place::has_room(&directory) =>
            {
                tracing::warn!(%error, "the index is built anew");
                self.build(&walker, &directory, report)
            }
            Err(unwritten) => {
                unwritten.log();
                self.view_without_writing(&walker, &directory, report)
            }
        }
    }

    /// Opens a view of what is indexed, and of what changed since, in memory.
    fn view_without_writing(
        &self,
        walker: &Walker,
        directory: &Path,
        report: Report<'_>,
    ) -> Result<View> {
        let snapshot = match self.open_snapshot(directory) {
            Err(error) if is_busy(&error) => {
                return self.view_without_index(walker, &error, report);
            }
            Ok(FoundSnapshot::Index(snapshot)) => Some(*snapshot),
            _ => None,
        };
        self.view_from_memory(walker, directory, snapshot, report)
    }

    /// Opens a view of what the files hold, in memory, because the index is locked.
    fn view_without_index(
        &self,
        walker: &Walker,
        locked: &Error,
        report: Report<'_>,
    ) -> Result<View> {
        let locked = locked.message();
        self.kb
            .warn(format!("{locked}; the answer is made without the index"));
        self.view_from_memory(walker, Path::new(""), None, report)
    }

    /// Opens a view without looking at the Markdown; only where there is no index yet, it is built,
    /// and where it is locked, the Markdown is read.
    pub(super) fn as_indexed(&self, report: Report<'_>) -> Result<View> {
        match self.open_as_indexed() {
            Ok(Some(view)) => Ok(view),
            Ok(None) => self.refresh(report),
            Err(error) if is_busy(&error) => {
                self.view_without_index(&Walker::new(self.kb)?, &error, report)
            }
            Err(error) => Err(error),
        }
    }

    /// Opens a view of the index on disk, if there is one.
    fn open_as_indexed(&self) -> Result<Option<View>> {
        let directory = place::index_directory(self.kb);
        if self.resident.is_some()
            && directory.exists()
            && let FoundSnapshot::Index(snapshot) = self.open_snapshot(&directory)?
        {
            return Ok(Some(self.view_of(&directory, *snapshot)));
        }
        let found = if directory.exists() {
            snapshot::open_searcher(&directory, &self.fingerprint)?
        } else {
            None
        };
        let Some((generation, searcher)) = found else {
            return Ok(None);
        };
        let mut view = View::empty();
        view.add(&searcher, Vec::new());
        view.entries.catalog = Some((directory, generation));
        Ok(Some(view))
    }

    /// Opens a view of an index built from nothing, on disk or else in memory.
    pub(super) fn refresh_anew(&self, report: Report<'_>) -> Result<View> {
        let walker = Walker::new(self.kb)?;
        match place::prepare_directory(self.kb) {
            Some(directory) => self.build(&walker, &directory, report),
            None => self.view_from_memory(&walker, Path::new(""), None, report),
        }
    }

    /// What `mx index` does: like a refresh, but what keeps the index from being written is an
    /// error here.
    pub(super) fn update_on_disk(&self, report: Report<'_>, anew: bool) -> Result<Summary> {
        let walker = Walker::new(self.kb)?;
        let Some(directory) = place::prepare_directory(self.kb) else {
            let directory = place::index_directory(self.kb);
            let message = format!("cannot write the index in {}", directory.display());
            return Err(Error::failed(message)
                .with_hint("searching works without; set MEMEX_INDEX_ROOT to keep it elsewhere"));
        };
        let found = if anew {
            FoundSnapshot::Nothing
        } else {
            self.open_snapshot(&directory)?
        };
        let (written, rebuilt) = match found {
            FoundSnapshot::Index(snapshot) => {
                if let Some(file) = snapshot
                    .fulltext
                    .damaged_files()
                    .map_err(damage_error)?
                    .first()
                {
                    return Err(damage_error(format!("checksum of {file} does not match")));
                }
                let changes = self.compare(&walker, Some(&snapshot))?;
                let written = self.write(&walker, &directory, *snapshot, changes, report);
                (written, false)
            }
            FoundSnapshot::Nothing | FoundSnapshot::Damaged(_) => {
                (self.write_anew(&walker, &directory, report), true)
            }
        };
        let (view, applied) = written.map_err(|error| busy_or(error, &directory))?;
        Ok(Summary {
            entries: view.files()?,
            sections: view.sections(),
            added: applied.added,
            changed: applied.changed,
            removed: applied.removed,
            bytes: applied.bytes,
            rebuilt,
        })
    }

    /// Asks the watch of the files what changed since a snapshot was verified.
    fn see_changes(&self, snapshot: Option<&Snapshot>) -> Option<WatchedChanges> {
        let watch = self.resident?.watch.as_ref()?;
        let whole = snapshot.filter(|snapshot| snapshot.half_done.is_empty());
        let since = whole.and_then(|snapshot| snapshot.verified);
        watch.see_changes(self.kb.root(), since)
    }

    /// Compares the tree with a snapshot. What cannot be looked at is reported beside the answer.
    pub(super) fn compare(&self, walker: &Walker, snapshot: Option<&Snapshot>) -> Result<Changes> {
        let seen = self.see_changes(snapshot);
        let now = system_nanoseconds();
        let compared = match snapshot {
            None => compare_tree(walker, &Known::new(), now, &HashSet::new(), None),
            Some(snapshot) => {
                let known = &snapshot.directories.records;
                let changed = seen.as_ref().and_then(|seen| seen.changed.as_ref());
                let suspects = changed.map(|paths| Suspects::new(paths, snapshot.restless()));
                let distrust = &snapshot.half_done;
                match compare_tree(walker, known, now, distrust, suspects.as_ref()) {
                    // Its other name may lie in any directory, which was not looked at.
                    Ok(changes) if suspects.is_some() && changes.has_new_names() => {
                        compare_tree(walker, known, now, distrust, None)
                    }
                    compared => compared,
                }
            }
        };
        let mut changes = compared.map_err(damage_error)?;
        changes.mark = seen.map(|seen| seen.mark);
        for (path, cause) in &changes.unreadable {
            let path = walker.absolute(path);
            self.kb.warn(format!(
                "cannot read the directory {}: {cause}; of what is in it, the answer holds what was \
                 indexed before",
                path.display()
            ));
        }
        Ok(changes)
    }

    fn build(&self, walker: &Walker, directory: &Path, report: Report<'_>) -> Result<View> {
        match self.write_anew(walker, directory, report) {
            Ok((view, _)) => Ok(view),
            Err(unwritten) => {
                unwritten.log();
                self.view_without_writing(walker, directory, report)
            }
        }
    }

    /// Opens the index on disk if it is of any use.
    pub(super) fn readable(&self, directory: &Path) -> Option<Snapshot> {
        match self.open_snapshot(directory) {
            Ok(FoundSnapshot::Index(snapshot)) => Some(*snapshot),
            _ => None,
        }
    }

    fn write(
        &self,
        walker: &Walker,
        directory: &Path,
        mut snapshot: Snapshot,
        mut changes: Changes,
        report: Report<'_>,
    ) -> Result<(View, Applied), Unwritten> {
        let _lock = take_lock(directory, "refresh")?;
        let outdated = snapshot.is_outdated(directory, &self.fingerprint);
        if outdated.map_err(Unwritten::Failed)? {
            // Another process wrote since the snapshot was opened: what it did is not done again.
            snapshot = match self.open_snapshot(directory) {
                Ok(FoundSnapshot::Index(snapshot)) => *snapshot,
                Ok(_) => return Err(Unwritten::Failed(damage_error("it was replaced"))),
                Err(error) => return Err(Unwritten::Failed(error)),
            };
            changes = self
                .compare(walker, Some(&snapshot))
                .map_err(Unwritten::Failed)?;
        }
        let failure = snapshot.fulltext.failure();
        self.write_changes(walker, directory, snapshot, changes, report)
            .map_err(|error| place::name_cause(directory, failure.name(error)))
            .map_err(Unwritten::Failed)
    }

    fn write_changes(
        &self,
        walker: &Walker,
        directory: &Path,
        mut snapshot: Snapshot,
        changes: Changes,
        report: Report<'_>,
    ) -> Result<(View, Applied)> {
        let before = snapshot.revision;
        let known = snapshot
            .known_entries(directory, &changes)?
            .ok_or_else(|| damage_error("it was replaced"))?;
        let mark = changes.mark;
        let sink = DiskSink::new(&snapshot.fulltext, writer_load(&changes));
        let half_done = &snapshot.half_done;
        if !half_done.is_empty() {
            let writer = sink.writer()?;
            let searcher = snapshot.newest_searcher()?;
            let deleted = writer.delete_entries(&searcher, half_done);
            deleted.map_err(damage_error)?;
        }
        let mut applied = Applier {
            walker,
            zone: self.kb.zone(),
            known: &known,
            forgotten: half_done,
            sink: &sink,
            report,
        }
        .apply(changes)?;
        match sink.into_writer()? {
            Some(writer) => {
                applied.touched.extend(half_done);
                commit_changes(directory, &mut snapshot, writer, &mut applied)?;
            }
            None => {
                let gate = Gate::write(directory)?;
                let path = snapshot.generation.catalog();
                catalog::write_update(&path, &applied.update)
                    .map_err(|cause| unwritable_catalog(&path, cause))?;
                snapshot.set_revision(gate.revision());
            }
        }
        if let Some(resident) = self.resident {
            let revisions = (before, snapshot.revision);
            let sections = &resident.sections;
            sections.move_on(&snapshot.generation, revisions, &applied.touched);
        }
        update_tree(
            Arc::make_mut(&mut snapshot.directories.records),
            &mut applied,
        );
        snapshot.half_done.clear();
        snapshot.set_verified(mark);
        Ok((self.view_of(directory, snapshot), applied))
    }

    /// Builds a complete index beside what there is, and puts it in force.
    fn write_anew(
        &self,
        walker: &Walker,
        directory: &Path,
        report: Report<'_>,
    ) -> Result<(View, Applied), Unwritten> {
        let _lock = take_lock(directory, "rebuild")?;
        if let Current::Ready(current) =
            generation::current_generation(directory, &self.fingerprint)
        {
            // What killed rebuilds left.
            generation::remove_others(directory, &current);
        }
        let generation = Generation::at(directory, generation::next_number(directory));
        let built = self.fill(walker, directory, &generation, report);
        let built = built.map_err(|error| place::name_cause(directory, error));
        if built.is_err() {
            let _ = std::fs::remove_dir_all(&generation.directory);
        }
        let (snapshot, applied) = built.map_err(Unwritten::Failed)?;
        generation::remove_others(directory, &generation);
        Ok((self.view_of(directory, snapshot), applied))
    }

    fn fill(
        &self,
        walker: &Walker,
        directory: &Path,
        generation: &Generation,
        report: Report<'_>,
    ) -> Result<(Snapshot, Applied)> {
        let place = generation.fulltext();
        let fulltext = FullText::create(&place).map_err(|e| unwritable_index(&place, e))?;
        let failure = fulltext.failure();
        self.fill_both(walker, directory, (generation, fulltext), report)
            .map_err(|error| failure.name(error))
    }

    fn fill_both(
        &self,
        walker: &Walker,
        directory: &Path,
        (generation, fulltext): (&Generation, FullText),
        report: Report<'_>,
    ) -> Result<(Snapshot, Applied)> {
        let changes = self.compare(walker, None)?;
        let mark = changes.mark;
        let sink = DiskSink::new(&fulltext, writer_load(&changes));
        sink.writer()?;
        let mut applied = Applier {
            walker,
            zone: self.kb.zone(),
            known: &KnownEntries::new(),
            forgotten: &HashSet::new(),
            sink: &sink,
            report,
        }
        .apply(changes)?;
        applied.update.batch = 1;
        commit_first(generation, &fulltext, sink.into_writer()?, &applied)?;
        let revision = {
            let gate = Gate::write(directory)?;
            generation::swap_generation(directory, generation, &self.fingerprint)?;
            gate.revision()
        };
        let mut records = Known::new();
        update_tree(&mut records, &mut applied);
        let searcher = fulltext.searcher();
        let searcher = searcher.map_err(|e| opening_error(&generation.fulltext(), &e))?;
        let snapshot = Snapshot {
            generation: generation.clone(),
            directories: catalog::Directories {
                batch: 1,
                records: Arc::new(records),
            },
            searcher,
            segments: SegmentList::default(),
            fulltext,
            half_done: HashSet::new(),
            revision,
            entries: EntryList::default(),
            verified: mark,
            restless: RestlessList::default(),
        };
        keep_lengths(&snapshot)?;
        Ok((snapshot, applied))
    }
}

/// Commits what was applied to an index that is in force, and lets the snapshot see it.
fn commit_changes(
    directory: &Path,
    snapshot: &mut Snapshot,
    writer: Writer,
    applied: &mut Applied,
) -> Result<()> {
    // What a killed writer left half done is part of this batch, which takes the place of its own:
    // however many are killed in turn, the full text is one batch ahead.
    applied.update.batch = snapshot.directories.batch + 1;
    let revision = commit_batch(directory, &snapshot.generation, writer, applied)?;
    snapshot.directories.batch = applied.update.batch;
    snapshot.set_revision(revision);
    let searcher = snapshot.newest_searcher()?;
    snapshot.set_searcher(searcher);
    keep_lengths(snapshot)
}

/// Commits a generation that no process reads yet, so that the order of the two stores does not matter.
fn commit_first(
    generation: &Generation,
    fulltext: &FullText,
    writer: Option<Writer>,
    applied: &Applied,
) -> Result<()> {
    let (place, catalog) = (generation.fulltext(), generation.catalog());
    let commit = |writer| commit_text(fulltext, writer, applied, &place);
    let (text, rows) = rayon::join(
        || writer.map_or(Ok(()), commit),
        || {
            catalog::write_update(&catalog, &applied.update)
                .and_then(|()| catalog::compact_catalog(&catalog))
        },
    );
    text?;
    rows.map_err(|cause| unwritable_catalog(&catalog, cause))
}

/// Returns whether the index was made of another directory, which was copied or came with a
/// repository: nothing in it describes the files here.
fn is_of_another_place(snapshot: &Snapshot, changes: &Changes) -> bool {
    let known = snapshot.directories.records.get("");
    let known = known.and_then(|root| root.view().ok());
    match (known, changes.directories.get("")) {
        (Some(known), Some(found)) => known.state.inode() != found.state.inode(),
        _ => false,
    }
}

/// Returns whether another process holds a lock for too long.
fn is_busy(error: &Error) -> bool {
    error.kind() == Kind::Busy
}

fn take_lock(directory: &Path, operation: &str) -> Result<WriterLock, Unwritten> {
    match WriterLock::try_take(directory, operation) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(Unwritten::Busy),
        Err(error) => Err(Unwritten::Failed(error)),
    }
}

fn busy_or(error: Unwritten, directory: &Path) -> Error {
    match error {
        Unwritten::Failed(error) => error,
        Unwritten::Busy => {
            let holder = WriterLock::holder(directory).unwrap_or_else(|| "another process".into());
            Error::busy(format!(
                "{holder} is writing the index in {}",
                directory.display()
            ))
            .with_hint("try again when it is done; searching works meanwhile")
        }
    }
}

fn unwritable_index(place: &Path, error: TantivyError) -> Error {
    Error::failed(format!("cannot write {}: {error}", place.display())).with_source(error)
}

/// Where the disk failed, the index is not damaged.
fn unwritable_catalog(path: &Path, error: CatalogError) -> Error {
    match error.into_io() {
        Ok(cause) => Error::io("write", path, cause),
        Err(other) => damage_error(other),
    }
}

fn writer_load(changes: &Changes) -> Load {
    match changes.bytes() {
        ..LITTLE => Load::Few,
        LITTLE..MUCH => Load::Some,
        _ => Load::Many,
    }
}

/// Commits full text and catalog, in this order, with the gate closed to readers. Returns the
/// revision of the index then.
fn commit_batch(
    directory: &Path,
    generation: &Generation,
    mut writer: Writer,
    applied: &Applied,
) -> Result<u64> {
    let place = generation.fulltext();
    let visible = |commit: &mut dyn FnMut() -> Result<(), TantivyError>| -> Result<u64> {
        let gate = Gate::write(directory)?;
        commit().map_err(|e| unwritable_index(&place, e))?;
        let catalog = generation.catalog();
        catalog::write_update(&catalog, &applied.update)
            .map_err(|cause| unwritable_catalog(&catalog, cause))?;
        Ok(gate.revision())
    };
    let committed = writer.commit(&batch_payload(applied), visible);
    let revision = committed.map_err(|e| unwritable_index(&place, e))??;
    writer.finish().map_err(|e| unwritable_index(&place, e))?;
    Ok(revision)
}

/// Commits the full text of a generation that no process reads yet.
fn commit_text(
    fulltext: &FullText,
    mut writer: Writer,
    applied: &Applied,
    place: &Path,
) -> Result<()> {
    let committed = writer.commit(&batch_payload(applied), |commit| commit());
    let finished = committed
        .and_then(|done| done)
        .and_then(|()| writer.finish())
        .and_then(|()| Writer::merge_smallest(fulltext));
    finished.map_err(|e| unwritable_index(place, e))
}

/// Keeps how long the texts of the segments are, so that searches need not count.
fn keep_lengths(snapshot: &Snapshot) -> Result<()> {
    let place = snapshot.generation.fulltext();
    let kept = snapshot.fulltext.keep_lengths(&place, &snapshot.searcher);
    kept.map_err(damage_error)
}

fn batch_payload(applied: &Applied) -> Payload {
    let entries = &applied.touched;
    Payload {
        batch: applied.update.batch,
        entries: (entries.len() <= MOST_LISTED).then(|| entries.clone()),
    }
}

/// Brings the directories in memory to what was written into the catalog.
pub(super) fn update_tree(tree: &mut Known, applied: &mut Applied) {
    for (path, record) in std::mem::take(&mut applied.update.directories) {
        match record {
            Some(record) => drop(tree.insert(path, record)),
            None => drop(tree.remove(&path)),
        }
    }
}
