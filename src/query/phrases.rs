//! Where a phrase that was quoted stands in a text, among the words of it that match.

use crate::index::fulltext::tokenizer::{Form, Spelling, scan_terms};
use std::collections::HashMap;
use std::ops::Range;

/// Returns where a phrase stands in a text, in order and without overlaps; `words` is where there are words
/// that match.
pub(super) fn find_phrases(
    text: &str,
    words: &[Range<usize>],
    spellings: &[Spelling],
) -> Vec<Range<usize>> {
    let follows = |first: &Range<usize>, second: &Range<usize>| {
        let between = text.get(first.end..second.start);
        between.is_none_or(|between| !between.contains(char::is_alphanumeric))
    };
    let runs = words.chunk_by(follows);
    let runs = runs.filter_map(|run| Some(run.first()?.start..run.last()?.end));
    let in_run = |run: Range<usize>| {
        let phrases = find_phrases_in(&text[run.clone()], spellings).into_iter();
        phrases.map(move |phrase| run.start + phrase.start..run.start + phrase.end)
    };
    runs.flat_map(in_run).collect()
}

/// Returns where a phrase stands in a run of words, in order.
fn find_phrases_in(words: &str, spellings: &[Spelling]) -> Vec<Range<usize>> {
    let mut places: HashMap<(usize, String), Range<usize>> = HashMap::new();
    let mut count = 0;
    scan_terms(words, |term| {
        count = count.max(term.position + 1);
        // A phrase holds the parts of a compound as words.
        let text = match term.form {
            Form::Part => term.word(),
            _ => term.text,
        };
        places.insert((term.position, text.to_owned()), term.range);
    });
    let spelt_from = |at: usize, spelling: &Spelling| {
        let atoms = spelling.iter();
        let mut atoms = atoms.map(|(offset, term)| places.get(&(at + offset, term.clone())));
        let first = atoms.next()??;
        let last = atoms.try_fold(first, |_, place| place)?;
        Some(first.start..last.end)
    };
    let phrase_from = |at| {
        spellings
            .iter()
            .find_map(|spelling| spelt_from(at, spelling))
    };
    let mut found: Vec<Range<usize>> = (0..count).filter_map(phrase_from).collect();
    found.dedup_by(|next, kept| next.start < kept.end);
    found
}
