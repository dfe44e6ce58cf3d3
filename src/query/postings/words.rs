//! Words in all their forms, and words by their beginning.

use super::lists::{Gathered, Occurrence};
use super::open_postings;
use super::phrase::find_phrase;
use crate::index::fulltext::tokenizer::{Form, Spelling};
use crate::query::terms::{HASH_BEGINNING, PART, PART_STEMMED, STEMMED, Word, is_same_hash};
use std::collections::HashMap;
use std::io;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, InvertedIndexReader, TERMINATED};

/// Adds the occurrences of a word, alone and as a part, and of those with the same stem.
pub(super) fn add_word(
    index: &InvertedIndexReader,
    field: Field,
    found: &mut Gathered,
    word: &Word,
) -> io::Result<()> {
    let part = Form::Part.term(&word.surface);
    for (term, count) in [(&word.surface, 1.0), (&part, PART)] {
        if let Some(postings) = open_postings(index, field, term, IndexRecordOption::WithFreqs)? {
            found.add(postings, count);
        }
    }
    if word.is_stemmed() {
        let start = word.beginning();
        let akin = |term: &str| term != word.surface && word.is_akin(term);
        add_matching(index, found, STEMMED, start, akin)?;
        let part = Form::Part.term(start);
        add_matching(index, found, PART_STEMMED, &part, |term| akin(&term[1..]))?;
    }
    Ok(())
}

/// Adds the occurrences of hashes that are the same at the length of the shorter.
pub(super) fn add_hash(
    index: &InvertedIndexReader,
    found: &mut Gathered,
    hash: &str,
) -> io::Result<()> {
    let start = &hash[..HASH_BEGINNING];
    for start in [start.to_owned(), Form::Part.term(start)] {
        add_matching(index, found, 1.0, &start, |term| {
            let word = term.trim_start_matches(Form::MARKS);
            word != hash && is_same_hash(word, hash)
        })?;
    }
    Ok(())
}

/// Adds the occurrences of all terms that begin with `start` and that `wanted` accepts.
pub(super) fn add_matching(
    index: &InvertedIndexReader,
    found: &mut Gathered,
    count: f32,
    start: &str,
    wanted: impl Fn(&str) -> bool,
) -> io::Result<()> {
    let mut terms = index.terms().range().ge(start).into_stream()?;
    let mut sums: HashMap<u32, f32> = HashMap::new();
    while let Some((term, info)) = terms.next() {
        if !term.starts_with(start.as_bytes()) {
            break;
        }
        if !std::str::from_utf8(term).is_ok_and(&wanted) {
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
pub(super) fn add_continued(
    index: &InvertedIndexReader,
    field: Field,
    found: &mut Gathered,
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
            found.extend(find_phrase(index, field, &spelling, false)?, 1.0);
        }
    }
    Ok(())
}
