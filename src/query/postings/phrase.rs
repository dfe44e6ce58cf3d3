//! Phrases: terms that stand at given distances.

use super::lists::Occurrence;
use super::open_postings;
use crate::index::fulltext::tokenizer::{Form, Spelling};
use std::io;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

/// The postings of one place in a phrase: of a word, and of the part of that name.
struct PhrasePlace {
    offset: u32,
    alternatives: Vec<SegmentPostings>,
}

impl PhrasePlace {
    fn open(
        index: &InvertedIndexReader,
        field: Field,
        offset: usize,
        term: &str,
        as_part_too: bool,
    ) -> io::Result<Self> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut alternatives: Vec<_> = open_postings(index, field, term, option)?
            .into_iter()
            .collect();
        if as_part_too && !term.starts_with(char::is_control) {
            alternatives.extend(open_postings(index, field, &Form::Part.term(term), option)?);
        }
        Ok(PhrasePlace {
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
pub(super) fn find_phrase(
    index: &InvertedIndexReader,
    field: Field,
    spelling: &Spelling,
    parts_too: bool,
) -> io::Result<Vec<Occurrence>> {
    let mut places = Vec::new();
    for (offset, term) in spelling {
        let place = PhrasePlace::open(index, field, *offset, term, parts_too)?;
        if place.alternatives.is_empty() {
            return Ok(Vec::new());
        }
        places.push(place);
    }
    // The rarest leads.
    places.sort_by_key(PhrasePlace::size);
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
