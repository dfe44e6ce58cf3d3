//! Cuts from a section the piece that shows best why it was found.

use super::postings::within_one_edit;
use super::section::floor_char_boundary;
use super::terms::{Wanted, Word};
use crate::index::fulltext::tokenizer::{self, Term};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

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

/// Finds what a query wants in a text.
pub(super) struct Highlighter<'a> {
    words: Vec<(&'a Word, usize)>,
    terms: HashMap<&'a str, usize>,
    prefixes: Vec<(&'a str, usize)>,
    fuzzy: Vec<(&'a str, usize)>,
}

impl<'a> Highlighter<'a> {
    /// Makes a highlighter for the units of a query.
    pub fn new(units: impl Iterator<Item = &'a Wanted>) -> Self {
        let mut found = Highlighter {
            words: Vec::new(),
            terms: HashMap::new(),
            prefixes: Vec::new(),
            fuzzy: Vec::new(),
        };
        for (unit, wanted) in units.enumerate() {
            found
                .words
                .extend(wanted.words.iter().map(|word| (word, unit)));
            let terms = wanted.terms.iter();
            let spellings = wanted.phrases.iter().flat_map(|(spellings, _)| spellings);
            let atoms = spellings.flatten().map(|(_, term)| term);
            for term in terms.map(|(term, _)| term).chain(atoms) {
                found.terms.entry(term).or_insert(unit);
            }
            let prefixes = wanted.prefixes.iter();
            found
                .prefixes
                .extend(prefixes.map(|(_, prefix)| (prefix.as_str(), unit)));
            found
                .fuzzy
                .extend(wanted.fuzzy.iter().map(|word| (word.as_str(), unit)));
        }
        found
    }

    /// Returns the unit that a term of the text belongs to.
    fn unit(&self, term: &Term<'_>) -> Option<usize> {
        let word = term.word();
        let known = self.terms.get(term.text);
        let known = known.or_else(|| self.terms.get(word)).copied();
        let is_word = |(wanted, _): &&(&Word, usize)| {
            wanted.surface == word
                || wanted.is_stemmed()
                    && word.starts_with(wanted.beginning())
                    && wanted.is_akin(word)
        };
        known
            .or_else(|| self.words.iter().find(is_word).map(|(_, unit)| *unit))
            .or_else(|| {
                let mut prefixes = self.prefixes.iter();
                prefixes
                    .find(|(prefix, _)| word.starts_with(prefix))
                    .map(|(_, unit)| *unit)
            })
            .or_else(|| {
                let mut fuzzy = self.fuzzy.iter();
                fuzzy
                    .find(|(wanted, _)| within_one_edit(word, wanted))
                    .map(|(_, unit)| *unit)
            })
    }

    /// Returns the matches in a text, in order and without overlaps, each with its unit.
    fn matches(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        tokenizer::scan(text, |term| {
            let Some(unit) = self.unit(&term) else {
                return;
            };
            match found.last_mut() {
                Some((last, _)) if term.range.start < last.end => {
                    last.end = last.end.max(term.range.end);
                }
                _ => found.push((term.range, unit)),
            }
        });
        found
    }

    /// Cuts a snippet from a text, around the matches that cover the most of the query; from its
    /// beginning if nothing matches.
    pub fn snippet(&self, text: &str) -> Snippet {
        let text = fold_white_space(&without_table_rules(text));
        let matches = self.matches(&text);
        let start = match best_start(&matches) {
            Some(start) if start > LEAD => word_start(&text, start - LEAD, start),
            _ => 0,
        };
        cut(&text, start, &matches)
    }
}

/// Returns where the window of [`LENGTH`] begins that covers the most units, then the most
/// matches; the first of equals.
fn best_start(matches: &[(Range<usize>, usize)]) -> Option<usize> {
    let mut best: Option<((usize, usize), usize)> = None;
    // A section may hold a word a hundred thousand times; the first windows will do.
    for (index, (first, _)) in matches.iter().enumerate().take(1_000) {
        let window = matches[index..].iter();
        let window = window.take_while(|(range, _)| range.end <= first.start + LENGTH - LEAD);
        let units: Vec<usize> = window.map(|(_, unit)| *unit).collect();
        let distinct = units.iter().collect::<HashSet<_>>().len();
        let value = (distinct, units.len());
        if best.is_none_or(|(known, _)| value > known) {
            best = Some((value, first.start));
        }
    }
    best.map(|(_, start)| start)
}

fn cut(text: &str, start: usize, matches: &[(Range<usize>, usize)]) -> Snippet {
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

/// Returns the text without the lines that only rule a table: they say nothing and take room.
fn without_table_rules(text: &str) -> Cow<'_, str> {
    let is_rule = |line: &str| {
        let line = line.trim();
        line.starts_with('|')
            && line.contains("--")
            && line
                .bytes()
                .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
    };
    if text.lines().any(is_rule) {
        let kept: Vec<&str> = text.lines().filter(|line| !is_rule(line)).collect();
        Cow::Owned(kept.join("\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn fold_white_space(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
