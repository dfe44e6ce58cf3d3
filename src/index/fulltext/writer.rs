//! Changes the full text: adds and deletes documents, commits them under a batch number.

use super::document::section_document;
use super::open_segments::OpenSegments;
use super::segment::id_filter;
use super::{FullText, IndexFields, Payload};
use crate::index::prepare::{SectionDocument, Shared};
use std::collections::{HashMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;
use tantivy::collector::DocSetCollector;
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::query::RangeQuery;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::{DocId, IndexWriter, Searcher, SegmentReader, TantivyError, Term};

/// How much is going to be written, which decides about threads and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// A few entries: one segment, little memory.
    Few,
    /// As much as fits into one segment, which takes less room on disk than several.
    Some,
    /// More: one segment for each core, or for as many as help.
    Many,
}

/// Memory of a segment before it is written to disk: tantivy's minimum.
const SMALL_ARENA: usize = 15_000_000;
/// The same where there is much to do. Two of them, with all else, stay below 300 MB.
const BULK_ARENA: usize = 40_000_000;
/// More segments at the same time than this do not help, and each costs an arena.
const BULK_SEGMENTS: usize = 2;
/// Segments below this many documents count as equally small, and are merged once there are
/// [`MERGE_AT`] of them: appends and searches in turn leave one tiny segment each.
const SMALL_SEGMENT: u32 = 10_000;
const MERGE_AT: usize = 8;
/// The same while a new index is made: what is merged is all in memory for that long.
const MERGE_AT_IN_BULK: usize = 6;
/// The most segments of a new index: each costs every search something.
const FEW_SEGMENTS: usize = 4;

/// An open writer. Dropping it without a commit leaves the index as it was.
pub(crate) struct Writer {
    /// Makes visible, merges and deletes; documents do not go through it.
    commits: IndexWriter,
    segments: OpenSegments,
    fields: IndexFields,
    load: Load,
}

impl Writer {
    /// Opens the index for writing. The caller holds the writer lock.
    pub fn open(index: &FullText, load: Load) -> Result<Self, TantivyError> {
        let (segments, arena) = match load {
            Load::Few => (1, SMALL_ARENA),
            Load::Some => (1, BULK_ARENA),
            Load::Many => (BULK_SEGMENTS, BULK_ARENA),
        };
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = index.index.writer_with_options(options)?;
        let writer = Writer {
            commits: writer,
            segments: OpenSegments::new(index.index.clone(), segments, arena),
            fields: index.fields,
            load,
        };
        if index.index.searchable_segment_ids()?.is_empty() {
            writer.allow_merges();
        } else {
            // A merge that begins before the commit takes back what is deleted: tantivy gives the first
            // deletion the number of the last commit, and passes over a segment that has deletions of
            // that number; and those by place (`delete_entries`) mean nothing in a merged segment.
            writer.commits.set_merge_policy(Box::new(NoMergePolicy));
        }
        Ok(writer)
    }

    fn allow_merges(&self) {
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(match self.load {
            Load::Few | Load::Some => MERGE_AT,
            Load::Many => MERGE_AT_IN_BULK,
        });
        policy.set_min_layer_size(SMALL_SEGMENT);
        policy.set_del_docs_ratio_before_merge(0.3);
        self.commits.set_merge_policy(Box::new(policy));
    }

    /// Adds one section.
    pub fn add(&self, shared: &Shared, section: &SectionDocument) -> Result<(), TantivyError> {
        let document = section_document(self.fields, shared, section);
        self.segments.add(document, &self.commits)
    }

    /// Deletes the sections of the given ids that were added before. Each call looks at the ids of
    /// all sections.
    pub fn delete(&self, mut ids: Vec<u64>) -> Result<(), TantivyError> {
        ids.sort_unstable();
        let ids: Arc<[u64]> = ids.into();
        let on_segment = move |reader: &SegmentReader| {
            let has_id = id_filter(reader, ids.clone())?;
            Ok(move |doc: DocId| has_id(doc))
        };
        let query: DocPredicateQuery = FunctionPredicate::from(on_segment).into();
        self.commits.delete_query(Box::new(query))?;
        Ok(())
    }

    /// Deletes the sections that a searcher sees of the given entries. Those that are added are not
    /// touched, before or after: tantivy deletes from all segments that it is given until the commit.
    pub fn delete_entries(
        &self,
        searcher: &Searcher,
        keys: &HashSet<u64>,
    ) -> Result<(), TantivyError> {
        let mut seen: HashMap<SegmentId, HashSet<DocId>> = HashMap::new();
        for key in keys {
            let term = || Bound::Included(Term::from_field_u64(self.fields.entry, *key));
            for found in searcher.search(&RangeQuery::new(term(), term()), &DocSetCollector)? {
                let segment = searcher.segment_reader(found.segment_ord).segment_id();
                seen.entry(segment).or_default().insert(found.doc_id);
            }
        }
        let seen = Arc::new(seen);
        let on_segment = move |reader: &SegmentReader| {
            let (seen, segment) = (Arc::clone(&seen), reader.segment_id());
            Ok(move |doc: DocId| seen.get(&segment).is_some_and(|seen| seen.contains(&doc)))
        };
        let query: DocPredicateQuery = FunctionPredicate::from(on_segment).into();
        self.commits.delete_query(Box::new(query))?;
        Ok(())
    }

    /// Writes everything to disk, then runs `around` with the function that makes it visible:
    /// so that the caller can take the gate for that moment only.
    pub fn commit<T>(
        &mut self,
        payload: &Payload,
        around: impl FnOnce(&mut dyn FnMut() -> Result<(), TantivyError>) -> T,
    ) -> Result<T, TantivyError> {
        let text = serde_json::to_string(payload)
            .map_err(|e| TantivyError::InternalError(e.to_string()))?;
        self.segments.close_all(&self.commits)?;
        // They begin behind the commit, which deletes first.
        self.allow_merges();
        let mut prepared = self.commits.prepare_commit()?;
        prepared.set_payload(&text);
        let mut prepared = Some(prepared);
        Ok(around(&mut || match prepared.take() {
            Some(prepared) => prepared.commit().map(drop),
            None => Ok(()),
        }))
    }

    /// Merges the smallest segments of a new index, which has no other writer, until few are left.
    pub fn merge_smallest(index: &FullText) -> Result<(), TantivyError> {
        let segments = index.index.searchable_segment_metas()?;
        let sizes = segments.iter().map(|meta| (meta.num_docs(), meta.id()));
        let mut sizes: Vec<(u32, SegmentId)> = sizes.collect();
        // The files of segments that are held are not removed.
        drop(segments);
        if sizes.len() <= FEW_SEGMENTS {
            return Ok(());
        }
        sizes.sort_unstable();
        let smallest = sizes.iter().take(sizes.len() - FEW_SEGMENTS + 1);
        let smallest: Vec<SegmentId> = smallest.map(|(_, id)| *id).collect();
        let mut writer: IndexWriter = index.index.writer_with_num_threads(1, SMALL_ARENA)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        writer.merge(&smallest).wait()?;
        writer.garbage_collect_files().wait()?;
        writer.wait_merging_threads()
    }

    /// Waits for merges that the commit began, and closes the writer.
    pub fn finish(self) -> Result<(), TantivyError> {
        self.commits.wait_merging_threads()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::key::entry_key;
    use crate::index::prepare::prepare_entry;
    use crate::markdown;
    use crate::model::{EntryPath, Zone};
    use std::path::Path;

    fn for_each_section(
        name: &str,
        text: &str,
        mut act: impl FnMut(&Shared, &SectionDocument<'_>),
    ) {
        let path = EntryPath::parse(name).expect("good path");
        let document = markdown::parse_entry(&path, text, Zone::UTC);
        let prepared = prepare_entry(&path, text, &document, 0);
        let sections = prepared.sections.iter();
        sections.for_each(|section| act(&prepared.shared, section));
    }

    fn add_entry(writer: &Writer, name: &str, text: &str) {
        for_each_section(name, text, |shared, section| {
            writer.add(shared, section).expect("added");
        });
    }

    fn delete_entry(writer: &Writer, name: &str, text: &str) {
        let mut ids = Vec::new();
        for_each_section(name, text, |_, section| ids.push(section.id));
        writer.delete(ids).expect("deleted");
    }

    fn payload(batch: u64) -> Payload {
        Payload {
            batch,
            entries: None,
        }
    }

    fn commit(mut writer: Writer, batch: u64) {
        let committed = writer.commit(&payload(batch), |commit| commit());
        committed.expect("committed").expect("visible");
        writer.finish().expect("finished");
    }

    #[test]
    fn what_is_added_again_is_not_deleted_with_what_was_there() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let index = FullText::create(dir.path()).expect("made");
        for batch in 1..=3 {
            let writer = Writer::open(&index, Load::Few).expect("opened");
            let path = EntryPath::parse("a.md").expect("good path");
            let keys = HashSet::from([entry_key(path.as_str())]);
            let searcher = index.searcher().expect("read");
            writer.delete_entries(&searcher, &keys).expect("deleted");
            add_entry(&writer, "a.md", "text\n");
            add_entry(&writer, &format!("{batch}.md"), "text\n");
            commit(writer, batch);
            assert_eq!(index.searcher().expect("read").num_docs(), batch + 1);
        }
    }

    /// Makes an index as writers leave it that are killed before their merges: many small segments, to
    /// the smallest of which belong `0-1.md` and what the last commit deleted.
    fn make_unmerged(place: &Path) -> FullText {
        let index = FullText::create(place).expect("made");
        let unmerged = |batch, change: &dyn Fn(&Writer)| {
            let mut writer = Writer::open(&index, Load::Few).expect("opened");
            writer.commits.set_merge_policy(Box::new(NoMergePolicy));
            let text = serde_json::to_string(&payload(batch)).expect("JSON");
            change(&writer);
            writer.segments.close_all(&writer.commits).expect("closed");
            let mut prepared = writer.commits.prepare_commit().expect("prepared");
            prepared.set_payload(&text);
            prepared.commit().expect("committed");
            writer.finish().expect("finished");
        };
        for segment in 0..=MERGE_AT {
            let entries = if segment == 0 { 3 } else { 4 };
            unmerged(1, &|writer| {
                for entry in 0..entries {
                    add_entry(writer, &format!("{segment}-{entry}.md"), "text\n");
                }
            });
        }
        unmerged(2, &|writer| delete_entry(writer, "0-0.md", "text\n"));
        let segments = index.index.searchable_segment_ids().expect("read");
        assert_eq!(segments.len(), MERGE_AT + 1);
        index
    }

    #[test]
    fn no_merge_takes_back_what_is_deleted() {
        for by_place in [false, true] {
            let dir = tempfile::tempdir().expect("temporary directory");
            let index = make_unmerged(dir.path());
            let searcher = index.searcher().expect("read");
            let writer = Writer::open(&index, Load::Few).expect("opened");
            if by_place {
                let keys = HashSet::from([entry_key("0-1.md")]);
                writer.delete_entries(&searcher, &keys).expect("deleted");
            } else {
                delete_entry(&writer, "0-1.md", "text\n");
            }
            add_entry(&writer, "new.md", "text\n");
            commit(writer, 3);
            let segments = index.index.searchable_segment_ids().expect("read");
            assert!(segments.len() < MERGE_AT, "merged");
            let after = index.searcher().expect("read").num_docs();
            assert_eq!(after, searcher.num_docs(), "by place: {by_place}");
        }
    }

    #[test]
    fn the_smallest_of_many_segments_are_merged_and_the_payload_stays() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let index = FullText::create(dir.path()).expect("made");
        for size in 1..=6 {
            let writer = Writer::open(&index, Load::Few).expect("opened");
            for number in 0..size * 10 {
                add_entry(&writer, &format!("{size}-{number}.md"), "text\n");
            }
            commit(writer, size);
        }
        Writer::merge_smallest(&index).expect("merged");
        let segments = index.index.searchable_segment_metas().expect("read");
        let mut sizes: Vec<u32> = segments.iter().map(|meta| meta.num_docs()).collect();
        sizes.sort_unstable();
        drop(segments);
        assert_eq!(sizes, [40, 50, 60, 60]);
        assert_eq!(index.payload().expect("read").batch, 6);
        Writer::merge_smallest(&index).expect("nothing to do");
        assert_eq!(index.index.searchable_segment_ids().expect("read").len(), 4);
        let stores = std::fs::read_dir(dir.path())
            .expect("a directory")
            .flatten();
        let stores = stores.filter(|file| file.path().extension().is_some_and(|e| e == "store"));
        assert_eq!(stores.count(), 4, "what was merged is removed");
    }
}
