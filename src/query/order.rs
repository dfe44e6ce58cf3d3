//! The order of sections and entries.
//!
//! Times, paths and lines only break ties, and each lies on another page of the index: they are
//! looked up when they are needed.

use super::filter::Times;
use super::hit::{EntryGroup, Hit};
use super::options::Sort;
use crate::index::{SegmentView, View};
use std::cmp::Ordering;
use std::sync::Arc;
use tantivy::columnar::ColumnValues;

/// Compares sections and entries.
pub(super) struct Order {
    /// `None` for segments in which nothing was found.
    columns: Vec<Option<Columns>>,
    sort: Sort,
}

/// The columns of one segment that comparing needs.
struct Columns {
    entry: Arc<dyn ColumnValues<u64>>,
    line: Arc<dyn ColumnValues<u64>>,
    times: Times,
    segment: Arc<SegmentView>,
}

impl Columns {
    fn open(segment: &Arc<SegmentView>) -> tantivy::Result<Self> {
        let columns = segment.columns();
        Ok(Columns {
            entry: columns.entry()?.clone().first_or_default_col(0),
            line: columns.line()?.clone().first_or_default_col(0),
            times: Times::open(segment)?,
            segment: Arc::clone(segment),
        })
    }
}

impl Order {
    /// Opens the columns of the segments of a view in which something was found.
    pub fn open(view: &View, hits: &[Hit], sort: Sort) -> tantivy::Result<Self> {
        let mut found = vec![false; view.segments().len()];
        hits.iter().for_each(|hit| found[hit.segment] = true);
        let columns = view.segments().iter().zip(found).map(|(segment, found)| {
            let columns = found.then(|| Columns::open(segment));
            columns.transpose()
        });
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
        let Some(Columns { times, .. }) = &self.columns[hit.segment] else {
            return i64::MIN;
        };
        match self.sort {
            Sort::Time => times.of_document(hit.doc),
            Sort::Relevance => times.recorded(hit.doc).unwrap_or(i64::MIN),
        }
    }

    /// Returns the recorded time of a section, else that of its file.
    pub fn time_of(&self, hit: &Hit) -> i64 {
        let columns = self.columns[hit.segment].as_ref();
        columns.map_or(i64::MIN, |columns| columns.times.of_document(hit.doc))
    }

    /// Returns the key of the entry of a section.
    pub fn entry(&self, hit: &Hit) -> u64 {
        let columns = self.columns[hit.segment].as_ref();
        columns.map_or(0, |columns| columns.entry.get_val(hit.doc))
    }

    fn line(&self, hit: &Hit) -> u64 {
        let columns = self.columns[hit.segment].as_ref();
        columns.map_or(0, |columns| columns.line.get_val(hit.doc))
    }

    fn tie_key(&self, group: &EntryGroup) -> (Arc<str>, u64) {
        let best = group.sections.first();
        let line = best.map_or(0, |hit| self.line(hit));
        (self.path(group), line)
    }

    /// Returns the path of an entry.
    pub fn path(&self, group: &EntryGroup) -> Arc<str> {
        let best = group.sections.first();
        let path = best.and_then(|hit| {
            let columns = self.columns[hit.segment].as_ref()?;
            columns.segment.path_of(hit.doc).ok()?
        });
        // An unreadable path sorts first, and shows as damage when the entry is read.
        path.unwrap_or_default()
    }
}
