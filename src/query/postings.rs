//! Occurrences of what a unit looks for, in one segment.

use super::language::Field as Where;
use super::terms::{FUZZY, PART, PART_STEMMED, STEMMED, Wanted, Word};
use crate::index::fulltext::tokenizer::{Form, Spelling};
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
    fields: Vec<(
        Field,
        Weight,
        Arc<InvertedIndexReader>,
        Option<FieldNormReader>,
    )>,
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
            Where::Title => &self.fields[..1],
            Where::Any => &self.fields[..],
        };
        for (field, weight, index, norms) in fields {
            let mut found = Found::default();
            for word in &wanted.words {
                add_word(index, *field, &mut found, word)?;
            }
            for (term, count) in &wanted.terms {
                if let Some(postings) = open(index, *field, term, IndexRecordOption::WithFreqs)? {
                    found.add(postings, *count);
                }
            }
            for (phrase, count) in &wanted.phrases {
                for spelling in phrase {
                    found.extend(phrase_occurrences(index, *field, spelling, true)?, *count);
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
                add_matching(index, &mut found, FUZZY, "", |term| {
                    let text = std::str::from_utf8(term).unwrap_or_default();
                    within_one_edit(text.trim_start_matches(char::is_control), word)
                })?;
            }
            let scale = |(doc, count): Occurrence| {
                let length = norms
                    .as_ref()
                    .map_or(weight.usual, |n| n.fieldnorm(doc) as f32);
                let norm = 1.0 - LENGTH + LENGTH * length / weight.usual;
                (doc, weight.boost * count / norm)
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

    /// Returns the sums by document.
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

/// Adds the occurrences of a word, alone and as a part, and of those with the same stem.
fn add_word(
    index: &InvertedIndexReader,
    field: Field,
    found: &mut Found,
    word: &Word,
) -> io::Result<()> {
    let part = Form::Part.term(&word.surface);
    for (term, count) in [(&word.surface, 1.0), (&part, PART)] {
        if let Some(postings) = open(index, field, term, IndexRecordOption::WithFreqs)? {
            found.add(postings, count);
        }
    }
    if word.is_stemmed() {
        let start = word.beginning();
        let akin = |term: &str| term != word.surface && word.is_akin(term);
        add_matching(index, found, STEMMED, start, |term| {
            std::str::from_utf8(term).is_ok_and(akin)
        })?;
        add_matching(
            index,
            found,
            PART_STEMMED,
            &Form::Part.term(start),
            |term| std::str::from_utf8(&term[1..]).is_ok_and(akin),
        )?;
    }
    Ok(())
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
    let start: Spelling = before.iter().cloned().enumerate().collect();
    for prefix in [prefix.to_owned(), Form::Part.term(prefix)] {
        let mut terms = index.terms().range().ge(&prefix).into_stream()?;
        while let Some((term, _)) = terms.next() {
            if !term.starts_with(prefix.as_bytes()) {
                break;
            }
            let mut spelling = start.clone();
            spelling.push((before.len(), String::from_utf8_lossy(term).into_owned()));
            found.extend(phrase_occurrences(index, field, &spelling, false)?, 1.0);
        }
    }
    Ok(())
}

/// Returns the documents that hold a term of a field that is not text, sorted; also those that
/// do not count.
pub(super) fn documents(view: &SegmentView, field: Field, key: &str) -> tantivy::Result<Vec<u32>> {
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

/// The postings of one place in a phrase: of a word, and of the part of that name.
struct Place {
    offset: u32,
    alternatives: Vec<SegmentPostings>,
}

impl Place {
    fn open(
        index: &InvertedIndexReader,
        field: Field,
        offset: usize,
        term: &str,
        as_part_too: bool,
    ) -> io::Result<Self> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut alternatives: Vec<_> = open(index, field, term, option)?.into_iter().collect();
        if as_part_too && !term.starts_with(char::is_control) {
            alternatives.extend(open(index, field, &Form::Part.term(term), option)?);
        }
        Ok(Place {
            offset: u32::try_from(offset).unwrap_or(u32::MAX),
            alternatives,
        })
    }

    fn size(&self) -> u32 {
        self.alternatives
            .iter()
            .map(|postings| postings.size_hint())
            .sum()
    }

    /// Returns the document at hand: the first of the alternatives'.
    fn doc(&self) -> u32 {
        let docs = self.alternatives.iter().map(|postings| postings.doc());
        docs.min().unwrap_or(TERMINATED)
    }

    /// Goes to a document, or behind it where it is not there.
    fn seek(&mut self, doc: u32) {
        for postings in &mut self.alternatives {
            if postings.doc() < doc {
                postings.seek(doc);
            }
        }
    }

    /// Reads where a phrase would begin in the document at hand, sorted.
    fn starts(&mut self, doc: u32, starts: &mut Vec<u32>, buffer: &mut Vec<u32>) {
        starts.clear();
        for postings in self.alternatives.iter_mut().filter(|p| p.doc() == doc) {
            postings.positions(buffer);
            starts.extend(buffer.iter().filter_map(|p| p.checked_sub(self.offset)));
        }
        starts.sort_unstable();
    }
}

/// Returns the documents in which the terms stand at the given distances, and how often.
/// `parts_too`: a term also stands for the part of that name.
fn phrase_occurrences(
    index: &InvertedIndexReader,
    field: Field,
    spelling: &Spelling,
    parts_too: bool,
) -> io::Result<Vec<Occurrence>> {
    let mut places = Vec::new();
    for (offset, term) in spelling {
        let place = Place::open(index, field, *offset, term, parts_too)?;
        if place.alternatives.is_empty() {
            return Ok(Vec::new());
        }
        places.push(place);
    }
    // The rarest leads.
    places.sort_by_key(Place::size);
    let mut found = Vec::new();
    let Some((leader, others)) = places.split_first_mut() else {
        return Ok(found);
    };
    let (mut starts, mut more, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
    while leader.doc() != TERMINATED {
        let doc = leader.doc();
        others.iter_mut().for_each(|other| other.seek(doc));
        if others.iter().all(|other| other.doc() == doc) {
            leader.starts(doc, &mut starts, &mut buffer);
            for other in others.iter_mut() {
                other.starts(doc, &mut more, &mut buffer);
                starts.retain(|start| more.binary_search(start).is_ok());
            }
            if !starts.is_empty() {
                found.push((doc, starts.len() as f32));
            }
        }
        leader.seek(doc + 1);
    }
    Ok(found)
}

/// The shortest word, in characters, that another within one edit may stand for.
const SHORTEST: usize = 4;

/// Returns whether two words differ by one insertion, deletion, substitution or swap of
/// neighbours of characters, or not at all. Shorter words than [`SHORTEST`] must be equal: an edit
/// makes any other of them.
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
    if a.len().abs_diff(b.len()) > 1 || a.len().min(b.len()) < SHORTEST {
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
        for (a, b) in [
            ("module", "mdl"),
            ("module", "models"),
            ("at", "as"),
            ("", "ab"),
        ] {
            assert!(!within_one_edit(a, b), "{a} {b}");
        }
    }

    #[test]
    fn sums_add_up_by_document() {
        let lists = vec![vec![(1, 1.0), (4, 2.0)], vec![], vec![(1, 0.5), (3, 1.0)]];
        assert_eq!(sum(lists), [(1, 1.5), (3, 1.0), (4, 2.0)]);
    }
}
