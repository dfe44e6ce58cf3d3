//! From a query to the entries that answer it, best first.

use super::clauses::QueryClauses;
use super::evaluate::find_hits;
use super::facets::{Facets, count_facets};
use super::filter::SegmentFilter;
use super::found::{Found, Step};
use super::group::{group_by_entry, join_neighbours, sections_alone};
use super::hit::{EntryGroup, Hit};
use super::language::Query;
use super::options::{SECTIONS, SearchOptions, Sort};
use super::order::Order;
use super::passages::{BEST, Question, SecondStage};
use super::present::Presenter;
use super::section::SectionPlace;
use super::senses::knows_word;
use super::snippet::Highlighter;
use super::when::Mention;
use crate::error::Result;
use crate::index::View;
use crate::kb::{Kb, PathGlob};

/// What the score of an entry is multiplied with if the context prefers its path.
const PREFERENCE: f32 = 1.2;
/// What it counts that a section is from the time that the question mentions.
const FROM_THEN: f32 = 1.5;
/// What goes on comes before what is at most so many times as relevant.
const RUNNING: f32 = 3.0;
/// How many entries are read to see whether a word is a flag in them, and how much of each.
const FLAGGED: usize = 50;
const FLAGGED_TEXT: usize = 64 << 10;

/// What is searched for.
pub(super) struct Asked<'a> {
    pub options: &'a SearchOptions,
    pub query: &'a Query,
    /// The time that the question mentions.
    pub mention: Option<&'a Mention>,
}

/// What the first stage found.
pub(super) struct Candidates {
    clauses: QueryClauses,
    order: Order,
    total: u64,
    /// Whether a section is from the time that the question mentions.
    is_from_then: bool,
    /// Whether an entry holds all words, though by its time it may come far behind.
    is_complete: bool,
    facets: Option<Facets>,
    /// The best, as many as are read or shown.
    groups: Vec<EntryGroup>,
}

impl Candidates {
    /// Runs the first stage.
    pub fn find(
        view: &View,
        asked: &Asked<'_>,
        filters: &[SegmentFilter],
    ) -> tantivy::Result<Self> {
        let options = asked.options;
        let mut clauses = QueryClauses::of_query(asked.query, asked.mention, options.all_words);
        let listed = clauses.wanted.is_empty();
        let sort = if listed { Sort::Time } else { options.sort };
        let mut hits = if asked.query.is_vain {
            Vec::new()
        } else {
            find_hits(view, &mut clauses, filters)?
        };
        let order = Order::open(view, &hits, sort)?;
        let is_from_then = asked
            .mention
            .is_some_and(|mention| prefer_time(&mut hits, &order, mention));
        let count = |()| count_facets(view, &hits, &order);
        let facets = options.facets.then_some(()).map(count).transpose()?;
        let mut groups = if listed {
            sections_alone(hits, &order)
        } else {
            group_by_entry(hits, &order, options.sections.max(SECTIONS))
        };
        prefer_paths(&mut groups, &order, &options.preferred);
        let total = groups.len() as u64;
        let is_complete =
            sort == Sort::Time && groups.iter().any(|one| clauses.is_complete(one.held));
        order.sort_best(&mut groups, options.limit.max(BEST));
        Ok(Candidates {
            clauses,
            order,
            total,
            is_from_then,
            is_complete,
            facets,
            groups,
        })
    }

    /// Returns how many entries were found.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Returns whether anything is from the time that the question mentions.
    pub fn is_from_then(&self) -> bool {
        self.is_from_then
    }

    /// Returns whether one of the best entries holds a flag as it is written on a command line.
    pub fn hold_flag(&self, kb: &Kb, view: &View, flag: &str) -> bool {
        let groups = self.groups.iter().take(FLAGGED);
        let mut found = groups.flat_map(|group| &group.sections);
        found.any(|hit| {
            let text = SectionPlace::of_hit(view, hit).and_then(|place| {
                let (_, text, _) = place.read(kb, 0, FLAGGED_TEXT)?;
                Some(text)
            });
            text.is_some_and(|text| holds_flag(&text, flag))
        })
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Runs the second stage, and fetches what is shown.
    pub fn show(mut self, kb: &Kb, view: &View, options: &SearchOptions) -> Result<Found> {
        let highlighter = Highlighter::of_clauses(&self.clauses.wanted);
        let listed = self.clauses.wanted.is_empty();
        let is_ranked = !listed && options.sort == Sort::Relevance;
        if is_ranked {
            // The table knows no words of the scripts whose runs are cut.
            let is_known = self.clauses.split.is_empty();
            let asked = self.clauses.is_sentence && options.senses && is_known;
            let question = asked.then(|| Question::of_text(&self.spelt_question(options)));
            let stage = SecondStage {
                kb,
                view,
                clauses: &self.clauses,
                highlighter: &highlighter,
                question: question.flatten(),
            };
            let others = self.groups.split_off(self.groups.len().min(BEST));
            stage.rank(&mut self.groups, &self.order, options.limit);
            self.groups.extend(others);
        }
        let seen = self.groups.len().min(BEST);
        let clauses = is_ranked.then_some(&self.clauses);
        put_running_first(kb, &mut self.groups[..seen], &self.order, clauses);
        let step = self.step();
        self.groups.truncate(options.limit);
        if listed {
            self.groups = join_neighbours(self.groups, &self.order);
        }
        for group in self.groups.iter_mut().filter(|_| !listed) {
            group.sections.truncate(options.sections);
        }
        let presenter = Presenter {
            kb,
            view,
            highlighter: &highlighter,
            content: options.content,
        };
        let results = self.groups.iter().map(|group| presenter.show_entry(group));
        Ok(Found {
            step,
            total: self.total,
            stale: view.stale(),
            lists_sections: listed,
            notes: replacement_notes(&self.clauses)
                .chain(split_notes(&self.clauses))
                .collect(),
            facets: self.facets,
            results: results.collect::<Result<_>>()?,
        })
    }

    /// Returns the question with what was searched for instead of misspelt words. A word that the
    /// table knows is spelt as it was meant.
    fn spelt_question(&self, options: &SearchOptions) -> String {
        let mut question = options.question.to_lowercase();
        let replaced = self.clauses.replaced.iter();
        for (word, neighbours) in replaced.filter(|(word, _)| !knows_word(word)) {
            if let Some(neighbour) = neighbours.first() {
                question = question.replace(word.as_str(), neighbour);
            }
        }
        question
    }

    fn step(&self) -> Step {
        match self.groups.first() {
            None if !self.clauses.wanted.is_empty() => Step::Any,
            None => Step::All,
            Some(_) if !self.clauses.replaced.is_empty() => Step::Fuzzy,
            Some(_) if self.is_complete => Step::All,
            Some(best) if self.clauses.is_complete(best.held) => Step::All,
            Some(_) => Step::Any,
        }
    }
}

/// Puts records of sessions in progress before others; where these are ranked by clauses, before
/// those that hold no more of them and are not far more relevant.
fn put_running_first(
    kb: &Kb,
    groups: &mut [EntryGroup],
    order: &Order,
    clauses: Option<&QueryClauses>,
) {
    let Some(best) = groups
        .first()
        .filter(|_| kb.running_paths().next().is_some())
    else {
        return;
    };
    let held = |group: &EntryGroup| clauses.map_or(0.0, |clauses| clauses.coverage(group.held));
    let least = (
        best.exactness,
        held(best) - f32::EPSILON,
        best.score / RUNNING,
    );
    let is_near = |group: &EntryGroup| {
        group.exactness >= least.0 && held(group) >= least.1 && group.score >= least.2
    };
    groups.sort_by_cached_key(|group| {
        let is_early = clauses.is_none() || is_near(group);
        !(is_early && kb.is_running(&order.path(group)))
    });
}

/// Raises the scores of entries that the context prefers.
fn prefer_paths(groups: &mut [EntryGroup], order: &Order, preferred: &[PathGlob]) {
    if preferred.is_empty() {
        return;
    }
    for group in groups {
        let path = order.path(group);
        if preferred.iter().any(|glob| glob.matches(&path)) {
            group.score *= PREFERENCE;
        }
    }
}

/// Raises the scores of sections that are from a time, and returns whether any is.
fn prefer_time(hits: &mut [Hit], order: &Order, mention: &Mention) -> bool {
    let then = mention.span.first.seconds()..=mention.span.last.seconds();
    let mut any = false;
    for hit in hits {
        if then.contains(&order.time_of(hit)) {
            hit.score += FROM_THEN;
            any = true;
        }
    }
    any
}

/// Returns whether a flag stands in a text as it would on a command line: ` -jar`.
fn holds_flag(text: &str, flag: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(flag).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + flag.len()..].chars().next();
        let begins = |c: char| c.is_whitespace() || matches!(c, '`' | '(' | '[' | '|' | '"' | '\'');
        before.is_none_or(begins) && !after.is_some_and(is_inside)
    })
}

fn split_notes(clauses: &QueryClauses) -> impl Iterator<Item = String> {
    let runs = clauses.split.iter();
    runs.map(|run| format!("'{run}' occurs nowhere; searched for each two characters of it"))
}

fn replacement_notes(clauses: &QueryClauses) -> impl Iterator<Item = String> {
    let replaced = clauses.replaced.iter();
    let note = |(word, neighbours): &(String, Vec<String>)| {
        let quoted: Vec<String> = neighbours.iter().map(|word| format!("'{word}'")).collect();
        format!(
            "'{word}' occurs nowhere; searched for {}",
            quoted.join(", ")
        )
    };
    replaced.map(note)
}
