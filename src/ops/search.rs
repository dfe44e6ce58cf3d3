//! Finding sections.

use super::filters::{check_count, check_limit, note_unmatched, resolve_filters};
use super::session_path::session_of_path;
use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{EntryPath, Tag, Timestamp};
use crate::query::when::{self, Edge};
use crate::query::{
    self, Facets, Filters, Found, FoundEntry, FoundSection, SearchOptions, Sort, Step, language,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Finds the sections that a query and filters describe, grouped by entry.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchRequest {
    /// The query; `None` where the filters say enough.
    pub query: Option<String>,
    /// What a result must be.
    pub filters: Filters,
    /// Whether every word must be there that is no stop word.
    pub all_words: bool,
    /// Number of entries, at least 1; of sections where there are only filters.
    #[schemars(range(min = 1))]
    pub limit: usize,
    /// Number of sections of an entry, at least 1.
    #[schemars(range(min = 1))]
    pub sections: usize,
    /// Order of the results.
    pub sort: SearchSort,
    /// Whether whole sections are returned beside the snippets.
    pub content: bool,
    /// Whether the entries that match are counted by project, tag and time.
    pub facets: bool,
    /// Whether what changed since the last time is indexed first.
    pub refresh: bool,
}

impl Default for SearchRequest {
    fn default() -> Self {
        SearchRequest {
            query: None,
            filters: Filters::default(),
            all_words: false,
            limit: 10,
            sections: query::SECTIONS,
            sort: SearchSort::default(),
            content: false,
            facets: false,
            refresh: true,
        }
    }
}

/// Order of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchSort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first.
    Time,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchResponse {
    /// The query as it was given; empty where there were only filters.
    pub query: String,
    /// The step that gave the answer.
    pub step: SearchStep,
    /// Number of entries that match, those beyond the limit included; of sections where there were
    /// only filters.
    pub total: u64,
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// Entries, best first, or newest first.
    pub results: Vec<SearchResult>,
    /// Whether there were only filters, so that sections were listed and counted.
    #[serde(skip)]
    pub lists_sections: bool,
    /// How all entries that match are spread, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facets: Option<SearchFacets>,
    /// How the answer came about: values of filters that occur nowhere, words that were replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How the entries that match are spread. Narrowed by one of these values, the same search has as
/// many entries as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SearchFacets {
    /// Number of entries that match, also where there were only filters.
    pub entries: u64,
    /// Projects, lower-case, the most frequent first; at most 20.
    pub projects: Vec<FacetCount>,
    /// Tags, lower-case, the most frequent first; at most 20.
    pub tags: Vec<FacetCount>,
    /// Spans of time that reach to now, as `since` takes them, the shortest first.
    pub since: Vec<FacetCount>,
}

/// A value of a filter and how many entries it would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// Number of entries.
    pub entries: u64,
}

/// How far the best result answers the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SearchStep {
    /// It holds every telling word.
    All,
    /// It holds some of them.
    Any,
    /// A word occurs nowhere, and was replaced by others that are spelt nearly like it.
    Fuzzy,
}

/// An entry with its best sections.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchResult {
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Title of the entry.
    pub title: String,
    /// Tags of the entry.
    pub tags: Vec<String>,
    /// Project that it belongs to.
    pub project: Option<String>,
    /// Id of the session whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Whether it is the record of a session that goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub running: bool,
    /// Its score; what is higher comes first, but for what holds an identifier, a phrase or a title
    /// as it was written.
    pub score: f32,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// When it was updated, RFC 3339.
    pub updated: Option<String>,
    /// Number of sections that match beside those listed.
    pub more: u64,
    /// The best sections, best first; newest first where there were only filters.
    pub sections: Vec<SearchSection>,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchSection {
    /// Line of its heading in the file, from 1.
    pub line: u32,
    /// Text of its heading; empty for text before the first heading.
    pub heading: String,
    /// Time of the dated section that it is or lies in, RFC 3339.
    pub time: Option<String>,
    /// Heading of the dated section that it lies in.
    #[serde(skip)]
    pub note: Option<String>,
    /// Its own tags.
    pub tags: Vec<String>,
    /// The part of the text that matches, one line.
    pub snippet: String,
    /// Where the snippet matches, in bytes.
    #[serde(skip)]
    pub matches: Vec<Range<usize>>,
    /// The whole section, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Score of the section (BM25).
    pub score: f32,
}

pub(super) fn run_search(kb: &Kb, request: &SearchRequest, index: &Index<'_>) -> Result<Reply> {
    let options = search_options(kb, request)?;
    let freshness = if request.refresh {
        Freshness::Refresh
    } else {
        Freshness::AsIndexed
    };
    let (mut found, notes) = index.answer(freshness, |view| {
        view.release_tree();
        let found = query::search_entries(kb, view, &options)?;
        Ok((found, note_unmatched(view, &options.conditions())?))
    })?;
    let query = request.query.clone().unwrap_or_default();
    let facets = found.facets.take();
    let mut response = search_response(kb, query, found, notes);
    response.facets = facets.map(|facets| list_facets(kb, facets));
    for result in &mut response.results {
        result.running = kb.is_running(&result.path);
        let session = session_of_path(kb, &EntryPath::from_walk(result.path.clone()));
        result.session = session.map(|session| session.to_string());
    }
    response.notes.extend(note_no_times(kb, &response.query));
    if response.total == 0 {
        response.notes.extend(note_time(kb, &response.query));
    }
    Ok(Reply::from(Response::Search(response)))
}

/// Says which words of a query look like a span of time, and name none.
fn note_no_times(kb: &Kb, query: &str) -> Vec<String> {
    let names_none = |word: &&str| {
        let value = ["since:", "until:"]
            .iter()
            .find_map(|key| word.strip_prefix(key));
        value.is_some_and(|value| {
            !value.is_empty()
                && !value.starts_with('"')
                && when::parse_time(value, kb.now(), kb.zone(), Edge::Since).is_none()
        })
    };
    let words = query.split_whitespace().filter(names_none);
    words
        .map(|word| {
            format!(
                "'{}' names no time, and was searched as text",
                word.escape_debug()
            )
        })
        .collect()
}

/// Says how to ask for a time, where the query was one and occurs nowhere.
fn note_time(kb: &Kb, query: &str) -> Option<String> {
    when::parse_time(query, kb.now(), kb.zone(), Edge::Since)?;
    let since = |operation| Hint::command(operation).with_option("since", query.trim());
    let hint = Hint::from("for what was done then: ").then(since("recent"));
    Some(kb.spell(hint.then(", or ").then(since("search"))))
}

/// Number of projects and of tags that are listed.
const MOST_FACETS: usize = 20;
/// The spans of time whose entries are counted.
const SPANS: [&str; 4] = ["1d", "7d", "30d", "365d"];

fn list_facets(kb: &Kb, facets: Facets) -> SearchFacets {
    let list = |counts: Vec<(String, u64)>| {
        let counts = counts.into_iter().take(MOST_FACETS);
        let facets = counts.map(|(value, entries)| FacetCount { value, entries });
        facets.collect()
    };
    let since = SPANS.into_iter().filter_map(|span| {
        let since = when::parse_time(span, kb.now(), kb.zone(), Edge::Since)?.seconds();
        let entries = facets.times.iter().filter(|time| **time >= since).count() as u64;
        let value = span.to_owned();
        (entries > 0).then_some(FacetCount { value, entries })
    });
    SearchFacets {
        entries: facets.times.len() as u64,
        since: since.collect(),
        projects: list(facets.projects),
        tags: list(facets.tags),
    }
}

fn search_options(kb: &Kb, request: &SearchRequest) -> Result<SearchOptions> {
    let text = request.query.as_deref().unwrap_or_default();
    let filters = resolve_filters(kb, &request.filters)?;
    if text.trim().is_empty() && filters.is_empty() {
        return Err(Error::usage("nothing to search for")
            .with_hint(
                Hint::from("give words, as in: ").then(Hint::command("search").with("auth module")),
            )
            .with_hint(
                Hint::from("or a filter, as in: ")
                    .then(Hint::command("search").with_option("tags", "auth")),
            ));
    }
    Ok(SearchOptions {
        query: language::parse_query(text, kb.now(), kb.zone()),
        question: text.to_owned(),
        all_words: request.all_words,
        senses: kb.config().senses,
        filters,
        limit: check_limit(request.limit)?,
        sections: check_count("the number of sections", request.sections)?,
        sort: match request.sort {
            SearchSort::Relevance => Sort::Relevance,
            SearchSort::Time => Sort::Time,
        },
        content: request.content,
        facets: request.facets,
        preferred: kb
            .context()
            .map(|context| context.paths.clone())
            .unwrap_or_default(),
    })
}

fn search_response(kb: &Kb, query: String, found: Found, notes: Vec<String>) -> SearchResponse {
    let results = found.results.into_iter();
    SearchResponse {
        query,
        step: match found.step {
            Step::All => SearchStep::All,
            Step::Any => SearchStep::Any,
            Step::Fuzzy => SearchStep::Fuzzy,
        },
        total: found.total,
        stale: found.stale,
        lists_sections: found.lists_sections,
        facets: None,
        results: results.map(|entry| search_result(kb, entry)).collect(),
        notes: notes.into_iter().chain(found.notes).collect(),
    }
}

fn search_result(kb: &Kb, entry: FoundEntry) -> SearchResult {
    let in_zone = |time: Timestamp| time.text_in_zone(kb.zone());
    let sections = entry.sections.into_iter();
    SearchResult {
        path: entry.path.to_string(),
        title: entry.title,
        tags: entry.tags.iter().map(Tag::to_string).collect(),
        project: entry.project,
        session: None,
        running: false,
        score: entry.score,
        created: entry.created.map(in_zone),
        updated: entry.updated.map(in_zone),
        more: entry.more,
        sections: sections
            .map(|section| search_section(kb, section))
            .collect(),
    }
}

fn search_section(kb: &Kb, section: FoundSection) -> SearchSection {
    let is_dated = |heading: &&String| heading.starts_with(|c: char| c.is_ascii_digit());
    SearchSection {
        note: section.ancestors.iter().rev().find(is_dated).cloned(),
        line: section.line,
        heading: section.heading,
        time: section.time.map(|time| time.text_in_zone(kb.zone())),
        tags: section.tags.iter().map(Tag::to_string).collect(),
        snippet: section.snippet.text,
        matches: section.snippet.matches,
        content: section.content,
        score: section.score,
    }
}
