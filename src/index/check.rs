//! Verifies the index against the Markdown.

use super::apply::MOST_OF_A_FILE;
use super::catalog::{self, EntryRecord};
use super::fulltext::SectionIds;
use super::generation::Generation;
use super::locks::Gate;
use super::prepare::{entry_key, prepare};
use super::snapshot::{self, Found, Snapshot};
use super::{Index, Progress, Report, damage, place};
use crate::error::{Error, Result};
use crate::kb::system_nanoseconds;
use crate::kb::walk::Walker;
use crate::markdown;
use crate::model::EntryPath;
use std::collections::BTreeMap;
use std::path::Path;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries compared.
    pub entries: u64,
    /// Sections compared.
    pub sections: u64,
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

/// Entries of the catalog: record and section ids.
type Entries = BTreeMap<String, (EntryRecord, Vec<u64>)>;

impl Index<'_> {
    /// Reads all Markdown and compares it with what the catalog and the full text hold, and
    /// verifies the checksums of both. Changes nothing.
    ///
    /// # Errors
    ///
    /// There is no index, or the Markdown cannot be read. A damaged index is a difference.
    pub fn check(&self, report: Report<'_>) -> Result<CheckReport> {
        let directory = place::directory(self.kb);
        let walker = Walker::new(self.kb)?;
        let snapshot = match snapshot::open(&directory, &self.fingerprint)? {
            Found::Index(snapshot) => snapshot,
            Found::Damaged(error) => return Ok(whole(error.message())),
            Found::Nothing => {
                let message = format!("no index in {}", directory.display());
                return Err(Error::not_found(message).with_hint("build it with `mx index`"));
            }
        };
        let mut found = CheckReport::default();
        found.integrity(&directory, &snapshot)?;
        let entries = all_entries(&directory, &snapshot.generation)?;
        let sections = snapshot
            .fulltext
            .section_ids(&snapshot.searcher)
            .map_err(damage)?;
        self.compare_entries(&walker, &entries, &sections, &mut found, report);
        found.differences.sort();
        Ok(found)
    }

    fn compare_entries(
        &self,
        walker: &Walker,
        entries: &Entries,
        sections: &SectionIds,
        found: &mut CheckReport,
        report: Report<'_>,
    ) {
        let now = system_nanoseconds();
        let tree = super::compare::compare(walker, &BTreeMap::new(), now, &|_| false);
        let mut expected = std::collections::BTreeSet::new();
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
            expected.insert(entry_key(&file.path));
            found.entries += 1;
            let path = EntryPath::from_walk(file.path.clone());
            let text = String::from_utf8_lossy(&bytes);
            let document = markdown::parse(&text, self.kb.zone());
            let modified = file.state.modified.div_euclid(1_000_000_000);
            let prepared = prepare(&path, &text, &document, modified);
            let mut ids: Vec<u64> = prepared.sections.iter().map(|s| s.id).collect();
            ids.sort_unstable();
            found.sections += ids.len() as u64;
            let known = entries.get(&file.path).map(|(_, ids)| ids);
            found.compare(&path, "catalog", known, &ids);
            found.compare(
                &path,
                "full text",
                sections.get(&entry_key(&file.path)),
                &ids,
            );
        }
        let on_disk = |path: &&String| expected.contains(&entry_key(path));
        for path in entries.keys().filter(|path| !on_disk(path)) {
            found.add(Some(path), "is in the catalog and not on disk".into());
        }
        let orphans = sections
            .keys()
            .filter(|key| !expected.contains(key))
            .count();
        if orphans > 0 {
            let reason = format!("sections of {orphans} entries in the full text are not on disk");
            found.add(None, reason);
        }
    }
}

fn whole(reason: &str) -> CheckReport {
    let mut report = CheckReport::default();
    report.add(None, reason.to_owned());
    report
}

fn all_entries(directory: &Path, generation: &Generation) -> Result<Entries> {
    let _gate = Gate::read(directory)?;
    let path = generation.catalog();
    let records = catalog::entries(&path).map_err(damage)?;
    catalog::sections(&path, records.iter().map(|(path, _)| path.as_str())).map_err(damage)
}

impl CheckReport {
    fn add(&mut self, path: Option<&str>, reason: String) {
        let path = path.map(|path| EntryPath::from_walk(path.to_owned()));
        self.differences.push(Difference { path, reason });
    }

    fn integrity(&mut self, directory: &Path, snapshot: &Snapshot) -> Result<()> {
        for file in snapshot.fulltext.damaged_files().map_err(damage)? {
            self.add(None, format!("checksum of {file} does not match"));
        }
        let _gate = Gate::write(directory)?;
        if !catalog::verify(&snapshot.generation.catalog()).map_err(damage)? {
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
