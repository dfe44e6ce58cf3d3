//! The order of sections and entries.
//!
//! Times, paths and lines only break ties, and each lies on another page of the index: they are
//! looked up when they are needed.

use super::filter::Times;
use super::hit::{EntryGroup, Hit};
use super::options::Sort;
use crate::index::{SegmentView, View};
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};
use tantivy::columnar::{ColumnValues, StrColumn};

/// Compares sections and entries.
pub(super) struct Order {
    columns: Vec<Arc<Columns>>,
    sort: Sort,
}

/// Under which document the columns of a segment are kept: there is none of that number.
const NO_DOCUMENT: u32 = u32::MAX;
/// About how many bytes a path takes that is kept.
const PATH_SIZE: usize = 80;

/// The columns of one segment that comparing needs.
struct Columns {
    entry: Arc<dyn ColumnValues<u64>>,
    line: Arc<dyn ColumnValues<u64>>,
    times: Times,
    path: Option<StrColumn>,
    /// The paths that were looked up, by their numbers, where the columns are kept: each costs a
    /// walk through a block of the dictionary. Empty elsewhere.
    known_paths: Box<[OnceLock<Box<str>>]>,
}

impl Order {
    /// Opens the columns of a view.
    pub fn open(view: &View, sort: Sort) -> tantivy::Result<Self> {
        let numbers = 0..view.segments().len();
        let kept = view.find_kept(numbers.clone().map(|number| (number, NO_DOCUMENT)));
        let open = |number| {
            let columns = Arc::new(Columns::open(
                &view.segments()[number],
                view.keeps_sections(),
            )?);
            let size = columns.known_paths.len() * PATH_SIZE;
            view.keep_segment((number, NO_DOCUMENT), &columns, size);
            Ok(columns)
        };
        let columns = numbers.zip(kept);
        let columns = columns.map(|(number, kept)| kept.map_or_else(|| open(number), Ok));
        let columns = columns.collect::<tantivy::Result<_>>()?;
        Ok(Order { columns, sort })
    }

    /// Sorts groups, best first, as far as the first `limit` of them go. Paths decide last and are
    /// costly to get, so only those are looked up that tie with others.
    pub fn sort_best(&self, groups: &mut Vec<EntryGroup>, limit: usize) {
        let compare = |a: &EntryGroup, b: &EntryGroup| self.compare_entries(a, b);
        if limit < groups.len() {
            groups.select_nth_unstable_by(limit, compare);
            let (best, others) = groups.split_at(limit);
            if let Some(last) = best.iter().max_by(|a, b| compare(a, b)) {
                let is_tie = |group: &EntryGroup| compare(last, group) == Ordering::Equal;
                let ties: Vec<usize> = (limit..groups.len())
                    .filter(|index| is_tie(&others[index - limit]))
                    .collect();
                for (place, index) in (limit..).zip(&ties) {
                    groups.swap(place, *index);
                }
                groups.truncate(limit + ties.len());
            }
        }
        groups.sort_by(compare);
        let is_tie = |a: &EntryGroup, b: &EntryGroup| compare(a, b) == Ordering::Equal;
        for tied in groups.chunk_by_mut(is_tie).filter(|tied| tied.len() > 1) {
            tied.sort_by_cached_key(|group| self.tie_key(group));
        }
        groups.truncate(limit);
    }

    /// Compares two entries, better first, by everything but their paths.
    fn compare_entries(&self, a: &EntryGroup, b: &EntryGroup) -> Ordering {
        let (Some(first), Some(second)) = (a.sections.first(), b.sections.first()) else {
            return Ordering::Equal;
        };
        let by_relevance = || {
            let by_exactness = b.exactness.total_cmp(&a.exactness);
            by_exactness.then_with(|| b.score.total_cmp(&a.score))
        };
        let by_time = || self.time(second).cmp(&self.time(first));
        match self.sort {
            Sort::Relevance => by_relevance().then_with(by_time),
            Sort::Time => by_time().then_with(by_relevance),
        }
    }

    /// Compares two sections of one entry, better first.
    pub fn compare_sections(&self, a: &Hit, b: &Hit) -> Ordering {
        let by_relevance = || {
            let by_exactness = b.exactness.total_cmp(&a.exactness);
            by_exactness.then_with(|| b.score.total_cmp(&a.score))
        };
        let by_time = || self.time(b).cmp(&self.time(a));
        let order = match self.sort {
            Sort::Relevance => by_relevance().then_with(by_time),
            Sort::Time => by_time().then_with(by_relevance),
        };
        order.then_with(|| self.line(a).cmp(&self.line(b)))
    }

    /// Returns the time by which a section is ranked; `i64::MIN` if there is none.
    fn time(&self, hit: &Hit) -> i64 {
        let times = &self.columns[hit.segment].times;
        match self.sort {
            Sort::Time => times.of_document(hit.doc),
            Sort::Relevance => times.recorded(hit.doc).unwrap_or(i64::MIN),
        }
    }

    /// Returns the recorded time of a section, else that of its file.
    pub fn time_of(&self, hit: &Hit) -> i64 {
        self.columns[hit.segment].times.of_document(hit.doc)
    }

    /// Returns the key of the entry of a section.
    pub fn entry(&self, hit: &Hit) -> u64 {
        self.columns[hit.segment].entry.get_val(hit.doc)
    }

    fn line(&self, hit: &Hit) -> u64 {
        self.columns[hit.segment].line.get_val(hit.doc)
    }

    fn tie_key(&self, group: &EntryGroup) -> (String, u64) {
        let best = group.sections.first();
        let line = best.map_or(0, |hit| self.line(hit));
        (self.path(group), line)
    }

    /// Returns the path of an entry.
    pub fn path(&self, group: &EntryGroup) -> String {
        let hit = group.sections.first();
        let path = hit.map(|hit| self.columns[hit.segment].path_of(hit.doc));
        path.unwrap_or_default()
    }
}

impl Columns {
    fn open(segment: &SegmentView, keeps: bool) -> tantivy::Result<Self> {
        let fast = segment.reader.fast_fields();
        let path = fast.str("path")?;
        let paths = path.as_ref().map_or(0, |column| column.num_terms());
        Ok(Columns {
            entry: fast.u64("entry")?.first_or_default_col(0),
            line: fast.u64("line")?.first_or_default_col(0),
            times: Times::open(segment)?,
            known_paths: (0..if keeps { paths } else { 0 })
                .map(|_| OnceLock::new())
                .collect(),
            path,
        })
    }

    fn path_of(&self, doc: u32) -> String {
        let column = self.path.as_ref();
        let ordinal = column.and_then(|column| column.ords().first(doc));
        let (Some(column), Some(ordinal)) = (column, ordinal) else {
            return String::new();
        };
        let look_up = || {
            let mut path = String::new();
            // An unreadable path sorts first, and shows as damage when the entry is read.
            let _ = column.ord_to_str(ordinal, &mut path);
            path
        };
        let known = usize::try_from(ordinal).ok();
        match known.and_then(|number| self.known_paths.get(number)) {
            Some(known) => known.get_or_init(|| look_up().into()).to_string(),
            None => look_up(),
        }
    }
}
