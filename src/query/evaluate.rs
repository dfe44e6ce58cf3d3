//! First stage: from a query to the sections that hold any of its words, with their scores.

use super::clauses::{QueryClause, QueryClauses};
use super::filter::SegmentFilter;
use super::hit::Hit;
use super::neighbours::Neighbourhood;
use super::postings::{Occurrence, SearchedSegment, average_length};
use super::sharing::may_share_work;
use super::terms::Wanted;
use crate::index::View;
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
    let segments = view.segments().iter();
    let searched = segments.map(|segment| SearchedSegment::open(segment, view.fields(), usual));
    let searched: Vec<_> = searched.collect::<Result<_, _>>()?;
    let mut lists = Vec::new();
    for segment in &searched {
        lists.push(find_clauses(segment, &clauses.wanted)?);
    }
    split_absent(&searched, clauses, &mut lists)?;
    replace_absent(&searched, clauses, &mut lists)?;
    clauses.weigh(&document_frequencies(&lists), view.sections());
    let mut hits = Vec::new();
    let demanded = clauses.demanded();
    for (number, segment) in view.segments().iter().enumerate() {
        let excluded = clauses.excluded.iter();
        let excluded = excluded.map(|wanted| searched[number].find(wanted));
        let excluded: Vec<_> = excluded.collect::<Result<_, _>>()?;
        let filter = &filters[number];
        let scored = score_documents(&lists[number], clauses, segment.reader.max_doc());
        let accepted = scored.into_iter().filter(|(doc, _, held)| {
            held & demanded == demanded
                && segment.is_alive(*doc)
                && !excluded.iter().any(|list| holds_document(list, *doc))
                && filter.accepts(*doc)
        });
        hits.extend(accepted.map(|(doc, score, held)| Hit {
            segment: number,
            doc,
            held,
            exactness: clauses.exactness(held),
            score,
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
    if clauses.len() >= SEVERAL && may_share_work() {
        clauses.par_iter().map(clause).collect()
    } else {
        clauses.iter().map(clause).collect()
    }
}

/// Looks for the pairs of characters of runs that are in no section.
fn split_absent(
    searched: &[SearchedSegment<'_>],
    clauses: &mut QueryClauses,
    lists: &mut [ClauseLists],
) -> tantivy::Result<()> {
    for number in (0..clauses.wanted.len()).rev() {
        if !is_absent(lists, number) {
            continue;
        }
        let pairs = clauses.split_run(number);
        for (segment, lists) in searched.iter().zip(lists.iter_mut()) {
            let pairs = &clauses.wanted[number..number + pairs];
            if !pairs.is_empty() {
                lists.splice(number..=number, find_clauses(segment, pairs)?);
            }
        }
    }
    Ok(())
}

/// Returns whether no section holds a clause.
fn is_absent(lists: &[ClauseLists], number: usize) -> bool {
    let mut units = lists.iter().flat_map(|lists| &lists[number]);
    units.all(Vec::is_empty)
}

/// Looks for the neighbours of words that are in no section.
fn replace_absent(
    searched: &[SearchedSegment<'_>],
    clauses: &mut QueryClauses,
    lists: &mut [ClauseLists],
) -> tantivy::Result<()> {
    for number in 0..clauses.wanted.len() {
        let Some(word) = clauses.wanted[number].misspellable.clone() else {
            continue;
        };
        if !is_absent(lists, number) {
            continue;
        }
        let unit = clauses.wanted[number].units[0].clone();
        let mut neighbours = Vec::new();
        for neighbourhood in Neighbourhood::of_word(&word) {
            let mut found = BTreeSet::new();
            for segment in searched {
                segment.find_neighbours(unit.field, &neighbourhood, &mut found)?;
            }
            neighbours = nearest_alive(searched, &unit, found)?;
            if !neighbours.is_empty() {
                break;
            }
        }
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
        let wanted = unit.as_spelt(&word);
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

/// A document with its score and the clauses that it holds.
type Scored = (u32, f32, u64);

/// Adds up what each document holds of the clauses: as many as some clause is in, however large
/// the segment. All documents where there is no clause.
fn score_documents(lists: &ClauseLists, clauses: &QueryClauses, documents: u32) -> Vec<Scored> {
    if clauses.wanted.is_empty() {
        return (0..documents).map(|doc| (doc, 0.0, 0)).collect();
    }
    let scale = clauses.total_rarity().max(f32::MIN_POSITIVE).recip();
    let mut scored: Vec<Scored> = Vec::new();
    for (number, (clause, units)) in clauses.wanted.iter().zip(lists).enumerate() {
        for (list, rarity) in units.iter().zip(&clause.rarities) {
            scored.extend(list.iter().map(|(doc, count)| {
                let saturated = count * (SATURATION + 1.0) / (count + SATURATION);
                (*doc, scale * rarity * saturated, 1 << number)
            }));
        }
    }
    // Stable: the scores of a document are added in the order of the clauses, whatever the segment.
    scored.sort_by_key(|(doc, ..)| *doc);
    scored.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
            kept.2 |= next.2;
        }
        same
    });
    scored
}
