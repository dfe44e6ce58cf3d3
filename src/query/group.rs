//! From sections to entries: one entry appears once, with its best sections.

use super::evaluate::Hit;
use super::filter::Times;
use super::search::Sort;
use crate::index::View;
use crate::kb::PathGlob;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::columnar::{ColumnValues, StrColumn};

/// How many sections of an entry are shown.
pub(super) const SECTIONS: usize = 3;

/// What the score of an entry is multiplied with if the context prefers its path.
const PREFERENCE: f32 = 1.2;

/// An entry with its best sections, best first.
pub(super) struct Group {
    pub sections: Vec<Hit>,
    pub score: f32,
    path: Option<String>,
}

/// The order of sections and entries. Times, paths and lines only break ties, and each lies on
/// another page of the index: they are looked up when they are needed.
struct Order {
    columns: Vec<Columns>,
    sort: Sort,
}

/// The columns of one segment that grouping needs.
struct Columns {
    entry: Arc<dyn ColumnValues<u64>>,
    line: Arc<dyn ColumnValues<u64>>,
    times: Times,
    path: Option<StrColumn>,
}

/// Groups sections by entry, and returns how many entries there are and the best of them.
pub(super) fn group(
    view: &View,
    hits: Vec<Hit>,
    sort: Sort,
    preferred: &[PathGlob],
    limit: usize,
) -> tantivy::Result<(u64, Vec<Group>)> {
    let columns = columns(view)?;
    let order = Order { columns, sort };
    let mut groups: HashMap<u64, Group> = HashMap::new();
    for hit in hits {
        let entry = order.columns[hit.segment].entry.get_val(hit.doc);
        let group = groups.entry(entry).or_insert_with(Group::new);
        group.add(hit, &order);
    }
    let total = groups.len() as u64;
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.score = group.sections.first().map_or(0.0, |best| best.score);
        if !preferred.is_empty() {
            let path = order.path(group);
            if preferred.iter().any(|glob| glob.matches(&path)) {
                group.score *= PREFERENCE;
            }
            group.path = Some(path);
        }
    }
    Ok((total, order.best(groups, limit)))
}

impl Group {
    fn new() -> Self {
        Group {
            sections: Vec::new(),
            score: 0.0,
            path: None,
        }
    }

    fn add(&mut self, section: Hit, order: &Order) {
        let is_before = |other: &Hit| order.of_sections(other, &section).is_lt();
        let place = self.sections.partition_point(is_before);
        if place < SECTIONS {
            self.sections.insert(place, section);
            self.sections.truncate(SECTIONS);
        }
    }
}

impl Order {
    /// Returns the best groups in order. Paths decide last and are costly to get, so only those
    /// are looked up that tie with others for a place in the answer.
    fn best(&self, mut groups: Vec<Group>, limit: usize) -> Vec<Group> {
        groups.sort_by(|a, b| self.of_entries(a, b));
        let tie = |a: &Group, b: &Group| self.of_entries(a, b) == Ordering::Equal;
        if let Some(last) = groups.get(limit.wrapping_sub(1)) {
            let ties = groups[limit..].iter().take_while(|group| tie(last, group));
            let keep = limit + ties.count();
            groups.truncate(keep);
        }
        for tied in groups.chunk_by_mut(tie).filter(|tied| tied.len() > 1) {
            tied.sort_by_cached_key(|group| self.path(group));
        }
        groups.truncate(limit);
        groups
    }

    /// Compares two entries, better first, by everything but their paths.
    fn of_entries(&self, a: &Group, b: &Group) -> Ordering {
        let (Some(first), Some(second)) = (a.sections.first(), b.sections.first()) else {
            return Ordering::Equal;
        };
        let by_coverage = || second.coverage.cmp(&first.coverage);
        let by_score = || b.score.total_cmp(&a.score);
        let by_time = || self.time(second).cmp(&self.time(first));
        match self.sort {
            Sort::Relevance => by_coverage().then_with(by_score).then_with(by_time),
            Sort::Time => by_time().then_with(by_coverage).then_with(by_score),
        }
    }

    /// Compares two sections of one entry, better first.
    fn of_sections(&self, a: &Hit, b: &Hit) -> Ordering {
        let by_coverage = || b.coverage.cmp(&a.coverage);
        let by_score = || b.score.total_cmp(&a.score);
        let by_time = || self.time(b).cmp(&self.time(a));
        let order = match self.sort {
            Sort::Relevance => by_coverage().then_with(by_score).then_with(by_time),
            Sort::Time => by_time().then_with(by_coverage).then_with(by_score),
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

    fn line(&self, hit: &Hit) -> u64 {
        self.columns[hit.segment].line.get_val(hit.doc)
    }

    fn path(&self, group: &Group) -> String {
        if let Some(path) = &group.path {
            return path.clone();
        }
        let mut path = String::new();
        if let Some(hit) = group.sections.first()
            && let Some(column) = &self.columns[hit.segment].path
            && let Some(ordinal) = column.ords().first(hit.doc)
        {
            // An unreadable path sorts first, and shows as damage when the entry is read.
            let _ = column.ord_to_str(ordinal, &mut path);
        }
        path
    }
}

fn columns(view: &View) -> tantivy::Result<Vec<Columns>> {
    let columns = view.segments().iter().map(|segment| {
        let fast = segment.reader.fast_fields();
        Ok(Columns {
            entry: fast.u64("entry")?.first_or_default_col(0),
            line: fast.u64("line")?.first_or_default_col(0),
            times: Times::of(segment)?,
            path: fast.str("path")?,
        })
    });
    columns.collect()
}
