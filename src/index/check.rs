//! Verifies the index against the Markdown.

use super::apply::{MOST_OF_A_FILE, content_hash};
use super::catalog::{self, IndexedEntry};
use super::fulltext::{FullText, SectionIds};
use super::generation::Generation;
use super::key::entry_key;
use super::locks::Gate;
use super::prepare::prepare_entry;
use super::snapshot::{self, FoundSnapshot, Snapshot};
use super::{Index, Progress, Report, damage_error, guard_damage, is_damage, place};
use crate::error::{Error, Hint, Result};
use crate::kb::system_nanoseconds;
use crate::kb::walk::{Walker, join};
use crate::markdown;
use crate::model::EntryPath;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries compared.
    pub entries: u64,
    /// Sections compared.
    pub sections: u64,
    /// Entries that have changed, come or gone since they were indexed. That is no difference: the
    /// next search takes them in.
    pub pending: u64,
    /// Differences, sorted by path.
    pub differences: Vec<Difference>,
}

/// One difference between index and Markdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The entry; `None` where the index as a whole is meant.
    pub path: Option<EntryPath>,
    /// What differs, lower-case, without a full stop.
    pub reason: String,
}

/// Entries of the catalog, by key.
type Entries = HashMap<u64, IndexedEntry>;

/// Files as they were indexed, by key.
type IndexedFiles = HashMap<u64, IndexedFile>;

struct IndexedFile {
    /// Hash of the content.
    hash: [u8; 16],
    /// When it was modified, in seconds since 1970.
    modified: i64,
}

impl Index<'_> {
    /// Reads all Markdown and compares it with what the catalog and the full text hold, and
    /// verifies the checksums of both. Changes nothing.
    ///
    /// # Errors
    ///
    /// There is no index, or the Markdown cannot be read. A damaged index is a difference.
    pub fn check(&self) -> Result<CheckReport> {
        match guard_damage(|| self.check_all(self.report)) {
            Err(error) if is_damage(&error) => {
                // A catalog that cannot be put in order because the disk is full is not damaged.
                place::check_room(&place::index_directory(self.kb))?;
                Ok(whole_report(error.message()))
            }
            result => result,
        }
    }

    fn check_all(&self, report: Report<'_>) -> Result<CheckReport> {
        let directory = place::index_directory(self.kb);
        let walker = Walker::new(self.kb)?;
        let snapshot = match snapshot::open_snapshot(&directory, &self.fingerprint)? {
            FoundSnapshot::Index(snapshot) => snapshot,
            FoundSnapshot::Damaged(error) => return Err(error),
            FoundSnapshot::Nothing => {
                let message = format!("no index in {}", directory.display());
                return Err(Error::not_found(message).with_hint(
                    Hint::from("build it with `")
                        .then(Hint::command("index"))
                        .then("`"),
                ));
            }
        };
        let mut found = CheckReport::default();
        found.integrity(&directory, &snapshot)?;
        let entries = all_entries(&directory, &snapshot.generation)?;
        let sections = FullText::section_ids(&snapshot.searcher).map_err(damage_error)?;
        let indexed = indexed_files(&snapshot)?;
        let stores = (&entries, &sections);
        self.compare_entries(&walker, &indexed, stores, &mut found, report)?;
        found.differences.sort();
        Ok(found)
    }

    fn compare_entries(
        &self,
        walker: &Walker,
        indexed: &IndexedFiles,
        (entries, sections): (&Entries, &SectionIds),
        found: &mut CheckReport,
        report: Report<'_>,
    ) -> Result<()> {
        let now = system_nanoseconds();
        let tree =
            super::compare::compare_tree(walker, &BTreeMap::new(), now, &HashSet::new(), None)
                .map_err(damage_error)?;
        let mut expected = BTreeSet::new();
        let mut progress = Progress {
            total: tree.read.len() as u64,
            ..Progress::default()
        };
        for file in &tree.read {
            progress.done += 1;
            let Ok((bytes, _)) = walker.read(&file.path, file.link, MOST_OF_A_FILE) else {
                continue;
            };
            progress.bytes += bytes.len() as u64;
            report(progress);
            let key = entry_key(&file.path);
            expected.insert(key);
            found.entries += 1;
            let same = indexed.get(&key);
            let same = same.filter(|indexed| indexed.hash == content_hash(&bytes));
            let Some(IndexedFile { modified, .. }) = same else {
                found.pending += 1;
                continue;
            };
            let path = EntryPath::from_walk(file.path.clone());
            let ids = self.section_ids(&path, &bytes, *modified);
            found.sections += ids.len() as u64;
            let known = entries.get(&key);
            let is_touched = file.state.modified.div_euclid(1_000_000_000) != *modified;
            let counts = known.is_some_and(|known| known.record.timeless);
            found.pending += u64::from(is_touched && counts);
            let known = known.map(|known| &known.sections);
            found.compare(&path, "catalog", known, &ids);
            found.compare(&path, "full text", sections.get(&key), &ids);
        }
        // Those that are gone, and were indexed as they should.
        let gone = indexed.keys().filter(|key| !expected.contains(key));
        found.pending += gone.count() as u64;
        expected.extend(indexed.keys());
        found.add_unexpected("catalog", entries.keys(), &expected);
        found.add_unexpected("full text", sections.keys(), &expected);
        Ok(())
    }

    /// Returns the ids of the sections that a file is to have in the index.
    fn section_ids(&self, path: &EntryPath, bytes: &[u8], modified: i64) -> Vec<u64> {
        let text = markdown::decode_text(bytes);
        let document = markdown::parse_entry(path, &text, self.kb.zone());
        let prepared = prepare_entry(path, &text, &document, modified);
        let mut ids: Vec<u64> = prepared.sections.iter().map(|s| s.id).collect();
        ids.sort_unstable();
        ids
    }
}

fn indexed_files(snapshot: &Snapshot) -> Result<IndexedFiles> {
    let mut files = IndexedFiles::new();
    for (directory, stored) in snapshot.directories.records.iter() {
        let record = stored.read().map_err(damage_error)?;
        let readable = record.files.iter().filter(|file| file.unreadable.is_none());
        files.extend(readable.map(|file| {
            let indexed = IndexedFile {
                hash: file.hash,
                modified: file.state.modified_seconds(),
            };
            (entry_key(&join(directory, &file.name)), indexed)
        }));
    }
    Ok(files)
}

fn whole_report(reason: &str) -> CheckReport {
    let mut report = CheckReport::default();
    report.add(None, reason.to_owned());
    report
}

fn all_entries(directory: &Path, generation: &Generation) -> Result<Entries> {
    let _gate = Gate::read(directory)?;
    catalog::read_entry_records(&generation.catalog()).map_err(damage_error)
}

impl CheckReport {
    fn add(&mut self, path: Option<&str>, reason: String) {
        let path = path.map(|path| EntryPath::from_walk(path.to_owned()));
        self.differences.push(Difference { path, reason });
    }

    fn integrity(&mut self, directory: &Path, snapshot: &Snapshot) -> Result<()> {
        for file in snapshot.fulltext.damaged_files().map_err(damage_error)? {
            self.add(None, format!("checksum of {file} does not match"));
        }
        let _gate = Gate::write(directory)?;
        if !catalog::verify_catalog(&snapshot.generation.catalog()).map_err(damage_error)? {
            self.add(None, "the catalog's structure is damaged".into());
        }
        if !snapshot.half_done.is_empty() {
            self.add(
                None,
                "a writer was killed half-way; the next search mends it".into(),
            );
        }
        Ok(())
    }

    /// Adds how many entries of a store should not be in it.
    fn add_unexpected<'a>(
        &mut self,
        store: &str,
        keys: impl Iterator<Item = &'a u64>,
        expected: &BTreeSet<u64>,
    ) {
        let count = keys.filter(|key| !expected.contains(key)).count();
        if count > 0 {
            let message = format!("{count} entries in the {store} are not on disk");
            self.add(None, message);
        }
    }

    fn compare(&mut self, path: &EntryPath, store: &str, found: Option<&Vec<u64>>, ids: &[u64]) {
        let reason = match found {
            None => format!("is missing from the {store}"),
            Some(found) if found != ids => format!(
                "differs in the {store}: {} sections there, {} on disk",
                found.len(),
                ids.len()
            ),
            Some(_) => return,
        };
        self.add(Some(path.as_str()), reason);
    }
}
