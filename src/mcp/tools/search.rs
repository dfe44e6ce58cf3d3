//! `search`

use super::{MemoryTool, read_arguments, read_texts, unexpected};
use crate::error::Result;
use crate::mcp::answer::{AnswerRemarks, render_text};
use crate::mcp::ask::Asker;
use crate::mcp::budget::{choose_budget, cut_text};
use crate::ops::{
    Filters, Request, Response, SearchRequest, SearchResponse, SearchSort, SearchStep,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many characters an answer has unless somebody says otherwise.
const USUAL_BUDGET: usize = 12_000;

/// Most results.
const MOST_RESULTS: usize = 100;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "search",
    title: "Search the memory",
    description: "Search everything that was noted, decided and done in earlier sessions, in all \
        projects: notes, session records, decisions, guides. Use it before you work on something \
        that may have been worked on before, and whenever the user refers to earlier work. Ask in \
        plain words or with an identifier (`rateLimiter`, `E0502`, `src/auth/limiter.ts`); not all \
        words need to match, the best come first. Results name the entry and line; read more with \
        `get`. Without a query but with a filter, it lists what there is, newest first.",
    reads_only: true,
    describe: |tool| tool.describe_with::<SearchArguments, SearchResponse>(),
    run: search_memory,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct SearchArguments {
    /// What to look for: words, "a phrase", -without, +must, one OR other, pref*. May be left out
    /// where a filter is given.
    query: Option<String>,
    /// Only this project.
    project: Option<String>,
    /// Only what has all of these tags.
    #[serde(deserialize_with = "read_texts")]
    tags: Vec<String>,
    /// Only entries whose path matches one of these globs, such as `projects/shop/*`.
    #[serde(deserialize_with = "read_texts")]
    paths: Vec<String>,
    /// Only since: a date, RFC 3339, `7d`, `2w`, `yesterday`, `last week`.
    since: Option<String>,
    /// Only until; as `since`.
    until: Option<String>,
    /// Newest first, instead of best first.
    newest_first: bool,
    /// Most entries; 10 unless given.
    limit: Option<usize>,
    /// Whole sections, instead of the lines that match.
    whole_sections: bool,
    /// Most characters of the answer; 12000 unless given.
    budget: Option<usize>,
}

fn search_memory(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: SearchArguments = read_arguments(TOOL.name, arguments)?;
    let budget = choose_budget(arguments.budget, USUAL_BUDGET);
    let reply = asker.ask(Request::Search(arguments.into_request()))?;
    let mut beside = AnswerRemarks::default();
    beside.add_reply(&reply);
    let Response::Search(mut found) = reply.response else {
        return Err(unexpected(TOOL.name));
    };
    found.notes.drain(..).for_each(|note| beside.add(note));
    if found.results.is_empty() {
        beside.add("nothing was found");
    } else if found.step == SearchStep::Any {
        beside.add("nothing holds all words; what holds the most comes first");
    }
    if found.stale {
        beside.add("the answer may miss the latest changes");
    }
    fit_results(&mut found, budget, &mut beside);
    cut_contents(&mut found, budget, &mut beside);
    let text = render_text(Response::Search(found.clone()));
    Ok(beside.finish(found, text))
}

impl SearchArguments {
    fn into_request(self) -> SearchRequest {
        SearchRequest {
            query: self.query,
            filters: Filters {
                tags: self.tags,
                project: self.project,
                paths: self.paths,
                since: self.since,
                until: self.until,
            },
            limit: self.limit.unwrap_or(10).min(MOST_RESULTS),
            content: self.whole_sections,
            sort: if self.newest_first {
                SearchSort::Time
            } else {
                SearchSort::Relevance
            },
            ..SearchRequest::default()
        }
    }
}

/// Keeps as many of the results as fit, one at least, and says what that leaves out.
fn fit_results(found: &mut SearchResponse, budget: usize, beside: &mut AnswerRemarks) {
    let mut left = budget;
    let mut fitting = 0;
    for result in &found.results {
        let length = serde_json::to_string(result).map_or(0, |json| json.chars().count());
        if fitting > 0 && length > left {
            break;
        }
        left = left.saturating_sub(length);
        fitting += 1;
    }
    let before = count_results(found);
    found.results.truncate(fitting);
    let cut = before - count_results(found);
    let total = usize::try_from(found.total).unwrap_or(usize::MAX);
    let what = if found.lists_sections {
        "sections"
    } else {
        "entries"
    };
    beside.leave_out(what, cut, "call search with a larger budget");
    let beyond = total.saturating_sub(before);
    beside.leave_out(
        what,
        beyond,
        "call search with a larger limit, or ask for less",
    );
}

fn count_results(found: &SearchResponse) -> usize {
    let results = found.results.iter();
    if found.lists_sections {
        results.map(|result| result.sections.len()).sum()
    } else {
        results.len()
    }
}

/// Cuts whole sections so that they fit, each to its share.
fn cut_contents(found: &mut SearchResponse, budget: usize, beside: &mut AnswerRemarks) {
    let sections = found.results.iter().map(|result| result.sections.len());
    let share = budget / sections.sum::<usize>().max(1);
    for result in &mut found.results {
        for section in &mut result.sections {
            let Some(content) = &mut section.content else {
                continue;
            };
            let (kept, _, left) = cut_text(content, share);
            let lines = format!("{}-", section.line);
            let how = format!("call get with path: {}, lines: {lines}", result.path);
            beside.leave_out("lines of a section", left, how);
            *content = kept.to_owned();
        }
    }
}
