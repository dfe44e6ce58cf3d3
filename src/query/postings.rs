//! Occurrences of what a unit looks for, in one segment.

use super::language::Field as Place;
use super::terms::{FUZZY, Wanted};
use crate::index::fulltext::tokenizer::Spelling;
use crate::index::{Fields, SegmentView};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, InvertedIndexReader, TERMINATED, Term};

/// How far a document's length counts: BM25's b.
const LENGTH: f32 = 0.75;

/// A text field: what an occurrence in it counts, and its usual length in terms.
///
/// Lengths are compared with these constants and not with the average of the KB, so that a score
/// does not depend on documents that were deleted and not yet merged away.
struct Weight {
    boost: f32,
    usual: f32,
}

/// What a tag counts, as an occurrence among the tags.
const TAGGED: f32 = 2.0;

/// One document, and how much of a unit it holds: occurrences, weighted by field and form.
pub(super) type Occurrence = (u32, f32);

/// One segment, opened for reading postings.
pub(super) struct Searched<'a> {
    view: &'a SegmentView,
    tag: Field,
    fields: Vec<(Field, Weight, Arc<InvertedIndexReader>, Option<FieldNormReader>)>,
}

impl<'a> Searched<'a> {
    /// Opens a segment.
    pub fn new(view: &'a SegmentView, fields: Fields) -> tantivy::Result<Self> {
        let weight = |boost, usual| Weight { boost, usual };
        let mut opened = Vec::new();
        for (field, weight) in [
            (fields.title, weight(3.0, 6.0)),
            (fields.heading, weight(2.0, 8.0)),
            (fields.meta, weight(2.0, 6.0)),
            (fields.body, weight(1.0, 100.0)),
        ] {
            let index = view.reader.inverted_index(field)?;
            let norms = view.reader.get_fieldnorms_reader(field).ok();
            opened.push((field, weight, index, norms));
        }
        Ok(Searched {
            view,
            tag: fields.tag,
            fields: opened,
        })
    }

    /// Returns the documents that hold what is wanted, in order, each with how much of it.
    pub fn occurrences(&self, wanted: &Wanted) -> tantivy::Result<Vec<Occurrence>> {
        let mut all = Vec::new();
        let fields = match wanted.field {
            Place::Title => &self.fields[..1],
            Place::Any => &self.fields[..],
        };
        for (field, weight, index, norms) in fields {
            let mut found = Found::default();
            for (term, count) in &wanted.terms {
                if let Some(postings) = open(index, *field, term, IndexRecordOption::WithFreqs)? {
                    found.add(postings, *count);
                }
            }
            for (phrase, count) in &wanted.phrases {
                for spelling in phrase {
                    found.extend(phrase_occurrences(index, *field, spelling)?, *count);
                }
            }
            for (before, prefix) in &wanted.prefixes {
                if before.is_empty() {
                    add_matching(index, &mut found, 1.0, prefix, |_| true)?;
                } else {
                    add_continued(index, *field, &mut found, before, prefix)?;
                }
            }
            for word in &wanted.fuzzy {
                let mark = word.chars().next().filter(|c| c.is_control());
                let start = mark.map(String::from).unwrap_or_default();
                add_matching(index, &mut found, FUZZY, &start, |term| {
                    std::str::from_utf8(term).is_ok_and(|term| within_one_edit(term, word))
                })?;
            }
            let scale = |(doc, count): Occurrence| {
                let length = norms.as_ref().map_or(weight.usual, |n| n.fieldnorm(doc) as f32);
                let norm = 1.0 - LENGTH + LENGTH * length / weight.usual;
                (doc, weight.boost * count.max(0.05) / norm)
            };
            all.push(found.sorted().map(scale).collect::<Vec<_>>());
        }
        for tag in &wanted.tags {
            let tagged = documents(self.view, self.tag, tag)?;
            all.push(tagged.into_iter().map(|doc| (doc, TAGGED)).collect());
        }
        let mut merged = sum(all);
        if !self.view.is_whole() {
            merged.retain(|(doc, _)| self.view.is_alive(*doc));
        }
        Ok(merged)
    }
}

fn open(
    index: &InvertedIndexReader,
    field: Field,
    term: &str,
    option: IndexRecordOption,
) -> io::Result<Option<SegmentPostings>> {
    index.read_postings(&Term::from_field_text(field, term), option)
}

/// Counts by document, gathered from several postings.
#[derive(Default)]
struct Found {
    /// Each sorted by document.
    lists: Vec<Vec<Occurrence>>,
}

impl Found {
    fn add(&mut self, mut postings: SegmentPostings, count: f32) {
        let mut list = Vec::with_capacity(postings.size_hint() as usize);
        while postings.doc() != TERMINATED {
            list.push((postings.doc(), count * postings.term_freq() as f32));
            postings.advance();
        }
        self.lists.push(list);
    }

    fn extend(&mut self, occurrences: Vec<Occurrence>, count: f32) {
        let scaled = occurrences.into_iter().map(|(doc, n)| (doc, count * n));
        self.lists.push(scaled.collect());
    }

    /// Returns the sums by document. A document that only a negative weight names is impossible:
    /// a part is also an atom.
    fn sorted(self) -> impl Iterator<Item = Occurrence> {
        sum(self.lists).into_iter()
    }
}

/// Adds up lists that are sorted by document.
fn sum(mut lists: Vec<Vec<Occurrence>>) -> Vec<Occurrence> {
    lists.retain(|list| !list.is_empty());
    if lists.len() <= 1 {
        return lists.pop().unwrap_or_default();
    }
    let mut all: Vec<Occurrence> = lists.concat();
    // Stable: the counts of a document are added in the order of the lists, whatever the segment.
    all.sort_by_key(|(doc, _)| *doc);
    all.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    all
}

/// Adds the occurrences of all terms from `start` on that begin like it and that `wanted` accepts.
fn add_matching(
    index: &InvertedIndexReader,
    found: &mut Found,
    count: f32,
    start: &str,
    wanted: impl Fn(&[u8]) -> bool,
) -> io::Result<()> {
    let mut terms = index.terms().range().ge(start).into_stream()?;
    let mut sums: HashMap<u32, f32> = HashMap::new();
    while let Some((term, info)) = terms.next() {
        if !term.starts_with(start.as_bytes()) {
            break;
        }
        if !wanted(term) {
            continue;
        }
        let mut docs = index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
        while docs.doc() != TERMINATED {
            // Whole numbers, so that the order of adding does not matter.
            *sums.entry(docs.doc()).or_default() += docs.term_freq() as f32;
            docs.advance();
        }
    }
    let mut list: Vec<Occurrence> = sums.into_iter().collect();
    list.sort_unstable_by_key(|(doc, _)| *doc);
    found.extend(list, count);
    Ok(())
}

/// Adds the occurrences of all terms that begin with `prefix` and stand behind the given ones.
fn add_continued(
    index: &InvertedIndexReader,
    field: Field,
    found: &mut Found,
    before: &[String],
    prefix: &str,
) -> io::Result<()> {
    let mut terms = index.terms().range().ge(prefix).into_stream()?;
    let stem: Spelling = before.iter().cloned().enumerate().collect();
    while let Some((term, _)) = terms.next() {
        if !term.starts_with(prefix.as_bytes()) {
            break;
        }
        let mut spelling = stem.clone();
        spelling.push((before.len(), String::from_utf8_lossy(term).into_owned()));
        found.extend(phrase_occurrences(index, field, &spelling)?, 1.0);
    }
    Ok(())
}

/// Returns the documents that hold a term of a field that is not text, sorted; also those that
/// do not count.
pub(super) fn documents(
    view: &SegmentView,
    field: Field,
    key: &str,
) -> tantivy::Result<Vec<u32>> {
    let index = view.reader.inverted_index(field)?;
    let mut found = Vec::new();
    if let Some(mut docs) = open(&index, field, key, IndexRecordOption::Basic)? {
        while docs.doc() != TERMINATED {
            found.push(docs.doc());
            docs.advance();
        }
    }
    Ok(found)
}

/// Returns the documents in which the terms stand at the given distances, and how often.
fn phrase_occurrences(
    index: &InvertedIndexReader,
    field: Field,
    spelling: &Spelling,
) -> io::Result<Vec<Occurrence>> {
    let mut lists = Vec::new();
    for (offset, term) in spelling {
        let option = IndexRecordOption::WithFreqsAndPositions;
        match open(index, field, term, option)? {
            Some(postings) => lists.push((*offset as u32, postings)),
            None => return Ok(Vec::new()),
        }
    }
    // The rarest term leads.
    lists.sort_by_key(|(_, postings)| postings.size_hint());
    let mut found = Vec::new();
    let Some(((first, leader), others)) = lists.split_first_mut() else {
        return Ok(found);
    };
    let (mut starts, mut positions) = (Vec::new(), Vec::new());
    'docs: while leader.doc() != TERMINATED {
        let doc = leader.doc();
        for (_, other) in others.iter_mut() {
            if other.doc() < doc {
                other.seek(doc);
            }
            if other.doc() != doc {
                leader.advance();
                continue 'docs;
            }
        }
        leader.positions(&mut starts);
        starts.retain_mut(|position| match position.checked_sub(*first) {
            Some(start) => {
                *position = start;
                true
            }
            None => false,
        });
        for (offset, other) in others.iter_mut() {
            other.positions(&mut positions);
            starts.retain(|start| positions.binary_search(&(start + *offset)).is_ok());
        }
        if !starts.is_empty() {
            found.push((doc, starts.len() as f32));
        }
        leader.advance();
    }
    Ok(found)
}

/// Returns whether two words differ by one insertion, deletion, substitution or swap of
/// neighbours of characters, or not at all. Words of one or two characters must be equal.
pub(super) fn within_one_edit(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if a.len().abs_diff(b.len()) > 4 {
        return false;
    }
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > 1 || a.len().min(b.len()) < 3 {
        return false;
    }
    let (a, b) = (&a[same..], &b[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => a == &b[1..],
        std::cmp::Ordering::Greater => &a[1..] == b,
        std::cmp::Ordering::Equal => {
            a[1..] == b[1..] || a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_an_insertion_a_deletion_a_substitution_or_a_swap() {
        for (a, b) in [
            ("module", "modul"),
            ("modul", "module"),
            ("module", "modble"),
            ("module", "mdoule"),
            ("module", "moduel"),
            ("module", "xmodule"),
            ("модуль", "модул"),
            ("same", "same"),
        ] {
            assert!(within_one_edit(a, b), "{a} {b}");
        }
        for (a, b) in [("module", "mdl"), ("module", "models"), ("at", "as"), ("", "ab")] {
            assert!(!within_one_edit(a, b), "{a} {b}");
        }
    }

    #[test]
    fn sums_add_up_by_document() {
        let lists = vec![vec![(1, 1.0), (4, 2.0)], vec![], vec![(1, 0.5), (3, 1.0)]];
        assert_eq!(sum(lists), [(1, 1.5), (3, 1.0), (4, 2.0)]);
    }
}
