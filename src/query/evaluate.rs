//! First stage: from a query to the sections that hold any of its words, with their scores.

use super::clauses::{QueryClause, QueryClauses};
use super::filter::SegmentFilter;
use super::hit::Hit;
use super::neighbours::Neighbourhood;
use super::postings::{Occurrence, SearchedSegment, average_length};
use super::terms::Wanted;
use crate::index::{SegmentView, View};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// How soon a word's occurrences saturate: BM25's k1.
const SATURATION: f32 = 1.2;
/// So many clauses are looked up in parallel.
const SEVERAL: usize = 3;
/// The most neighbours that do instead of a word.
const NEIGHBOURS: usize = 8;

/// What each unit of each clause was found in, in one segment.
type ClauseLists = Vec<Vec<Vec<Occurrence>>>;

/// Returns the sections that hold any clause, in no particular order; all that pass the filters
/// where there is no clause. Words that occur nowhere are replaced by their neighbours, and the
/// clauses get their rarities.
pub(super) fn find_hits(
    view: &View,
    clauses: &mut QueryClauses,
    filters: &[SegmentFilter],
) -> tantivy::Result<Vec<Hit>> {
    let usual = average_length(view.segments(), view.fields())?;
    let open = |segment| SearchedSegment::open(segment, view.fields(), usual);
    let searched: Vec<_> = view.segments().iter().map(open).collect::<Result<_, _>>()?;
    let mut lists = Vec::new();
    for segment in &searched {
        lists.push(find_clauses(segment, &clauses.wanted)?);
    }
    replace_absent(&searched, clauses, &mut lists)?;
    clauses.weigh(&document_frequencies(&lists), view.sections());
    let mut hits = Vec::new();
    for (number, segment) in view.segments().iter().enumerate() {
        let scored = ScoredSegment::of_lists(&lists[number], clauses, segment);
        let excluded = clauses.excluded.iter();
        let excluded = excluded.map(|wanted| searched[number].find(wanted));
        let excluded: Vec<_> = excluded.collect::<Result<_, _>>()?;
        let filter = &filters[number];
        hits.extend(scored.hits(number, clauses).filter(|hit| {
            segment.is_alive(hit.doc)
                && !excluded.iter().any(|list| holds_document(list, hit.doc))
                && filter.accepts(hit.doc)
        }));
    }
    Ok(hits)
}

fn find_clauses(
    segment: &SearchedSegment<'_>,
    clauses: &[QueryClause],
) -> tantivy::Result<ClauseLists> {
    let unit = |wanted: &Wanted| segment.find(wanted);
    let clause = |clause: &QueryClause| clause.units.iter().map(unit).collect();
    if clauses.len() >= SEVERAL {
        clauses.par_iter().map(clause).collect()
    } else {
        clauses.iter().map(clause).collect()
    }
}

/// Looks for the neighbours of words that are in no section.
fn replace_absent(
    searched: &[SearchedSegment<'_>],
    clauses: &mut QueryClauses,
    lists: &mut [ClauseLists],
) -> tantivy::Result<()> {
    for number in 0..clauses.wanted.len() {
        let is_absent = |lists: &ClauseLists| lists[number].iter().all(Vec::is_empty);
        let Some(word) = clauses.wanted[number].misspellable.clone() else {
            continue;
        };
        let Some(neighbourhood) =
            Neighbourhood::of_word(&word).filter(|_| lists.iter().all(is_absent))
        else {
            continue;
        };
        let unit = clauses.wanted[number].units[0].clone();
        let mut found = BTreeSet::new();
        for segment in searched {
            segment.find_neighbours(unit.field, &neighbourhood, &mut found)?;
        }
        let neighbours = nearest_alive(searched, &unit, found)?;
        if !neighbours.is_empty() {
            let units = vec![unit.with_neighbours(&neighbours)];
            for (segment, lists) in searched.iter().zip(lists.iter_mut()) {
                lists[number] = vec![segment.find(&units[0])?];
            }
            clauses.replace(number, units, neighbours);
        }
    }
    Ok(())
}

/// Returns the neighbours with the fewest edits that some section holds: a dictionary also knows
/// the words of sections that are gone.
fn nearest_alive(
    searched: &[SearchedSegment<'_>],
    unit: &Wanted,
    found: BTreeSet<(u8, String)>,
) -> tantivy::Result<Vec<String>> {
    let mut nearest: Vec<(u8, String)> = Vec::new();
    for (edits, word) in found {
        if nearest.len() == NEIGHBOURS || nearest.first().is_some_and(|(least, _)| edits > *least) {
            break;
        }
        let wanted = unit.with_neighbours(std::slice::from_ref(&word));
        let mut alive = false;
        for segment in searched {
            alive |= !segment.find(&wanted)?.is_empty();
        }
        if alive {
            nearest.push((edits, word));
        }
    }
    Ok(nearest.into_iter().map(|(_, word)| word).collect())
}

/// Returns how many sections hold each unit of each clause.
fn document_frequencies(lists: &[ClauseLists]) -> Vec<Vec<u64>> {
    let Some(first) = lists.first() else {
        return Vec::new();
    };
    let mut counts: Vec<Vec<u64>> = first.iter().map(|units| vec![0; units.len()]).collect();
    for clauses in lists {
        for (counts, units) in counts.iter_mut().zip(clauses) {
            for (count, list) in counts.iter_mut().zip(units) {
                *count += list.len() as u64;
            }
        }
    }
    counts
}

fn holds_document(list: &[Occurrence], doc: u32) -> bool {
    list.binary_search_by_key(&doc, |(doc, _)| *doc).is_ok()
}

/// Scores and clauses of all documents of a segment.
struct ScoredSegment {
    scores: Vec<f32>,
    held: Vec<u64>,
}

impl ScoredSegment {
    fn of_lists(lists: &ClauseLists, clauses: &QueryClauses, segment: &SegmentView) -> Self {
        let documents = segment.reader.max_doc() as usize;
        let mut scored = ScoredSegment {
            scores: vec![0.0; documents],
            held: vec![0; documents],
        };
        let scale = clauses.total_rarity().max(f32::MIN_POSITIVE).recip();
        for (number, (clause, units)) in clauses.wanted.iter().zip(lists).enumerate() {
            for (list, rarity) in units.iter().zip(&clause.rarities) {
                for (doc, count) in list {
                    let doc = *doc as usize;
                    let saturated = count * (SATURATION + 1.0) / (count + SATURATION);
                    scored.scores[doc] += scale * rarity * saturated;
                    scored.held[doc] |= 1 << number;
                }
            }
        }
        scored
    }

    fn hits(self, segment: usize, clauses: &QueryClauses) -> impl Iterator<Item = Hit> + '_ {
        let demanded = clauses.demanded();
        let any = clauses.wanted.is_empty();
        let found = self.held.into_iter().zip(self.scores).zip(0..);
        found
            .filter(move |((held, _), _)| any || *held != 0 && held & demanded == demanded)
            .map(move |((held, score), doc)| Hit {
                segment,
                doc,
                held,
                exactness: clauses.exactness(held),
                score,
            })
    }
}
