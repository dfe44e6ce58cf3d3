//! How the entries that match are spread over projects, tags and time.

use super::hit::Hit;
use super::order::Order;
use crate::index::{SegmentView, View};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED};

/// Counts of the entries that match, those that are not shown included. What is narrowed by one of
/// these values has as many entries as it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Keys of projects and their entries, the most frequent first.
    pub projects: Vec<(String, u64)>,
    /// Keys of tags and their entries, the most frequent first.
    pub tags: Vec<(String, u64)>,
    /// Of each entry the time of its newest section that matches, in seconds since 1970.
    pub times: Vec<i64>,
}

impl Facets {
    /// Returns about how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let counts = self.projects.iter().chain(&self.tags);
        let counts = counts.map(|(value, count)| value.len() + size_of_val(&(value, count)));
        counts.sum::<usize>() + size_of_val(self.times.as_slice())
    }
}

/// Counts the entries of sections.
pub(super) fn count_facets(view: &View, hits: &[Hit], order: &Order) -> tantivy::Result<Facets> {
    let mut newest: HashMap<u64, i64> = HashMap::new();
    let mut entries: Vec<HashMap<u32, u64>> = vec![HashMap::new(); view.segments().len()];
    for hit in hits {
        let entry = order.entry(hit);
        let time = newest.entry(entry).or_insert(i64::MIN);
        *time = order.time_of(hit).max(*time);
        entries[hit.segment].insert(hit.doc, entry);
    }
    let fields = view.fields();
    Ok(Facets {
        projects: count_values(view.segments(), fields.project, &entries)?,
        tags: count_values(view.segments(), fields.tag, &entries)?,
        times: newest.into_values().collect(),
    })
}

/// Counts the entries that hold each value of a field; `entries` are those of the documents that
/// match, segment by segment.
fn count_values(
    segments: &[Arc<SegmentView>],
    field: Field,
    entries: &[HashMap<u32, u64>],
) -> tantivy::Result<Vec<(String, u64)>> {
    let mut found: BTreeMap<String, HashSet<u64>> = BTreeMap::new();
    for (segment, entries) in segments.iter().zip(entries) {
        if entries.is_empty() {
            continue;
        }
        let index = segment.reader.inverted_index(field)?;
        let mut values = index.terms().stream()?;
        while let Some((value, info)) = values.next() {
            let mut docs = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            let mut holding: HashSet<u64> = HashSet::new();
            while docs.doc() != TERMINATED {
                holding.extend(entries.get(&docs.doc()));
                docs.advance();
            }
            if !holding.is_empty() {
                let value = String::from_utf8_lossy(value).into_owned();
                found.entry(value).or_default().extend(holding);
            }
        }
    }
    let counted = found.into_iter();
    let mut counts: Vec<_> = counted
        .map(|(value, entries)| (value, entries.len() as u64))
        .collect();
    // The sort is stable: equally frequent ones stay in the order of their names.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(counts)
}
