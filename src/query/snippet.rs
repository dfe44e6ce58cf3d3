//! Cuts from a section the piece that shows best why it was found.

use super::clauses::QueryClause;
use super::likely_words::LikelyWords;
use super::plain::plain_words;
use super::section::floor_char_boundary;
use super::terms::{HASH_BEGINNING, Wanted, Word, is_same_hash};
use crate::index::fulltext::tokenizer::{self, Form, Term};
use std::ops::Range;

/// Length of a snippet, in bytes of its text; a word is not cut for it.
const LENGTH: usize = 200;
/// How much text is shown before the first match.
const LEAD: usize = 40;
/// How many windows of a text are looked at.
const WINDOWS: usize = 1_000;

/// A piece of a section in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text, white space folded to single blanks; `…` where it was cut.
    pub text: String,
    /// What matches, as bytes of `text`, in order.
    pub matches: Vec<Range<usize>>,
}

/// What matches in a text, in bytes, and its clause.
pub(super) type Match = (Range<usize>, usize);

/// Finds what a query wants in a text.
#[derive(Default)]
pub(super) struct Highlighter<'a> {
    words: Vec<(&'a Word, usize)>,
    /// Few: they are compared one after the other.
    terms: Vec<(&'a str, usize)>,
    prefixes: Vec<(&'a str, usize)>,
    hashes: Vec<(&'a str, usize)>,
    /// How telling each clause is.
    rarities: Vec<f32>,
}

impl<'a> Highlighter<'a> {
    /// Makes a highlighter for the clauses of a query.
    pub fn of_clauses(clauses: &'a [QueryClause]) -> Self {
        let mut found = Highlighter::default();
        for (number, clause) in clauses.iter().enumerate() {
            found.rarities.push(clause.rarity());
            for wanted in &clause.units {
                found.add_unit(wanted, number);
            }
        }
        found
    }

    fn add_unit(&mut self, wanted: &'a Wanted, clause: usize) {
        let words = wanted.words.iter();
        self.words.extend(words.map(|word| (word, clause)));
        let terms = wanted.terms.iter().map(|(term, _)| term);
        let spellings = wanted.phrases.iter().flat_map(|(spellings, _)| spellings);
        let atoms = spellings.flatten().map(|(_, term)| term);
        for term in terms.chain(atoms).chain(&wanted.neighbours) {
            if self.clause_of_term(term).is_none() {
                self.terms.push((term, clause));
            }
        }
        let prefixes = wanted.prefixes.iter();
        let prefixes = prefixes.map(|(_, prefix)| (prefix.as_str(), clause));
        self.prefixes.extend(prefixes);
        let hashes = wanted.hashes.iter();
        self.hashes
            .extend(hashes.map(|hash| (hash.as_str(), clause)));
    }

    /// Returns the clause that a term of the text belongs to.
    fn clause(&self, term: &Term<'_>) -> Option<usize> {
        let word = term.word();
        let known = self.clause_of_term(term.text);
        let known = known.or_else(|| self.clause_of_term(word));
        let is_word = |wanted: &Word| {
            wanted.surface == word
                || wanted.is_stemmed()
                    && word.starts_with(wanted.beginning())
                    && wanted.is_akin(word)
        };
        known
            .or_else(|| find_clause(&self.words, |wanted| is_word(wanted)))
            .or_else(|| find_clause(&self.prefixes, |prefix| word.starts_with(*prefix)))
            .or_else(|| find_clause(&self.hashes, |hash| is_same_hash(word, hash)))
    }

    fn clause_of_term(&self, text: &str) -> Option<usize> {
        find_clause(&self.terms, |term| *term == text)
    }

    /// Returns the matches in a text, in order and without overlaps.
    pub fn find_matches(&self, text: &str) -> Vec<Match> {
        self.find_matches_in(text, std::iter::once(0..text.len()))
    }

    /// Returns the matches among some words of a text.
    pub fn find_matches_in(
        &self,
        text: &str,
        words: impl IntoIterator<Item = Range<usize>>,
    ) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        for word in words {
            tokenizer::scan_terms(&text[word.clone()], |term| {
                let Some(unit) = self.clause(&term) else {
                    return;
                };
                let range = word.start + term.range.start..word.start + term.range.end;
                match found.last_mut() {
                    Some((last, _)) if range.start < last.end => {
                        last.end = last.end.max(range.end);
                    }
                    _ => found.push((range, unit)),
                }
            });
        }
        found
    }

    /// Returns how the words that match begin, for finding them fast.
    pub fn likely_words(&self) -> Option<LikelyWords> {
        let words = self.words.iter();
        let words = words.flat_map(|(word, _)| [word.surface.as_str(), word.beginning()]);
        let terms = self.terms.iter().map(|(term, _)| *term);
        let prefixes = self.prefixes.iter().map(|(prefix, _)| *prefix);
        let hashes = self.hashes.iter();
        let hashes = hashes.map(|(hash, _)| &hash[..HASH_BEGINNING]);
        let all = words.chain(terms).chain(prefixes).chain(hashes);
        let beginnings: Vec<&str> = all
            .map(|text| text.trim_start_matches(Form::MARKS))
            .collect();
        LikelyWords::of_beginnings(&beginnings)
    }

    /// Cuts a snippet from a text, around the matches that cover the most of the query; from its
    /// beginning if nothing matches.
    pub fn snippet(&self, text: &str) -> Snippet {
        let text = plain_words(text);
        let matches = self.find_matches(&text);
        let start = match self.best_window(&matches, LENGTH - LEAD) {
            Some((start, _)) if start > LEAD => word_start(&text, start - LEAD, start),
            _ => 0,
        };
        cut_snippet(&text, start, &matches)
    }

    /// Returns where the window of a length begins that holds the most telling clauses, then the
    /// most matches, the first of equals; and how rare these clauses are together.
    pub fn best_window(&self, matches: &[Match], length: usize) -> Option<(usize, f32)> {
        let mut best: Option<((f32, usize), usize)> = None;
        // A section may hold a word a hundred thousand times; the first windows will do.
        for (index, (first, _)) in matches.iter().enumerate().take(WINDOWS) {
            let window = matches[index..].iter();
            let window = window.take_while(|(range, _)| range.end <= first.start + length);
            let (mut seen, mut telling, mut count) = (0u64, 0.0, 0);
            for (_, clause) in window {
                if seen >> clause & 1 == 0 {
                    seen |= 1 << clause;
                    telling += self.rarities[*clause];
                }
                count += 1;
            }
            let value = (telling, count);
            if best.is_none_or(|(known, _)| value > known) {
                best = Some((value, first.start));
            }
        }
        best.map(|((telling, _), start)| (start, telling))
    }
}

/// Returns the clause of the first of some pairs that fits.
fn find_clause<T>(pairs: &[(T, usize)], fits: impl Fn(&T) -> bool) -> Option<usize> {
    let found = pairs.iter().find(|(wanted, _)| fits(wanted));
    found.map(|(_, clause)| *clause)
}

fn cut_snippet(text: &str, start: usize, matches: &[Match]) -> Snippet {
    let mut end = floor_char_boundary(text, start + LENGTH);
    if end < text.len()
        && let Some(blank) = text[start..end].rfind(' ')
        && blank > LENGTH / 2
    {
        end = start + blank;
    }
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    let shift = |at: usize| at - start + before.len();
    let inside = matches
        .iter()
        .filter(|(r, _)| r.start >= start && r.end <= end);
    Snippet {
        matches: inside.map(|(r, _)| shift(r.start)..shift(r.end)).collect(),
        text: format!("{before}{}{after}", &text[start..end]),
    }
}

/// Returns where a word begins, from `at` on but not behind `limit`.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    let at = floor_char_boundary(text, at);
    text[at..limit].find(' ').map_or(at, |blank| at + blank + 1)
}
