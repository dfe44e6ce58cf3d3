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

/// A section with what decides about its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub hit: Hit,
    /// Time by which it is ranked; `i64::MIN` if there is none.
    time: i64,
    pub line: u32,
}

/// An entry with its best sections, best first.
pub(super) struct Group {
    pub sections: Vec<Ranked>,
    pub score: f32,
    path: Option<String>,
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
    let mut groups: HashMap<u64, Group> = HashMap::new();
    for hit in hits {
        let columns = &columns[hit.segment];
        let time = match sort {
            Sort::Time => columns.times.of_document(hit.doc),
            Sort::Relevance => columns.times.recorded(hit.doc).unwrap_or(i64::MIN),
        };
        let ranked = Ranked {
            hit,
            time,
            line: u32::try_from(columns.line.get_val(hit.doc)).unwrap_or(u32::MAX),
        };
        let group = groups.entry(columns.entry.get_val(hit.doc));
        group.or_insert_with(Group::new).add(ranked, sort);
    }
    let total = groups.len() as u64;
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.score = group.sections.first().map_or(0.0, |best| best.hit.score);
        if !preferred.is_empty() {
            let path = path_of(&columns, group);
            if preferred.iter().any(|glob| glob.matches(&path)) {
                group.score *= PREFERENCE;
            }
            group.path = Some(path);
        }
    }
    Ok((total, best(groups, &columns, sort, limit)))
}

/// Returns the best groups in order. Paths decide last and are costly to get, so only those are
/// looked up that tie with others for a place in the answer.
fn best(mut groups: Vec<Group>, columns: &[Columns], sort: Sort, limit: usize) -> Vec<Group> {
    groups.sort_by(|a, b| a.compare(b, sort));
    if let Some(last) = groups.get(limit.wrapping_sub(1)) {
        let ties = groups[limit..].iter();
        let ties = ties.take_while(|group| last.compare(group, sort) == Ordering::Equal);
        let keep = limit + ties.count();
        groups.truncate(keep);
    }
    let ties = |a: &Group, b: &Group| a.compare(b, sort) == Ordering::Equal;
    for tied in groups.chunk_by_mut(ties).filter(|tied| tied.len() > 1) {
        tied.sort_by_cached_key(|group| path_of(columns, group));
    }
    groups.truncate(limit);
    groups
}

impl Group {
    fn new() -> Self {
        Group {
            sections: Vec::new(),
            score: 0.0,
            path: None,
        }
    }

    fn add(&mut self, section: Ranked, sort: Sort) {
        let place = self
            .sections
            .partition_point(|other| other.compare(&section, sort).is_lt());
        if place < SECTIONS {
            self.sections.insert(place, section);
            self.sections.truncate(SECTIONS);
        }
    }

    /// Compares two entries, better first, by everything but their paths.
    fn compare(&self, other: &Group, sort: Sort) -> Ordering {
        let (Some(a), Some(b)) = (self.sections.first(), other.sections.first()) else {
            return Ordering::Equal;
        };
        let by_coverage = b.hit.coverage.cmp(&a.hit.coverage);
        let by_score = other.score.total_cmp(&self.score);
        let by_time = b.time.cmp(&a.time);
        match sort {
            Sort::Relevance => by_coverage.then(by_score).then(by_time),
            Sort::Time => by_time.then(by_coverage).then(by_score),
        }
    }
}

impl Ranked {
    /// Compares two sections of one entry, better first.
    fn compare(&self, other: &Ranked, sort: Sort) -> Ordering {
        let by_coverage = other.hit.coverage.cmp(&self.hit.coverage);
        let by_score = other.hit.score.total_cmp(&self.hit.score);
        let by_time = other.time.cmp(&self.time);
        let order = match sort {
            Sort::Relevance => by_coverage.then(by_score).then(by_time),
            Sort::Time => by_time.then(by_coverage).then(by_score),
        };
        order.then(self.line.cmp(&other.line))
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

fn path_of(columns: &[Columns], group: &Group) -> String {
    if let Some(path) = &group.path {
        return path.clone();
    }
    let mut path = String::new();
    if let Some(section) = group.sections.first()
        && let Some(column) = &columns[section.hit.segment].path
        && let Some(ordinal) = column.ords().first(section.hit.doc)
    {
        // An unreadable path sorts first, and shows as damage when the entry is read.
        let _ = column.ord_to_str(ordinal, &mut path);
    }
    path
}
