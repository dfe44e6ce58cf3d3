//! Cuts from a section the piece that shows best why it was found.

use super::clauses::QueryClause;
use super::likely_words::LikelyWords;
use super::phrases::find_phrases;
use super::plain::{BETWEEN, plain_words, uncover_comments};
use super::section::floor_char_boundary;
use super::terms::{HASH_BEGINNING, Wanted, Word, is_same_hash};
use crate::index::fulltext::tokenizer::{self, Form, Spelling, Term, TermScanner};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;

/// Length of a snippet, in bytes of its text; a word is not cut for it.
const LENGTH: usize = 200;
/// How much text is shown before the first match.
const LEAD: usize = 40;

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
    terms: HashMap<&'a str, usize>,
    /// The terms among them that are only parts of a compound.
    parts: HashSet<&'a str>,
    /// How the phrases can stand there that were quoted, each with its clause.
    quoted: Vec<(&'a [Spelling], usize)>,
    /// Neighbouring characters.
    pairs: HashMap<[&'a str; 2], usize>,
    prefixes: Vec<(&'a str, usize)>,
    hashes: Vec<(&'a str, usize)>,
    /// With which bytes words begin that may match: most do not.
    first_bytes: FirstBytes,
    /// How telling each clause is.
    rarities: Vec<f32>,
    /// Finds words that may match, once that was asked for.
    likely: OnceLock<Option<LikelyWords>>,
}

/// Bytes with which words begin.
struct FirstBytes([bool; 256]);

impl Default for FirstBytes {
    fn default() -> Self {
        FirstBytes([false; 256])
    }
}

impl FirstBytes {
    fn add(&mut self, beginning: &str) {
        match beginning.bytes().next() {
            Some(byte) => self.0[usize::from(byte)] = true,
            None => self.0 = [true; 256],
        }
    }

    fn may_begin(&self, word: &str) -> bool {
        word.bytes()
            .next()
            .is_none_or(|byte| self.0[usize::from(byte)])
    }
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
        let mut first_bytes = FirstBytes::default();
        found
            .beginnings()
            .for_each(|beginning| first_bytes.add(beginning));
        found.first_bytes = first_bytes;
        found
    }

    fn add_unit(&mut self, wanted: &'a Wanted, clause: usize) {
        let words = wanted.words.iter();
        self.words.extend(words.map(|word| (word, clause)));
        let terms = wanted.terms.iter().map(|(term, _)| term);
        let phrases = wanted.phrases.iter().filter(|_| wanted.pairs.is_empty());
        let spellings = phrases.clone().flat_map(|(spellings, _)| spellings);
        let atoms = spellings.flatten().map(|(_, term)| term);
        for term in terms {
            self.terms.entry(term).or_insert(clause);
        }
        // Of a compound, not of words that were quoted.
        let are_parts =
            wanted.phrases.len() > 1 || !wanted.terms.is_empty() || !wanted.words.is_empty();
        if !are_parts {
            let phrases = phrases.map(|(spellings, _)| (spellings.as_slice(), clause));
            self.quoted.extend(phrases);
        }
        for term in atoms {
            if let Entry::Vacant(place) = self.terms.entry(term) {
                place.insert(clause);
                if are_parts {
                    self.parts.insert(term);
                }
            }
        }
        for [first, second] in &wanted.pairs {
            self.pairs.entry([first, second]).or_insert(clause);
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
        if !self.first_bytes.may_begin(word) {
            return None;
        }
        let known = self.terms.get(term.text);
        let known = known.or_else(|| self.terms.get(word)).copied();
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

    /// Returns the matches in a text, in order and without overlaps: among the words that are likely to
    /// match; among all where there is none, which may be written otherwise: `re-index` for `reindex`.
    pub fn find_matches(&self, text: &str) -> Vec<Match> {
        if self.beginnings().next().is_none() {
            return Vec::new();
        }
        let likely = self.likely.get_or_init(|| self.likely_words());
        let words = likely.as_ref().map(|likely| likely.find(text));
        match words.filter(|words| !words.is_empty()) {
            Some(words) => self.find_matches_in(text, words),
            None => self.find_matches_in(text, std::iter::once(0..text.len())),
        }
    }

    /// Returns the matches among some words of a text.
    fn find_matches_in(
        &self,
        text: &str,
        words: impl IntoIterator<Item = Range<usize>>,
    ) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        let mut scanner = TermScanner::default();
        for word in words {
            let mut pairs = PairFinder::default();
            scanner.scan(&text[word.clone()], |term| {
                let pair = pairs.find_pair(&term, &self.pairs);
                let clause = self
                    .clause(&term)
                    .map(|clause| (term.range.clone(), clause));
                for (range, clause) in pair.into_iter().chain(clause) {
                    let range = word.start + range.start..word.start + range.end;
                    add_match(&mut found, range, clause);
                }
            });
        }
        found
    }

    /// Takes a phrase that was quoted as one match, and leaves out its single words where the text holds
    /// the phrase too.
    fn join_phrases(&self, text: &str, mut matches: Vec<Match>) -> Vec<Match> {
        for (spellings, clause) in &self.quoted {
            let words: Vec<Range<usize>> = matches.iter().map(|(word, _)| word.clone()).collect();
            let phrases = find_phrases(text, &words, spellings);
            if phrases.is_empty() {
                continue;
            }
            let meets_phrase = |range: &Range<usize>| {
                let next = phrases.partition_point(|phrase| phrase.end <= range.start);
                let phrase = phrases.get(next);
                phrase.is_some_and(|phrase| phrase.start < range.end)
            };
            matches.retain(|(range, own)| own != clause && !meets_phrase(range));
            matches.extend(phrases.into_iter().map(|phrase| (phrase, *clause)));
            matches.sort_by_key(|(range, _)| range.start);
        }
        matches
    }

    /// Leaves out matches of parts of what the text holds as a whole too: `rate` where `rate-limiter` was
    /// asked for.
    fn without_parts(&self, text: &str, mut matches: Vec<Match>) -> Vec<Match> {
        if self.parts.is_empty() {
            return matches;
        }
        let is_whole = |(range, clause): &Match| {
            let mut is_whole = false;
            tokenizer::scan_terms(&text[range.clone()], |term| {
                let is_part = self.parts.contains(term.text) || self.parts.contains(term.word());
                is_whole |= !is_part && self.clause(&term) == Some(*clause);
            });
            is_whole
        };
        let mut whole: Vec<bool> = matches.iter().map(is_whole).collect();
        for (index, pair) in matches.windows(2).enumerate() {
            let [(first, clause), (second, next)] = pair else {
                continue;
            };
            let between = text.get(first.end..second.start);
            let is_one = |between: &str| !between.contains(char::is_whitespace);
            if clause == next && between.is_some_and(is_one) {
                whole[index] = true;
                whole[index + 1] = true;
            }
        }
        let held = matches.iter().zip(&whole).filter(|(_, whole)| **whole);
        let held = held.fold(0u64, |held, ((_, clause), _)| held | 1 << clause);
        let mut whole = whole.into_iter();
        matches.retain(|(_, clause)| whole.next().unwrap_or(true) || held >> clause & 1 == 0);
        matches
    }

    fn likely_words(&self) -> Option<LikelyWords> {
        let beginnings: Vec<&str> = self.beginnings().collect();
        LikelyWords::of_beginnings(&beginnings)
    }

    /// Returns how the words begin that match.
    fn beginnings(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter();
        let words = words.flat_map(|(word, _)| [word.surface.as_str(), word.beginning()]);
        let terms = self.terms.keys().copied();
        let terms = terms.chain(self.pairs.keys().map(|[first, _]| *first));
        let prefixes = self.prefixes.iter().map(|(prefix, _)| *prefix);
        let hashes = self.hashes.iter();
        let hashes = hashes.map(|(hash, _)| &hash[..HASH_BEGINNING]);
        let all = words.chain(terms).chain(prefixes).chain(hashes);
        all.map(|text| text.trim_start_matches(Form::MARKS))
    }

    /// Cuts a snippet from a text, around the matches that cover the most of the query; from its
    /// beginning if nothing matches.
    pub fn snippet(&self, text: &str) -> Snippet {
        let words = plain_words(text);
        let matches = self.join_phrases(&words, self.find_matches(&words));
        let matches = self.without_parts(&words, matches);
        if matches.is_empty() && text.contains("<!--") {
            let words = plain_words(&uncover_comments(text));
            let hidden = self.find_matches(&words);
            if !hidden.is_empty() {
                return self.cut_around(&words, &hidden);
            }
        }
        self.cut_around(&words, &matches)
    }

    fn cut_around(&self, text: &str, matches: &[Match]) -> Snippet {
        let Some((first, _)) = self.best_window(matches, LENGTH - LEAD) else {
            return cut_snippet(text, 0, matches);
        };
        // What stands behind the last of the clauses is shown too.
        let least = last_clause_end(matches, first) + LEAD;
        let start = first.saturating_sub(LEAD);
        let start = start
            .max(least.min(text.len()).saturating_sub(LENGTH))
            .min(first);
        let start = match start {
            0 => 0,
            start => word_start(text, start, first),
        };
        cut_snippet(text, start, matches)
    }

    /// Returns where the window of a length begins that holds the most telling clauses, then the
    /// most matches, the first of equals; and how rare these clauses are together.
    pub fn best_window(&self, matches: &[Match], length: usize) -> Option<(usize, f32)> {
        let mut best: Option<((f32, usize), usize)> = None;
        let mut window = Window::default();
        let mut end = 0;
        for (index, (first, clause)) in matches.iter().enumerate() {
            while let Some((range, clause)) = matches.get(end)
                && (end == index || range.end <= first.start + length)
            {
                window.add_clause(*clause);
                end += 1;
            }
            let value = (window.rarity(&self.rarities), end - index);
            if best.is_none_or(|(known, _)| value > known) {
                best = Some((value, first.start));
            }
            window.remove_clause(*clause);
        }
        best.map(|((telling, _), start)| (start, telling))
    }
}

/// The clauses that matches in a window belong to.
struct Window {
    counts: [u32; u64::BITS as usize],
    held: u64,
    /// How rare some clauses are together: the last that were asked for.
    known: (u64, f32),
}

impl Default for Window {
    fn default() -> Self {
        Window {
            counts: [0; u64::BITS as usize],
            held: 0,
            known: (0, 0.0),
        }
    }
}

impl Window {
    fn add_clause(&mut self, clause: usize) {
        self.counts[clause] += 1;
        self.held |= 1 << clause;
    }

    fn remove_clause(&mut self, clause: usize) {
        self.counts[clause] -= 1;
        if self.counts[clause] == 0 {
            self.held &= !(1 << clause);
        }
    }

    /// Returns how rare the clauses are together, always added up in the same order.
    fn rarity(&mut self, rarities: &[f32]) -> f32 {
        if self.known.0 != self.held {
            let clauses = rarities.iter().enumerate();
            let held = clauses.filter(|(clause, _)| self.held >> clause & 1 == 1);
            self.known = (self.held, held.map(|(_, rarity)| rarity).sum());
        }
        self.known.1
    }
}

/// Finds pairs of neighbouring characters among the terms of a text.
#[derive(Default)]
struct PairFinder {
    last: String,
    range: Range<usize>,
}

impl PairFinder {
    /// Returns what of the text a term completes to a pair that is wanted, and the clause of that.
    fn find_pair(
        &mut self,
        term: &Term<'_>,
        wanted: &HashMap<[&str; 2], usize>,
    ) -> Option<(Range<usize>, usize)> {
        if wanted.is_empty() {
            return None;
        }
        let is_next = self.range.end == term.range.start;
        let pair = wanted.get(&[self.last.as_str(), term.text]).copied();
        let range = self.range.start..term.range.end;
        self.last.clear();
        self.last.push_str(term.text);
        self.range = term.range.clone();
        pair.filter(|_| is_next).map(|clause| (range, clause))
    }
}

/// Adds a match to those before it. What overlaps is one, if it belongs to the same clause; else
/// the new one begins where the last ends.
fn add_match(found: &mut Vec<Match>, range: Range<usize>, clause: usize) {
    match found.last_mut() {
        Some((last, known)) if range.start < last.end => {
            if *known == clause || range.end <= last.end {
                last.end = last.end.max(range.end);
            } else {
                let rest = last.end..range.end;
                found.push((rest, clause));
            }
        }
        _ => found.push((range, clause)),
    }
}

/// Returns where the match ends that completes what a window holds of the query.
fn last_clause_end(matches: &[Match], first: usize) -> usize {
    let mut held = 0u64;
    let mut end = first;
    let from = matches.partition_point(|(range, _)| range.start < first);
    let window = matches[from..].iter();
    for (range, clause) in window.take_while(|(range, _)| range.end <= first + LENGTH - LEAD) {
        if held >> clause & 1 == 0 {
            held |= 1 << clause;
            end = range.end;
        }
    }
    end
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
        let shown = text[start..start + blank].trim_end_matches(BETWEEN);
        end = start + shown.trim_end().len();
    }
    let before = if start > 0 { "…" } else { "" };
    let after = if end < text.len() { "…" } else { "" };
    let shift = |at: usize| at - start + before.len();
    let inside = matches
        .iter()
        .filter(|(r, _)| r.start >= start && r.end <= end);
    let mut shown: Vec<Range<usize>> = Vec::new();
    for (range, _) in inside {
        let range = shift(range.start)..shift(range.end);
        match shown.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => shown.push(range),
        }
    }
    Snippet {
        matches: shown,
        text: format!("{before}{}{after}", &text[start..end]),
    }
}

/// Returns where a word begins, from `at` on but not behind `limit`.
fn word_start(text: &str, at: usize, limit: usize) -> usize {
    let at = floor_char_boundary(text, at);
    let rest = &text[at..limit];
    let rest = rest.split_once(' ').map_or(rest, |(_, rest)| rest);
    limit - rest.trim_start_matches(BETWEEN).trim_start().len()
}
