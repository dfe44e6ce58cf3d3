//! Searching: results with their passages, and what to narrow them by.

use super::address::{
    entry_address, line_address, project_address, search_address, session_address,
};
use super::dates::{count, group_digits, show_day};
use super::inline::cut_title;
use super::shell::{PageParts, wrap_page};
use super::{PageRequest, ask, pick};
use crate::error::{Kind, Result};
use crate::ops::{
    Engine, FacetCount, Filters, Request, SearchFacets, SearchRequest, SearchResponse,
    SearchResult, SearchSection, SearchSort, SearchStep, TagsRequest, TagsResponse,
};
use maud::{Markup, html};

/// How many entries are shown at first, then, and at most.
const RESULTS: usize = 20;
const MORE_RESULTS: usize = 200;
const MOST_RESULTS: usize = 1_000;
/// How many values of a facet are shown.
const FACETS: usize = 10;

/// What is searched for, as the address says it.
#[derive(Default)]
struct SearchTerms {
    query: String,
    project: String,
    tags: Vec<String>,
    since: String,
    until: String,
    sort: String,
    limit: usize,
}

/// Shows the page.
pub(super) fn show_search(engine: &Engine, request: &PageRequest) -> Result<Markup> {
    let terms = SearchTerms::read(request);
    let content = if terms.is_empty() {
        let tags = ask(engine, Request::Tags(TagsRequest::default()), pick!(Tags))?;
        show_start(&tags)
    } else {
        match find_results(engine, &terms) {
            Ok(found) => show_found(&terms, &found),
            // While one types, a filter may not be finished.
            Err(error) if error.kind() == Kind::Usage => html! {
                header.head { h1 { "Search" } p.sub role="status" { (error.message()) } }
            },
            Err(error) => return Err(error),
        }
    };
    let title = format!("{} · Search", terms.query);
    Ok(wrap_page(&PageParts {
        title: if terms.query.is_empty() {
            "Search"
        } else {
            &title
        },
        place: "/search",
        query: &terms.query,
        content: html! { div #results { (content) } },
    }))
}

/// Searches. Where nothing holds all words, the last one may not be typed to its end.
fn find_results(engine: &Engine, terms: &SearchTerms) -> Result<SearchResponse> {
    let found = ask(engine, terms.to_request(&terms.query), pick!(Search))?;
    if found.total > 0 && found.step == SearchStep::All {
        return Ok(found);
    }
    let Some(begun) = begin_last_word(&terms.query) else {
        return Ok(found);
    };
    let begun = ask(engine, terms.to_request(&begun), pick!(Search))?;
    let is_better = begun.total > 0 && begun.step == SearchStep::All;
    Ok(if is_better { begun } else { found })
}

/// Returns a query in which the last word is the beginning of one. `None` if it ends otherwise.
fn begin_last_word(query: &str) -> Option<String> {
    let last = query.rsplit(char::is_whitespace).next()?;
    let is_word = last.chars().count() > 1 && last.chars().all(char::is_alphanumeric);
    let is_quoted = !query.matches('"').count().is_multiple_of(2);
    (is_word && !is_quoted && last != "OR").then(|| format!("{query}*"))
}

impl SearchTerms {
    fn read(request: &PageRequest) -> Self {
        let text = |name: &str| request.parameter(name).to_owned();
        let limit = request.parameter("limit").parse().unwrap_or(RESULTS);
        SearchTerms {
            query: text("q"),
            project: text("project"),
            tags: request.parameters("tag").map(str::to_owned).collect(),
            since: text("since"),
            until: text("until"),
            sort: text("sort"),
            limit: limit.clamp(1, MOST_RESULTS),
        }
    }

    fn is_empty(&self) -> bool {
        let texts = [&self.query, &self.project, &self.since, &self.until];
        self.tags.is_empty() && texts.into_iter().all(String::is_empty)
    }

    fn to_request(&self, query: &str) -> Request {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Request::Search(SearchRequest {
            query: Some(query.to_owned()).filter(|query| !query.is_empty()),
            filters: Filters {
                tags: self.tags.clone(),
                project: given(&self.project),
                since: given(&self.since),
                until: given(&self.until),
                ..Filters::default()
            },
            limit: self.limit,
            sort: if self.sort == "time" {
                SearchSort::Time
            } else {
                SearchSort::Relevance
            },
            facets: true,
            ..SearchRequest::default()
        })
    }

    /// Returns the address of this search with some values changed.
    fn address_with(&self, change: impl FnOnce(&mut SearchTerms)) -> String {
        let mut terms = SearchTerms {
            query: self.query.clone(),
            project: self.project.clone(),
            tags: self.tags.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            sort: self.sort.clone(),
            limit: RESULTS,
        };
        change(&mut terms);
        let limit = (terms.limit != RESULTS).then(|| terms.limit.to_string());
        let mut parameters = vec![("q", terms.query.as_str()), ("project", &terms.project)];
        parameters.extend(terms.tags.iter().map(|tag| ("tag", tag.as_str())));
        parameters.extend([
            ("since", terms.since.as_str()),
            ("until", &terms.until),
            ("sort", &terms.sort),
            ("limit", limit.as_deref().unwrap_or_default()),
        ]);
        search_address(&parameters)
    }
}

fn show_found(terms: &SearchTerms, found: &SearchResponse) -> Markup {
    let shown = found.results.len() as u64;
    let entries = found
        .facets
        .as_ref()
        .map_or(found.total, |facets| facets.entries);
    let more = [MORE_RESULTS, MOST_RESULTS]
        .into_iter()
        .find(|limit| *limit > terms.limit);
    let more = more.filter(|_| found.total > shown);
    let is_ranked = terms.sort != "time";
    html! {
        header.head {
            h1 { "Search" }
            p.sub role="status" {
                @if found.total == 0 { "Nothing found" }
                @else { (count(entries, "entry", "entries")) }
                @if found.total > 0 && found.lists_sections {
                    ", " (count(found.total, "section", "sections"))
                }
                @if found.total > 0 && found.step == SearchStep::Any {
                    "; nothing holds all words"
                    @if is_ranked { ", what holds the most comes first" }
                }
            }
            (show_chosen(terms))
            @for note in &found.notes { p.meta { (note) } }
            @if found.stale { p.meta { "The answer may miss the latest changes." } }
        }
        div.columns.search-columns {
            div.main-column {
                @if found.total > 0 { (show_order(terms)) }
                ol.results {
                    @for result in &found.results { (show_result(result)) }
                }
                @if let Some(more) = more {
                    p.pages {
                        a href=(terms.address_with(|terms| terms.limit = more)) { "More results" }
                    }
                } @else if found.total > shown {
                    p.meta {
                        "These are the first " (group_digits(shown)) " of " (group_digits(found.total))
                        ": more words or a filter narrow the search."
                    }
                }
            }
            @if let Some(facets) = &found.facets { (show_facets(terms, facets)) }
        }
    }
}

fn show_order(terms: &SearchTerms) -> Markup {
    let is_time = terms.sort == "time" || terms.query.is_empty();
    let by_time = terms.address_with(|terms| terms.sort = "time".to_owned());
    let by_relevance = terms.address_with(|terms| terms.sort.clear());
    html! {
        @if !terms.query.is_empty() {
            p.order {
                a href=(by_relevance) aria-current=[(!is_time).then_some("true")] { "Best first" }
                a href=(by_time) aria-current=[is_time.then_some("true")] { "Newest first" }
            }
        }
    }
}

/// Shows the filters that hold, each with the way to take it away.
fn show_chosen(terms: &SearchTerms) -> Markup {
    let mut chosen = Vec::new();
    if !terms.project.is_empty() {
        let without = terms.address_with(|terms| terms.project.clear());
        chosen.push((format!("project {}", terms.project), without));
    }
    for tag in &terms.tags {
        let without = terms.address_with(|terms| terms.tags.retain(|known| known != tag));
        chosen.push((format!("#{tag}"), without));
    }
    if !terms.since.is_empty() {
        let without = terms.address_with(|terms| terms.since.clear());
        chosen.push((format!("since {}", name_since(&terms.since)), without));
    }
    if !terms.until.is_empty() {
        let without = terms.address_with(|terms| terms.until.clear());
        chosen.push((format!("until {}", terms.until), without));
    }
    html! {
        @if !chosen.is_empty() {
            ul.chosen aria-label="Filters" {
                @for (name, without) in &chosen {
                    li {
                        a.chip href=(without) aria-label=(format!("Without {name}")) {
                            (name) " " span aria-hidden="true" { "×" }
                        }
                    }
                }
            }
        }
    }
}

fn show_result(result: &SearchResult) -> Markup {
    let project = result.project.as_deref();
    let address = match &result.session {
        Some(id) => session_address(project.unwrap_or_default(), id),
        None => entry_address(&result.path),
    };
    let time = result
        .sections
        .iter()
        .filter_map(|section| section.time.as_deref())
        .max();
    html! {
        li.result {
            h2 { a.hit href=(address) { (cut_title(&result.title)) } }
            p.meta {
                @if result.running { span.pulse role="img" aria-label="running" {} " " }
                @if let Some(name) = project { a href=(project_address(name)) { (name) } " · " }
                @if let Some(time) = time.or(result.updated.as_deref()) { (show_day(time)) " · " }
                span.path { (result.path) }
            }
            @for section in &result.sections { (show_section(result, section)) }
            @if result.more > 0 {
                p.meta { (count(result.more, "more section matches", "more sections match")) }
            }
        }
    }
}

fn show_section(result: &SearchResult, section: &SearchSection) -> Markup {
    let heading = section.heading.trim();
    let heading = Some(heading).filter(|heading| !heading.is_empty() && *heading != result.title);
    let note = section
        .note
        .as_deref()
        .filter(|note| Some(*note) != heading);
    html! {
        a.passage href=(line_address(&result.path, section.line)) {
            @if heading.is_some() || note.is_some() {
                span.passage-heading {
                    @if let Some(note) = note { (note) " › " }
                    (heading.unwrap_or_default())
                    @for tag in &section.tags { " #" (tag) }
                }
            }
            @if !section.snippet.is_empty() { span.snippet { (mark_matches(section)) } }
            @if heading.is_none() && section.snippet.is_empty() { (result.title) }
        }
    }
}

/// Shows the snippet with what matches marked.
fn mark_matches(section: &SearchSection) -> Markup {
    let text = section.snippet.as_str();
    let mut pieces = Vec::new();
    let mut from = 0;
    for range in &section.matches {
        // A range that is none is not worth a failure.
        let (Some(before), Some(inside)) = (text.get(from..range.start), text.get(range.clone()))
        else {
            continue;
        };
        pieces.push((before, inside));
        from = range.end;
    }
    html! {
        @for (before, inside) in pieces { (before) mark { (inside) } }
        (text.get(from..).unwrap_or_default())
    }
}

fn show_facets(terms: &SearchTerms, facets: &SearchFacets) -> Markup {
    let with_since = |value: &str| terms.address_with(|terms| terms.since = value.to_owned());
    let with_project = |value: &str| terms.address_with(|terms| terms.project = value.to_owned());
    let with_tag = |value: &str| terms.address_with(|terms| terms.tags.push(value.to_owned()));
    let tags: Vec<&FacetCount> = facets
        .tags
        .iter()
        .filter(|facet| !terms.tags.contains(&facet.value))
        .collect();
    html! {
        aside.side.facets aria-label="Narrow the search" {
            @if terms.since.is_empty() && !facets.since.is_empty() {
                (show_facet("Time", &facets.since.iter().collect::<Vec<_>>(), name_since, with_since))
            }
            @if terms.project.is_empty() && facets.projects.len() > 1 {
                (show_facet("Project", &facets.projects.iter().collect::<Vec<_>>(), str::to_owned, with_project))
            }
            @if !tags.is_empty() {
                (show_facet("Tag", &tags, |tag| format!("#{tag}"), with_tag))
            }
        }
    }
}

fn show_facet(
    name: &str,
    facets: &[&FacetCount],
    shown: impl Fn(&str) -> String,
    address: impl Fn(&str) -> String,
) -> Markup {
    html! {
        section {
            h2.quiet { (name) }
            ul.plain {
                @for facet in facets.iter().take(FACETS) {
                    li.row {
                        a href=(address(&facet.value)) { (shown(&facet.value)) }
                        span.number { (group_digits(facet.entries)) }
                    }
                }
            }
        }
    }
}

fn name_since(value: &str) -> String {
    match value {
        "1d" => "the last 24 hours".to_owned(),
        "7d" => "the last 7 days".to_owned(),
        "30d" => "the last 30 days".to_owned(),
        "365d" => "the last year".to_owned(),
        other => other.to_owned(),
    }
}

/// Shows what can be searched for.
fn show_start(tags: &TagsResponse) -> Markup {
    const FORMS: [(&str, &str); 6] = [
        ("why did we change the auth module", "words, or a question"),
        ("\"token bucket\"", "these words in this order"),
        ("+redis -memcached", "only with this word, without that one"),
        ("login OR signin", "one of them"),
        (
            "tag:auth since:7d",
            "where and when to look; also project: path: title: until:",
        ),
        (
            "rate-limiter, E0502, 3f2a91c",
            "identifiers, error codes and commits, whole or in part",
        ),
    ];
    html! {
        header.head { h1 { "Search" } p.sub { "Titles, notes, decisions, files: everything that was noted." } }
        div.columns {
            div.main-column {
                dl.ways {
                    @for (form, meaning) in FORMS {
                        dt { a href=(search_address(&[("q", form)])) { code { (form) } } }
                        dd { (meaning) }
                    }
                }
                p.meta.keys {
                    kbd { "/" } " searches, " kbd { "↓" } " and " kbd { "↑" } " move through results, "
                    kbd { "Enter" } " opens, " kbd { "Esc" } " leads back to the words"
                }
            }
            @if !tags.tags.is_empty() {
                aside.side aria-label="Tags" {
                    section {
                        h2.quiet { "Tags" }
                        ul.cloud {
                            @for tag in tags.tags.iter().take(40) {
                                li {
                                    a.tag href=(search_address(&[("tag", &tag.tag)])) { "#" (tag.tag) }
                                    " " span.number { (group_digits(tag.entries)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
