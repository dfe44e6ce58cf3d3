//! From a query to the entries that answer it, best first.

use super::clauses::QueryClauses;
use super::evaluate::find_hits;
use super::facets::{Facets, count_facets};
use super::filter::SegmentFilter;
use super::found::{Found, Step};
use super::group::{group_by_entry, join_neighbours, sections_alone};
use super::hit::EntryGroup;
use super::language::Query;
use super::options::{SECTIONS, SearchOptions, Sort};
use super::order::Order;
use super::passages::{BEST, SecondStage};
use super::present::Presenter;
use super::section::SectionPlaces;
use super::senses::Sense;
use super::snippet::Highlighter;
use super::when::Mention;
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::{Kb, PathGlob};

/// What the score of an entry is multiplied with if the context prefers its path.
const PREFERENCE: f32 = 1.2;
/// What it counts that a section is from the time that the question mentions.
const FROM_THEN: f32 = 0.5;

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
        let times = asked.mention.map_or(&[][..], |mention| &mention.words);
        let mut clauses = QueryClauses::of_query(asked.query, times, options.all_words);
        let listed = clauses.wanted.is_empty();
        let sort = if listed { Sort::Time } else { options.sort };
        let order = Order::open(view, sort)?;
        let mut hits = if asked.query.is_vain {
            Vec::new()
        } else {
            find_hits(view, &mut clauses, filters)?
        };
        if let Some(Mention { span, .. }) = asked.mention {
            let then = span.first.seconds()..=span.last.seconds();
            let from_then = hits
                .iter_mut()
                .filter(|hit| then.contains(&order.time_of(hit)));
            from_then.for_each(|hit| hit.score += FROM_THEN);
        }
        let count = |()| count_facets(view, &hits, &order);
        let facets = options.facets.then_some(()).map(count).transpose()?;
        let mut groups = if listed {
            sections_alone(hits, &order)
        } else {
            group_by_entry(hits, &order, options.sections.max(SECTIONS))
        };
        prefer_paths(&mut groups, &order, &options.preferred);
        let total = groups.len() as u64;
        order.sort_best(&mut groups, options.limit.max(BEST));
        Ok(Candidates {
            clauses,
            order,
            total,
            facets,
            groups,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Runs the second stage, and fetches what is shown.
    pub fn show(mut self, kb: &Kb, view: &View, options: &SearchOptions) -> Result<Found> {
        let highlighter = Highlighter::of_clauses(&self.clauses.wanted);
        let listed = self.clauses.wanted.is_empty();
        if !listed && options.sort == Sort::Relevance {
            let asked = self.clauses.is_sentence && options.senses;
            let question = asked.then(|| Sense::of_texts(&[&options.question]));
            let stage = SecondStage {
                kb,
                view,
                clauses: &self.clauses,
                highlighter: &highlighter,
                likely: highlighter.likely_words(),
                question: question.flatten(),
            };
            let places = SectionPlaces::open(view).map_err(damage_error)?;
            let others = self.groups.split_off(self.groups.len().min(BEST));
            stage.rank(&mut self.groups, &self.order, &places);
            self.groups.extend(others);
        }
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
            notes: replacement_notes(&self.clauses),
            facets: self.facets,
            results: results.collect::<Result<_>>()?,
        })
    }

    fn step(&self) -> Step {
        match self.groups.first() {
            None => Step::All,
            Some(_) if !self.clauses.replaced.is_empty() => Step::Fuzzy,
            Some(best) if self.clauses.is_complete(best.held) => Step::All,
            Some(_) => Step::Any,
        }
    }
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

fn replacement_notes(clauses: &QueryClauses) -> Vec<String> {
    let replaced = clauses.replaced.iter();
    let note = |(word, neighbours): &(String, Vec<String>)| {
        let quoted: Vec<String> = neighbours.iter().map(|word| format!("'{word}'")).collect();
        format!(
            "'{word}' occurs nowhere; searched for {}",
            quoted.join(", ")
        )
    };
    replaced.map(note).collect()
}
