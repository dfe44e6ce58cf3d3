//! Turns differences between tree and catalog into changes of catalog and full text.
//!
//! The same code serves a refresh, a rebuild and the answer from memory: they differ only in the
//! [`Sink`] that takes the changes of the full text.

use super::catalog::{EntryChange, FileRecord, IndexedEntry, StoredDirectory, StoredEntry, Update};
use super::compare::{Changes, FileToRead};
use super::key::entry_key;
use super::prepare::{Prepared, SectionDocument, Shared, prepare_entry};
use super::{Progress, Report, damage_error};
use crate::error::Result;
use crate::kb::system_nanoseconds;
use crate::kb::walk::Walker;
use crate::markdown;
use crate::model::{Document, EntryPath, Problem, Zone};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

/// The most of one file that is read for searching: 32 MiB. What lies behind is not found by
/// search, and `mx doctor` says so.
pub(crate) const MOST_OF_A_FILE: u64 = 32 << 20;

/// Files that a thread takes before another may take some of the rest. Files of one kind lie next to each
/// other, and large ones too: an even share for each thread leaves one with most of the work.
const FILES_AT_ONCE: usize = 32;

/// Takes the changes of the full text, from several threads at once.
pub(crate) trait Sink: Sync {
    /// Adds a section.
    fn add(&self, shared: &Shared, section: &SectionDocument<'_>) -> Result<()>;
    /// Deletes a section that was there before.
    fn delete(&self, id: u64) -> Result<()>;
}

/// Entries as the catalog knows them, by path.
pub(crate) type KnownEntries = BTreeMap<String, IndexedEntry>;

/// What has been done.
#[derive(Default)]
pub(crate) struct Applied {
    /// What the catalog has to record.
    pub update: Update,
    /// Keys of the entries whose sections in the full text changed.
    pub touched: Vec<u64>,
    /// Entries that are new.
    pub added: u64,
    /// Entries that changed.
    pub changed: u64,
    /// Entries that are gone.
    pub removed: u64,
    /// Bytes of Markdown read.
    pub bytes: u64,
}

/// What is needed to apply changes.
pub(crate) struct Applier<'a> {
    pub walker: &'a Walker,
    pub zone: Zone,
    /// What the catalog knows of the entries that are to be read or are gone.
    pub known: &'a KnownEntries,
    /// Entries, by key, of which the full text holds nothing whatever the catalog says.
    pub forgotten: &'a HashSet<u64>,
    pub sink: &'a dyn Sink,
    pub report: Report<'a>,
}

/// What became of one file.
struct PreparedChanges {
    record: FileRecord,
    entry: StoreChange,
    bytes: u64,
}

enum StoreChange {
    /// The index already says what the file says.
    None,
    /// It is not readable, and was not indexed before.
    Absent,
    /// What was indexed of it is gone.
    Removed,
    Written {
        key: u64,
        stored: StoredEntry,
    },
}

impl Applier<'_> {
    /// Reads the files that may have changed and sends what did to the sink.
    pub fn apply(&self, mut changes: Changes) -> Result<Applied> {
        let done = AtomicU64::new(0);
        let bytes = AtomicU64::new(0);
        let total = changes.read.len() as u64;
        let outcomes: Vec<PreparedChanges> = changes
            .read
            .par_iter()
            .with_max_len(FILES_AT_ONCE)
            .map(|file| {
                let outcome = self.file(file)?;
                (self.report)(Progress {
                    done: done.fetch_add(1, Ordering::Relaxed) + 1,
                    total,
                    bytes: bytes.fetch_add(outcome.bytes, Ordering::Relaxed) + outcome.bytes,
                });
                Ok(outcome)
            })
            .collect::<Result<_>>()?;
        let mut applied = Applied::default();
        for path in std::mem::take(&mut changes.removed) {
            self.remove(&path)?;
            applied.note_removed(path);
        }
        for (file, outcome) in std::mem::take(&mut changes.read).into_iter().zip(outcomes) {
            if let Some(directory) = changes.directories.get_mut(&*file.directory) {
                directory.files[file.position] = outcome.record;
            }
            let before = self.known.contains_key(&file.path);
            applied.bytes += outcome.bytes;
            applied.note(file.path, outcome.entry, before);
        }
        let gone = changes.gone.into_iter().map(|path| (path, None));
        let there = changes.directories.into_par_iter();
        let there = there.map(|(path, record)| {
            let stored = StoredDirectory::of(&record).map_err(damage_error)?;
            Ok((path, Some(stored)))
        });
        let there: Vec<_> = there.collect::<Result<_>>()?;
        applied.update.directories = gone.chain(there).collect();
        Ok(applied)
    }

    /// Deletes what the full text holds of an entry.
    fn remove(&self, path: &str) -> Result<()> {
        self.ids(path).try_for_each(|id| self.sink.delete(id))
    }

    /// Returns the ids of the sections that the full text holds of an entry.
    fn ids(&self, path: &str) -> impl Iterator<Item = u64> {
        let known = self.known.get(path).filter(|_| !self.is_forgotten(path));
        known
            .into_iter()
            .flat_map(|known| known.sections.iter().copied())
    }

    fn is_forgotten(&self, path: &str) -> bool {
        !self.forgotten.is_empty() && self.forgotten.contains(&entry_key(path))
    }

    fn file(&self, file: &FileToRead) -> Result<PreparedChanges> {
        // Taken before the read: a change made after it is a change that the next look will see.
        let now = system_nanoseconds();
        let mut record = FileRecord {
            name: file.path.rsplit('/').next().unwrap_or_default().to_owned(),
            link: file.link,
            state: file.state.into(),
            settled: file.state.settled(now),
            hash: [0; 16],
            unreadable: None,
        };
        let (bytes, more) = match self.walker.read(&file.path, file.link, MOST_OF_A_FILE) {
            Ok(read) => read,
            Err(error) => {
                record.unreadable = Some(format!("cannot read: {error}"));
                let known = self.known.contains_key(&file.path);
                self.remove(&file.path)?;
                let entry = if known {
                    StoreChange::Removed
                } else {
                    StoreChange::Absent
                };
                return Ok(PreparedChanges {
                    record,
                    entry,
                    bytes: 0,
                });
            }
        };
        record.hash = content_hash(&bytes);
        let entry = if self.is_indexed(file, &record) {
            StoreChange::None
        } else {
            self.index(file, &record, &bytes, more)?
        };
        Ok(PreparedChanges {
            record,
            entry,
            bytes: bytes.len() as u64,
        })
    }

    /// Returns whether the index already says what the file says: its content is the same, and so
    /// is its time where that matters.
    fn is_indexed(&self, file: &FileToRead, record: &FileRecord) -> bool {
        let (Some(before), Some(known)) = (&file.known, self.known.get(&file.path)) else {
            return false;
        };
        let same_time = before.state.modified_seconds() == record.state.modified_seconds();
        before.unreadable.is_none()
            && before.hash == record.hash
            && before.state.size() == record.state.size()
            && (same_time || !known.record.timeless)
            && !self.is_forgotten(&file.path)
    }

    /// Sends to the sink what is new in an entry, and what is no longer in it.
    fn index(
        &self,
        file: &FileToRead,
        record: &FileRecord,
        bytes: &[u8],
        more: bool,
    ) -> Result<StoreChange> {
        let path = EntryPath::from_walk(file.path.clone());
        let text = markdown::decode_text(bytes);
        let mut document = markdown::parse_entry(&path, &text, self.zone);
        if more || matches!(text, Cow::Owned(_)) {
            note_problems(&mut document, bytes, more);
        }
        let modified = record.state.modified_seconds();
        let prepared = prepare_entry(&path, &text, &document, modified);
        self.send(&prepared)?;
        let mut sections: Vec<u64> = prepared.sections.iter().map(|s| s.id).collect();
        sections.sort_unstable();
        let entry = IndexedEntry {
            record: prepared.record,
            sections,
        };
        Ok(StoreChange::Written {
            key: prepared.shared.key,
            stored: StoredEntry::of(&entry).map_err(damage_error)?,
        })
    }

    fn send(&self, prepared: &Prepared<'_>) -> Result<()> {
        let mut old: HashSet<u64> = self.ids(prepared.shared.path.as_str()).collect();
        for section in &prepared.sections {
            if !old.remove(&section.id) {
                self.sink.add(&prepared.shared, section)?;
            }
        }
        old.into_iter().try_for_each(|id| self.sink.delete(id))
    }
}

fn note_problems(document: &mut Document, bytes: &[u8], more: bool) {
    if markdown::is_utf16(bytes) {
        document.problems.push(Problem {
            line: 0,
            reason: "it is UTF-16, to which nothing is added; save it as UTF-8".into(),
        });
    } else if let Err(error) = std::str::from_utf8(bytes)
        // A limit may cut the last character in two; that is not the file's fault.
        && !(more && error.error_len().is_none())
    {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        document.problems.push(Problem {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            reason: "not UTF-8; the bytes that are not were replaced for searching".into(),
        });
    }
    if more {
        let limit = MOST_OF_A_FILE >> 20;
        document.problems.push(Problem {
            line: 0,
            reason: format!("larger than {limit} MiB; what lies behind is not searched"),
        });
    }
}

impl Applied {
    fn note_removed(&mut self, path: String) {
        self.removed += 1;
        let key = entry_key(&path);
        self.note_change(path, key, None);
    }

    fn note(&mut self, path: String, change: StoreChange, before: bool) {
        match change {
            StoreChange::None | StoreChange::Absent => {}
            StoreChange::Removed => self.note_removed(path),
            StoreChange::Written { key, stored } => {
                if before {
                    self.changed += 1;
                } else {
                    self.added += 1;
                }
                self.note_change(path, key, Some(stored));
            }
        }
    }

    fn note_change(&mut self, path: String, key: u64, stored: Option<StoredEntry>) {
        self.touched.push(key);
        self.update.entries.push(EntryChange { path, key, stored });
    }
}
/// Returns by what a content is known: the first half of its BLAKE3 hash.
pub(super) fn content_hash(bytes: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    half
}
