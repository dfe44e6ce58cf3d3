//! The search itself: steps, ranking, what is shown.

use super::evaluate::{Coverage, Evaluation, Hit};
use super::filter::SegmentFilter;
use super::filters::Conditions;
use super::group::{Group, group};
use super::language::Query;
use super::section::IndexedSection;
use super::snippet::{Highlighter, Snippet};
use crate::error::Result;
use crate::index::{View, damage};
use crate::kb::Kb;
use crate::kb::PathGlob;
use crate::model::{EntryPath, Tag, Timestamp};

/// The most of a section that is looked at for a snippet: 256 KiB.
const SNIPPET_SOURCE: u64 = 256 << 10;
/// The most of a section that `content` holds: 32 MiB.
const CONTENT: u64 = 32 << 20;

/// What to search for, and how to answer.
#[derive(Debug, Clone, Default)]
pub struct SearchOptions {
    /// The query; an empty one takes everything that passes the filters, newest first.
    pub query: Query,
    /// What must hold besides what the query itself demands.
    pub filters: Conditions,
    /// The most entries to return.
    pub limit: usize,
    /// Order of the results.
    pub sort: Sort,
    /// Whether to return whole sections.
    pub content: bool,
    /// Paths that rank a little higher.
    pub preferred: Vec<PathGlob>,
}

impl SearchOptions {
    /// Returns everything that must hold of a section besides its words.
    pub fn conditions(&self) -> Conditions {
        self.filters.clone().and(&self.query.filters)
    }
}

/// Order of the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first.
    Time,
}

/// Which step gave the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Sections that hold all words.
    All,
    /// No section holds all words: sections that hold any of them.
    Any,
    /// No section holds any word: sections that hold words within one edit.
    Fuzzy,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Which step gave the answer.
    pub step: Step,
    /// How many entries match, shown or not.
    pub total: u64,
    /// Whether some change of the Markdown could not be taken into account.
    pub stale: bool,
    /// The best entries, best first.
    pub results: Vec<FoundEntry>,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEntry {
    /// Where it lies.
    pub path: EntryPath,
    /// Its title.
    pub title: String,
    /// Tags of its front matter.
    pub tags: Vec<Tag>,
    /// Its project.
    pub project: Option<String>,
    /// The score of its best section, raised a little where the context prefers it.
    pub score: f32,
    /// `created` of its front matter.
    pub created: Option<Timestamp>,
    /// `updated` of its front matter.
    pub updated: Option<Timestamp>,
    /// Its best sections, best first, at most three.
    pub sections: Vec<FoundSection>,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSection {
    /// Line of its heading, from 1.
    pub line: u32,
    /// Its heading; empty for the text before the first heading.
    pub heading: String,
    /// The headings above it, outermost first.
    pub ancestors: Vec<String>,
    /// Its recorded time.
    pub time: Option<Timestamp>,
    /// Its inline tags.
    pub tags: Vec<Tag>,
    /// The piece that shows the match.
    pub snippet: Snippet,
    /// The whole section, heading included, if it was asked for.
    pub content: Option<String>,
    /// BM25.
    pub score: f32,
}

/// Searches a view.
///
/// Sections that hold all words come first; only if there is none, those that hold any of them,
/// the most words first; only if there is none, words within one edit are taken too. Filters hold
/// in every step. Ties are broken by time, newest first, then path, then line.
///
/// # Errors
///
/// The index is damaged. What was changed or deleted since the view was opened is no error.
pub fn search(kb: &Kb, view: &View, options: &SearchOptions) -> Result<Found> {
    let filters = filters(view, options).map_err(damage)?;
    let (step, evaluation, hits) = steps(view, &options.query, &filters).map_err(damage)?;
    let sort = if evaluation.required.is_empty() {
        Sort::Time
    } else {
        options.sort
    };
    let (total, groups) =
        group(view, hits, sort, &options.preferred, options.limit).map_err(damage)?;
    let highlighter = Highlighter::new(evaluation.required.iter().flatten());
    let show = Show {
        kb,
        view,
        highlighter: &highlighter,
        content: options.content,
    };
    let results = groups.iter().map(|group| show.entry(group));
    Ok(Found {
        step,
        total,
        stale: view.stale(),
        results: results.collect::<Result<_>>()?,
    })
}

fn filters(view: &View, options: &SearchOptions) -> tantivy::Result<Vec<SegmentFilter>> {
    let conditions = options.conditions();
    let segments = view.segments().iter();
    segments
        .map(|segment| conditions.on_segment(segment, view.fields()))
        .collect()
}

/// Takes the first step that finds something.
fn steps(
    view: &View,
    query: &Query,
    filters: &[SegmentFilter],
) -> tantivy::Result<(Step, Evaluation, Vec<Hit>)> {
    let exact = Evaluation::new(query, false);
    if query.is_vain {
        return Ok((Step::All, exact, Vec::new()));
    }
    let hits = exact.hits(view, Coverage::All, filters)?;
    if !hits.is_empty() || query.required.is_empty() {
        return Ok((Step::All, exact, hits));
    }
    if query.required.len() > 1 {
        let hits = exact.hits(view, Coverage::Any, filters)?;
        if !hits.is_empty() {
            return Ok((Step::Any, exact, hits));
        }
    }
    let fuzzy = Evaluation::new(query, true);
    let hits = fuzzy.hits(view, Coverage::Any, filters)?;
    if hits.is_empty() {
        Ok((Step::All, exact, hits))
    } else {
        Ok((Step::Fuzzy, fuzzy, hits))
    }
}

/// Turns groups into what is shown.
struct Show<'a> {
    kb: &'a Kb,
    view: &'a View,
    highlighter: &'a Highlighter<'a>,
    content: bool,
}

impl Show<'_> {
    fn entry(&self, group: &Group) -> Result<FoundEntry> {
        let mut entry = None;
        let mut sections = Vec::new();
        for hit in &group.sections {
            let indexed = IndexedSection::fetch(self.view, hit.segment, hit.doc)?;
            sections.push(self.section(&indexed, hit.score));
            entry.get_or_insert(indexed);
        }
        let indexed = entry.ok_or_else(|| damage("an entry without sections"))?;
        let time = |seconds: Option<i64>| self.time(seconds);
        Ok(FoundEntry {
            created: time(indexed.stored.created),
            updated: time(indexed.stored.updated),
            path: indexed.path,
            title: indexed.stored.title,
            tags: tags(&indexed.stored.entry_tags),
            project: indexed.stored.project,
            score: group.score,
            sections,
        })
    }

    fn section(&self, indexed: &IndexedSection, score: f32) -> FoundSection {
        let limit = if self.content {
            CONTENT
        } else {
            SNIPPET_SOURCE
        };
        let text = indexed.text(self.kb, limit);
        let body = if indexed.stored.heading.is_empty() {
            text.as_str()
        } else {
            message(&text)
        };
        FoundSection {
            line: indexed.line,
            heading: indexed.stored.heading.clone(),
            ancestors: indexed.stored.ancestors.clone(),
            time: self.time(indexed.time),
            tags: tags(&indexed.stored.tags),
            snippet: self.highlighter.snippet(body),
            content: self.content.then_some(text),
            score,
        }
    }

    fn time(&self, seconds: Option<i64>) -> Option<Timestamp> {
        let zone = self.kb.zone();
        seconds.map(|seconds| Timestamp::from_seconds(seconds).in_zone(zone))
    }
}

pub(super) fn tags(texts: &[String]) -> Vec<Tag> {
    texts.iter().filter_map(|text| Tag::new(text)).collect()
}

/// Returns the text of a section without its heading, and without a line that holds nothing but
/// its tags: they are shown beside it.
pub(super) fn message(text: &str) -> &str {
    let body = below_heading(text).trim_start();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let mut words = first.split_whitespace().peekable();
    let is_tags = words.peek().is_some() && words.all(|word| word.starts_with('#'));
    // `# heading` and `##` are no tags.
    let is_heading = first
        .split_whitespace()
        .any(|word| word.trim_matches('#').is_empty());
    if is_tags && !is_heading { rest } else { body }
}

/// Returns the text of a section without its heading: one line, or two where it is underlined.
fn below_heading(text: &str) -> &str {
    let (_, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (second, below) = rest.split_once('\n').unwrap_or((rest, ""));
    let line = second.trim();
    let underline = !line.is_empty() && ['=', '-'].iter().any(|c| line.trim_matches(*c).is_empty());
    if underline && !text.starts_with('#') {
        below
    } else {
        rest
    }
}
