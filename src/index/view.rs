//! What a query sees: the sections on disk that are still true, and those indexed in memory.

use super::answers::{AnswerAccess, AnswerCache, AnswerMoment};
use super::catalog::{self, DirectoryRecord, IndexedEntry, Known, StoredDirectory, StoredEntry};
use super::fulltext::{IndexFields, Searcher, SegmentId, SegmentView, view_segments};
use super::generation::Generation;
use super::key::entry_key;
use super::locks::Gate;
use super::section_cache::{SectionCache, SectionCacheAccess};
use super::snapshot::EntryList;
use super::{damage_error, fulltext::schema};
use crate::error::Result;
use crate::kb::walk::join;
use crate::model::{Entry, EntryPath};
use std::any::Any;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::Metadata;
use std::path::PathBuf;
use std::sync::Arc;

/// The sections of a KB at one moment.
pub struct View {
    pub(super) segments: Vec<Arc<SegmentView>>,
    pub(super) fields: IndexFields,
    pub(super) stale: bool,
    pub(super) entries: Entries,
    /// The cache of its sections, if there is one.
    pub(super) kept: Option<SectionCacheAccess>,
    /// Answers that are kept, if nothing can change without being seen to.
    pub(super) answers: Option<AnswerAccess>,
    /// Up to which mark of the watch it is what the files hold; `None` if that is not
    /// known, or some may change without being seen to.
    pub(super) mark: Option<u64>,
}

/// Where a view finds its entries.
#[derive(Default)]
pub(super) struct Entries {
    /// Directory of the index and generation, if there is an index on disk.
    pub catalog: Option<(PathBuf, Generation)>,
    /// Its revision.
    pub revision: u64,
    /// Entries that differ from the catalog; `None`: gone.
    pub changed: BTreeMap<String, Option<StoredEntry>>,
    /// Records of sessions in progress that lie outside of the KB.
    pub detached: Vec<Entry>,
    /// Directories and files as they are now, if they were compared with the disk.
    pub tree: Option<Arc<Known>>,
    /// What is known of those in the KB, once that was asked for.
    pub known: EntryList,
}

impl View {
    /// Returns the view of a KB that holds nothing.
    pub(super) fn empty() -> Self {
        View {
            segments: Vec::new(),
            fields: schema::fulltext_schema().1,
            stale: false,
            entries: Entries::default(),
            kept: None,
            answers: None,
            mark: None,
        }
    }

    /// Adds the segments of a searcher.
    pub(super) fn add(&mut self, searcher: &Searcher, masks: Vec<HashSet<u32>>) {
        self.segments.extend(view_segments(searcher, masks));
    }

    /// Returns whether some change of the Markdown could not be taken into account.
    pub fn stale(&self) -> bool {
        self.stale
    }

    /// Returns how many sections there are.
    pub fn sections(&self) -> u64 {
        self.segments.iter().map(|segment| segment.count()).sum()
    }

    /// Lets go of the directories and files, which a search has no use for; a caller that asks reads them anew.
    pub(crate) fn release_tree(&mut self) {
        if self.entries.catalog.is_some() && self.entries.changed.is_empty() {
            self.entries.tree = None;
        }
    }

    /// Returns how many entries there are.
    pub(super) fn files(&self) -> Result<u64> {
        let count = |stored: &StoredDirectory| {
            let view = stored.view().map_err(damage_error)?;
            let files = view.files.iter();
            Ok(files.filter(|file| file.unreadable.is_none()).count() as u64)
        };
        self.stored_tree()?.values().map(count).sum()
    }

    pub(crate) fn segments(&self) -> &[Arc<SegmentView>] {
        &self.segments
    }

    pub(crate) fn fields(&self) -> IndexFields {
        self.fields
    }

    /// Lets the view use what a server keeps of sections, if it is one of an index on disk that was
    /// compared with the files at a time.
    pub(super) fn use_section_cache(&mut self, sections: &Arc<SectionCache>, compared: i64) {
        let Some((_, generation)) = &self.entries.catalog else {
            return;
        };
        let revision = (generation.clone(), self.entries.revision);
        let segments = self.segments.iter();
        let segments = segments.map(|segment| segment.reader.segment_id());
        self.kept = sections.access(revision, segments.collect(), compared);
    }

    /// Lets the view use the answers that are kept of its moment, if it is one of an index on disk
    /// whose files are watched.
    pub(super) fn use_answers(&mut self, kept: &Arc<AnswerCache>) {
        if let (Some((_, generation)), Some(mark)) = (&self.entries.catalog, self.mark) {
            self.answers = Some(AnswerAccess {
                kept: Arc::clone(kept),
                moment: AnswerMoment {
                    generation: generation.clone(),
                    revision: self.entries.revision,
                    mark,
                },
                detached: None,
            });
        }
    }

    /// Answers a question, or takes what was answered before, as long as neither index nor files
    /// have changed. `question` holds all else that the answer depends on, `size` about how many
    /// bytes an answer takes.
    ///
    /// # Errors
    ///
    /// Those of `answer`.
    pub(crate) fn answer_once<T: Clone + Send + Sync + 'static>(
        &self,
        question: impl FnOnce() -> String,
        size: impl Fn(&T) -> usize,
        answer: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        match &self.answers {
            Some(answers) => answers.answer_once(&question(), size, answer),
            None => answer(),
        }
    }

    /// Returns what is kept of sections, which are named by segment and document.
    pub(crate) fn find_cached<T: Any + Send + Sync>(
        &self,
        sections: impl Iterator<Item = (usize, u32)>,
    ) -> Vec<Option<Arc<T>>> {
        let Some(access) = &self.kept else {
            return sections.map(|_| None).collect();
        };
        access.find(sections.map(|section| self.section_on_disk(section)))
    }

    /// Keeps something that was made of a section, whose size is given and whose file was looked at
    /// after it was read.
    pub(crate) fn keep_section<T: Any + Send + Sync>(
        &self,
        section: (usize, u32),
        path: &EntryPath,
        made: (Arc<T>, usize),
        file: &Metadata,
    ) {
        if let Some(access) = &self.kept
            && let Some(section) = self.section_on_disk(section)
        {
            access.keep(section, path, made, file);
        }
    }

    fn section_on_disk(&self, (segment, doc): (usize, u32)) -> Option<(SegmentId, u32)> {
        let known = self.kept.as_ref()?.segments();
        let segment = self.segments.get(segment).filter(|_| segment < known)?;
        Some((segment.reader.segment_id(), doc))
    }

    /// Returns what is known of all entries, sorted by path. What is in the KB is read once, for
    /// all views of its revision.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn entries(&self) -> Result<Arc<Vec<Entry>>> {
        let mut entries = match self.entries.known.get() {
            Some(known) => known.clone(),
            None => {
                let read = Arc::new(self.read_entries()?);
                self.entries.known.get_or_init(|| read).clone()
            }
        };
        if !self.entries.detached.is_empty() {
            let all = Arc::make_mut(&mut entries);
            all.extend(self.entries.detached.iter().cloned());
            all.sort_by(|a, b| a.path.cmp(&b.path));
        }
        Ok(entries)
    }

    fn read_entries(&self) -> Result<Vec<Entry>> {
        let mut records = self.catalog_entries()?;
        let mut found = Vec::new();
        for (directory, record) in &self.tree()? {
            for file in &record.files {
                let path = join(directory, &file.name);
                let known = match self.entries.changed.get(&path) {
                    Some(changed) => changed.as_ref().map(StoredEntry::read).transpose(),
                    None => Ok(records.remove(&entry_key(&path))),
                };
                if let Some(known) = known.map_err(damage_error)? {
                    let path = EntryPath::from_walk(path);
                    found.push(known.record.to_entry(path, file.state));
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    fn catalog_entries(&self) -> Result<HashMap<u64, IndexedEntry>> {
        let Some((directory, generation)) = &self.entries.catalog else {
            return Ok(HashMap::new());
        };
        let _gate = Gate::read(directory)?;
        catalog::read_entry_records(&generation.catalog()).map_err(damage_error)
    }

    /// Returns the directories and files by path.
    fn tree(&self) -> Result<BTreeMap<String, DirectoryRecord>> {
        let stored = self.stored_tree()?;
        let read = stored.iter().map(|(path, stored)| {
            let record = stored.read().map_err(damage_error)?;
            Ok((path.clone(), record))
        });
        read.collect()
    }

    /// Returns the records of the directories by path, read from the catalog if they were not
    /// compared with the disk.
    fn stored_tree(&self) -> Result<Cow<'_, Known>> {
        match (&self.entries.tree, &self.entries.catalog) {
            (Some(tree), _) => Ok(Cow::Borrowed(tree.as_ref())),
            (None, None) => Ok(Cow::Owned(Known::new())),
            (None, Some((directory, generation))) => {
                let _gate = Gate::read(directory)?;
                let found =
                    catalog::read_directory_records(&generation.catalog()).map_err(damage_error)?;
                Ok(Cow::Owned(Arc::unwrap_or_clone(found.records)))
            }
        }
    }

    /// Returns the files that are left out or cannot be read, with the reason, sorted by path.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn left_out(&self) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for (directory, record) in &self.tree()? {
            for (name, reason) in &record.skipped {
                let path = if name == "." {
                    directory.clone()
                } else {
                    join(directory, name)
                };
                found.push((path, reason.clone()));
            }
            for file in &record.files {
                if let Some(reason) = &file.unreadable {
                    found.push((join(directory, &file.name), reason.clone()));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
