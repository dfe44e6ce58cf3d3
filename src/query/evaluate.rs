//! From a query to the sections that match, with their scores.

use super::filter::SegmentFilter;
use super::language::{Clause, Query};
use super::postings::{Occurrence, Searched};
use super::terms::Wanted;
use crate::index::{SegmentView, View};

/// How soon a word's occurrences saturate: BM25's k1.
const SATURATION: f32 = 1.2;

/// Which sections a query takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Those that hold every clause.
    All,
    /// Those that hold any clause.
    Any,
}

/// A section that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    /// Position of the segment in the view.
    pub segment: usize,
    /// Document in the segment.
    pub doc: u32,
    /// How many clauses of the query it holds.
    pub coverage: u32,
    /// BM25; 0 for a query without words.
    pub score: f32,
}

/// A query, ready to be evaluated.
pub(super) struct Evaluation {
    /// What the units of each required clause look for.
    pub required: Vec<Vec<Wanted>>,
    /// The same of the units that must not be there.
    excluded: Vec<Wanted>,
}

impl Evaluation {
    /// Prepares a query; `fuzzily` takes words within one edit too.
    pub fn new(query: &Query, fuzzily: bool) -> Self {
        let exact = |clause: &Clause| clause.any.iter().map(Wanted::of).collect();
        let required = |clause: &Clause| {
            if fuzzily {
                clause.any.iter().map(Wanted::fuzzily).collect()
            } else {
                exact(clause)
            }
        };
        Evaluation {
            required: query.required.iter().map(required).collect(),
            excluded: query.excluded.iter().map(Wanted::of).collect(),
        }
    }

    /// Returns the sections that match, in no particular order.
    pub fn hits(
        &self,
        view: &View,
        coverage: Coverage,
        filters: &[SegmentFilter],
    ) -> tantivy::Result<Vec<Hit>> {
        let units: usize = self.required.iter().map(Vec::len).sum();
        let mut frequencies = vec![0u64; units];
        let mut hits = Vec::new();
        // Counts of each unit for each hit: `units` numbers a hit.
        let mut counts: Vec<f32> = Vec::new();
        for (segment, view) in view.segments().iter().enumerate() {
            let searched = Searched::new(view, filters[segment].fields)?;
            let lists = self.lists(&searched)?;
            for (list, frequency) in lists.iter().flatten().zip(&mut frequencies) {
                *frequency += list.len() as u64;
            }
            let mut docs = match coverage {
                _ if self.required.is_empty() => every(view),
                Coverage::All => intersection(&lists),
                Coverage::Any => union(&lists),
            };
            self.exclude(&searched, &mut docs)?;
            docs.retain(|(doc, _)| filters[segment].accepts(*doc));
            add_counts(&lists, &docs, &mut counts);
            hits.extend(docs.into_iter().map(|(doc, coverage)| Hit {
                segment,
                doc,
                coverage,
                score: 0.0,
            }));
        }
        score(&mut hits, &counts, &frequencies, view.sections());
        Ok(hits)
    }

    fn lists(&self, searched: &Searched) -> tantivy::Result<Vec<Vec<Vec<Occurrence>>>> {
        let unit = |wanted: &Wanted| searched.occurrences(wanted);
        let clause = |units: &Vec<Wanted>| units.iter().map(unit).collect();
        self.required.iter().map(clause).collect()
    }

    fn exclude(&self, searched: &Searched, docs: &mut Vec<(u32, u32)>) -> tantivy::Result<()> {
        for wanted in &self.excluded {
            let found = searched.occurrences(wanted)?;
            docs.retain(|(doc, _)| position(&found, *doc).is_none());
        }
        Ok(())
    }
}

/// Returns every document that counts.
fn every(view: &SegmentView) -> Vec<(u32, u32)> {
    let all = 0..view.reader.max_doc();
    all.filter(|doc| view.is_alive(*doc))
        .map(|doc| (doc, 0))
        .collect()
}

/// Returns the documents that are in every clause, with the number of clauses.
fn intersection(clauses: &[Vec<Vec<Occurrence>>]) -> Vec<(u32, u32)> {
    let size = |clause: &&Vec<Vec<Occurrence>>| clause.iter().map(Vec::len).sum::<usize>();
    let Some(rarest) = clauses.iter().min_by_key(size) else {
        return Vec::new();
    };
    let mut docs: Vec<u32> = rarest.iter().flatten().map(|(doc, _)| *doc).collect();
    docs.sort_unstable();
    docs.dedup();
    let in_clause = |clause: &Vec<Vec<Occurrence>>, doc| {
        clause.iter().any(|list| position(list, doc).is_some())
    };
    docs.retain(|doc| clauses.iter().all(|clause| in_clause(clause, *doc)));
    let coverage = clauses.len() as u32;
    docs.into_iter().map(|doc| (doc, coverage)).collect()
}

/// Returns the documents that are in any clause, with the number of clauses that hold them.
fn union(clauses: &[Vec<Vec<Occurrence>>]) -> Vec<(u32, u32)> {
    let mut docs: Vec<(u32, u32)> = Vec::new();
    for clause in clauses {
        let mut found: Vec<u32> = clause.iter().flatten().map(|(doc, _)| *doc).collect();
        found.sort_unstable();
        found.dedup();
        docs.extend(found.into_iter().map(|doc| (doc, 1)));
    }
    docs.sort_unstable();
    docs.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    docs
}

fn position(list: &[Occurrence], doc: u32) -> Option<usize> {
    list.binary_search_by_key(&doc, |(doc, _)| *doc).ok()
}

fn add_counts(clauses: &[Vec<Vec<Occurrence>>], docs: &[(u32, u32)], counts: &mut Vec<f32>) {
    for (doc, _) in docs {
        let lists = clauses.iter().flatten();
        counts.extend(lists.map(|list| position(list, *doc).map_or(0.0, |i| list[i].1)));
    }
}

/// Computes the score of each hit from how much it holds of each unit, and how many of all
/// sections hold the unit at all.
fn score(hits: &mut [Hit], counts: &[f32], frequencies: &[u64], sections: u64) {
    if frequencies.is_empty() {
        return;
    }
    let rarity = |frequency: &u64| {
        let (all, holding) = (sections as f32, *frequency as f32);
        (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
    };
    let rarities: Vec<f32> = frequencies.iter().map(rarity).collect();
    for (hit, counts) in hits.iter_mut().zip(counts.chunks_exact(rarities.len())) {
        let saturated = |count: f32| count * (SATURATION + 1.0) / (count + SATURATION);
        let units = rarities.iter().zip(counts);
        hit.score = units
            .map(|(rarity, count)| rarity * saturated(*count))
            .sum();
    }
}
