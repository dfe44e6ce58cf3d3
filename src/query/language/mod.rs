//! The query language: words, phrases, exclusions, alternatives, prefixes and filters.
//!
//! | written | means |
//! |---|---|
//! | `rate limiter` | both words, anywhere |
//! | `"rate limiter"` | these words next to each other, as they stand |
//! | `+draft` | only where this is |
//! | `-draft`, `-"old plan"` | not where this is |
//! | `redis OR memcached` | either; binds its two neighbours only |
//! | `deploy*` | words that begin so |
//! | `#auth` | the word, or the tag |
//! | `title:oauth`, `title:"api keys"` | in the title |
//! | `tag:auth`, `-tag:draft`, `tag:a OR tag:b` | by tag; several must all be there |
//! | `project:app`, `path:notes/**` | by project or path; of several, one must hold |
//! | `since:2026-01-11`, `until:"last week"` | by time, ends included |
//!
//! What does not parse is taken literally, so that any text is a query: a quote that is never
//! closed, an `OR` without a word on each side, a field without a value that it can use, an
//! unknown field, a flag (`-Wall`, `-H`, `--all`), nothing but exclusions. Punctuation alone vanishes. `lex` splits the text, `read` gives the pieces
//! their meaning, and this module binds them together.

mod lex;
mod read;

#[cfg(test)]
mod tests;

use crate::index::fulltext::tokenizer::{Atom, Compound};
use crate::model::{Tag, Timestamp, Zone};
use crate::query::filters::Conditions;
use crate::query::stop_words::is_stop_word;
use read::{Filter, Item};
use std::collections::HashSet;
use std::mem;

/// How many units a query can have; the rest is ignored. Of a longer query, stop words and
/// repetitions are left out first.
pub const UNITS: usize = 64;

/// How much of a query is read, in bytes; the rest is ignored.
pub const LENGTH: usize = 4096;

/// A query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What is looked for; the more of it a section holds, the better.
    pub required: Vec<Clause>,
    /// None of these may be.
    pub excluded: Vec<Unit>,
    /// What must hold of the section besides.
    pub filters: Conditions,
    /// Whether something was asked, but nothing that could be looked for: punctuation alone.
    /// Nothing is found then, rather than everything.
    pub is_vain: bool,
    /// Whether its end was ignored, because it is too long.
    pub is_cut: bool,
}

impl Query {
    /// Returns whether it asks for nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }
}

/// Units of which at least one must be there; a plain word is a clause of one. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The alternatives, in the order written.
    pub any: Vec<Unit>,
    /// Only sections that hold it are found.
    pub demanded: bool,
}

/// Something to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Where to look.
    pub field: Field,
    /// What to look for.
    pub kind: UnitKind,
    /// The tag that does as well (`#auth`).
    pub tag: Option<Tag>,
    /// What was written, without quotes, field and `-`.
    pub text: String,
}

/// Where a unit is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field {
    /// Anywhere.
    #[default]
    Any,
    /// In the title of the entry.
    Title,
}

/// What a unit looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitKind {
    /// A word, in any of its forms. The atoms of a compound must be next to each other, and so
    /// must the characters of a script without spaces.
    Word(Compound),
    /// Compounds next to each other, not stemmed. Never empty.
    Phrase(Vec<Compound>),
    /// A word that begins so.
    Prefix {
        /// Atoms that stand before it, next to each other; mostly none (`rate-lim*` has `rate`).
        before: Vec<Atom>,
        /// The folded beginning.
        prefix: String,
    },
    /// A tag, as one of several alternatives; alone it is a filter.
    Tag(Tag),
}

/// Parses a query; every text is one. Times are seen from `now` in the given zone.
pub fn parse_query(text: &str, now: Timestamp, zone: Zone) -> Query {
    let beginning = query_beginning(text);
    let items =
        lex::split_lexemes(beginning).filter_map(|lexeme| read::read_item(&lexeme, now, zone));
    let mut items: Vec<Item<'_>> = items.collect();
    if items.len() > UNITS {
        leave_needless(&mut items);
    }
    let is_cut = items.len() > UNITS || beginning.len() < text.trim_end().len();
    items.truncate(UNITS);
    let mut query = Query::default();
    let mut rest = items.as_slice();
    while let [item, after @ ..] = rest {
        rest = query.take(item, after);
    }
    if query.required.is_empty() && query.filters.is_empty() {
        query = query.literally();
    }
    query.is_vain = query.is_empty() && !text.trim().is_empty();
    query.is_cut = is_cut || query.required.len() > UNITS;
    query.required.truncate(UNITS);
    query.excluded.truncate(UNITS);
    query
}

/// Leaves out stop words and repetitions, unless nothing else is there.
fn leave_needless(items: &mut Vec<Item<'_>>) {
    let mut known: HashSet<String> = HashSet::new();
    let is_bound = |items: &[Item<'_>], at: usize| {
        let is_or = |item: Option<&Item<'_>>| matches!(item, Some(Item::Or(_)));
        is_or(items.get(at + 1)) || at > 0 && is_or(items.get(at - 1))
    };
    let kept: Vec<bool> = items
        .iter()
        .enumerate()
        .map(|(at, item)| match item {
            Item::Find(words) if !is_bound(items, at) => {
                let word = words.text().to_lowercase();
                !is_stop_word(&word) && known.insert(word)
            }
            _ => true,
        })
        .collect();
    if kept.contains(&true) {
        let mut kept = kept.into_iter();
        items.retain(|_| kept.next().unwrap_or(true));
    }
}

fn query_beginning(text: &str) -> &str {
    let mut end = text.len().min(LENGTH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl Query {
    /// Returns the query with what it excludes looked for instead.
    #[must_use]
    pub fn literally(mut self) -> Self {
        for unit in mem::take(&mut self.excluded) {
            self.require(vec![unit], false);
        }
        self
    }

    /// Returns the words that are excluded without quotes, as the flags that they may be (`-jar`).
    pub fn possible_flags(&self) -> Vec<Unit> {
        let words = self.excluded.iter().filter(|unit| unit.is_bare_word());
        let flags = words.map(|unit| Unit {
            text: format!("-{}", unit.text),
            ..unit.clone()
        });
        flags.collect()
    }

    /// Returns the query for what holds a flag, whatever other words are excluded.
    #[must_use]
    pub fn demanding_flag(&self, flag: &Unit) -> Self {
        let mut query = self.clone();
        query.excluded.retain(|unit| !unit.is_bare_word());
        query.require(vec![flag.clone()], true);
        query
    }

    /// Returns the query with flags looked for that were taken for exclusions.
    #[must_use]
    pub fn with_flags(mut self, flags: &[Unit]) -> Self {
        for flag in flags {
            let is_other = |unit: &Unit| !(unit.is_bare_word() && unit.is_same(flag));
            self.excluded.retain(is_other);
            self.require(vec![flag.clone()], false);
        }
        self
    }

    /// Takes the first item, with the alternatives bound to it, and returns the others.
    fn take<'i>(&mut self, item: &Item<'_>, after: &'i [Item<'i>]) -> &'i [Item<'i>] {
        if let Some(first) = item.operand() {
            let mut any = vec![first];
            let mut rest = after;
            while let [Item::Or(_), next, others @ ..] = rest {
                let Some(operand) = next.operand() else { break };
                any.push(operand);
                rest = others;
            }
            if any.len() > 1 {
                self.require(any, false);
                return rest;
            }
        }
        match item {
            Item::Find(words) => words
                .units()
                .into_iter()
                .for_each(|unit| self.require(vec![unit], false)),
            Item::Demand(words) => words
                .units()
                .into_iter()
                .for_each(|unit| self.require(vec![unit], true)),
            Item::Exclude(words) => self.excluded.extend(words.unit()),
            Item::Filter(filter) => self.filters.add(filter.clone()),
            Item::Or(words) => self.require(words.unit().into_iter().collect(), false),
        }
        match (item, after) {
            (Item::Filter(one), [Item::Or(_), Item::Filter(other), ..])
                if one.is_alternative_to(other) =>
            {
                &after[1..]
            }
            _ => after,
        }
    }

    fn require(&mut self, mut any: Vec<Unit>, demanded: bool) {
        remove_repeated(&mut any);
        let known = self.required.iter_mut().find(|clause| {
            let same = clause.any.iter().zip(&any).all(|(a, b)| a.is_same(b));
            same && clause.any.len() == any.len()
        });
        match known {
            Some(known) => known.demanded |= demanded,
            None if any.is_empty() => {}
            None => self.required.push(Clause { any, demanded }),
        }
    }
}

impl Unit {
    /// Returns whether it is a word without quotes and field.
    fn is_bare_word(&self) -> bool {
        self.field == Field::Any && matches!(self.kind, UnitKind::Word(_))
    }

    /// Returns whether it looks for the same, however written.
    fn is_same(&self, other: &Unit) -> bool {
        (self.field, &self.kind, &self.tag) == (other.field, &other.kind, &other.tag)
    }
}

fn remove_repeated(units: &mut Vec<Unit>) {
    for unit in mem::take(units) {
        if !units.iter().any(|known| known.is_same(&unit)) {
            units.push(unit);
        }
    }
}

impl Conditions {
    /// Adds a filter of a query. Of several projects one has to hold, and so of several globs.
    fn add(&mut self, filter: Filter) {
        match filter {
            Filter::Tags(tags) => self.tags.extend(tags),
            Filter::NotTags(tags) => self.not_tags.extend(tags),
            Filter::Project(project) => add_alternative(&mut self.projects, project),
            Filter::NotProject(project) => self.not_projects.push(project),
            Filter::Path(glob) => add_alternative(&mut self.paths, glob),
            Filter::NotPath(glob) => self.not_paths.push(glob),
            Filter::Since(time) => self.since = self.since.max(Some(time)),
            Filter::Until(time) => {
                self.until = Some(self.until.map_or(time, |until| until.min(time)));
            }
        }
    }
}

fn add_alternative<T>(groups: &mut Vec<Vec<T>>, value: T) {
    match groups.first_mut() {
        Some(group) => group.push(value),
        None => groups.push(vec![value]),
    }
}
