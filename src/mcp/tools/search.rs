//! `search`

use super::{MemoryTool, describe_tool, read_arguments, read_count, read_texts, unexpected};
use crate::error::Result;
use crate::mcp::answer::{AnswerDraft, AnswerRemarks, fit_answer, render_text};
use crate::mcp::ask::Asker;
use crate::mcp::budget::{MOST, advise_budget, choose_budget, cut_line, cut_text};
use crate::ops::{
    Filters, Request, Response, SearchRequest, SearchResponse, SearchSort, SearchStep,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// How many characters an answer has by default.
const USUAL_BUDGET: usize = 24_000;

/// Most results, and how many there are by default.
const MOST_RESULTS: usize = 100;
const USUAL_RESULTS: usize = 10;

/// Longest query that is repeated, in characters.
const LONGEST_QUERY: usize = 200;

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
    run: search_memory,
};

pub(super) fn describe() -> Value {
    describe_tool::<SearchArguments, SearchResponse>()
}

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
    /// Most entries; 10 unless given, 100 at most.
    #[serde(deserialize_with = "read_count")]
    #[schemars(range(max = 100))]
    limit: Option<usize>,
    /// Whole sections, instead of the lines that match.
    whole_sections: bool,
    /// Most characters of the whole answer, text and data together; 24000 unless given, from 2000
    /// to 200000.
    #[serde(deserialize_with = "read_count")]
    #[schemars(range(max = 200_000))]
    budget: Option<usize>,
}

fn search_memory(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: SearchArguments = read_arguments(TOOL.name, arguments)?;
    let budget = choose_budget(arguments.budget, USUAL_BUDGET);
    let mut beside = AnswerRemarks::default();
    beside.add_bound("budget", arguments.budget, MOST);
    beside.add_bound("limit", arguments.limit, MOST_RESULTS);
    let request = arguments.into_request();
    let limit = request.limit;
    let reply = asker.ask(Request::Search(request))?;
    beside.add_reply(&reply);
    let Response::Search(mut found) = reply.response else {
        return Err(unexpected(TOOL.name));
    };
    found.query = cut_line(&found.query, LONGEST_QUERY);
    let notes = found.notes.drain(..);
    notes.for_each(|note| beside.add(cut_line(&note, LONGEST_QUERY)));
    if found.results.is_empty() {
        beside.add("nothing was found");
    } else if found.step == SearchStep::Any {
        beside.add("nothing holds all words; what holds the most comes first");
    }
    if found.stale {
        beside.add("the answer may miss the latest changes");
    }
    let beyond = LeftBeyond::find_left(&found, limit, budget);
    Ok(fit_answer(budget, |room| {
        let (mut found, mut beside) = (found.clone(), beside.clone());
        fit_results(&mut found, room, &beyond, &mut beside);
        cut_contents(&mut found, room, &mut beside);
        AnswerDraft {
            answer: found.clone(),
            text: render_text(Response::Search(found)),
            beside,
        }
    }))
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
            limit: self.limit.unwrap_or(USUAL_RESULTS).min(MOST_RESULTS),
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

/// What an answer leaves out, and how to get it.
struct LeftBeyond {
    /// What is counted.
    what: &'static str,
    /// How many the limit leaves out.
    by_limit: usize,
    /// How to get those, and those that the budget leaves out.
    how: [String; 2],
}

impl LeftBeyond {
    fn find_left(found: &SearchResponse, limit: usize, budget: usize) -> Self {
        const NARROW: &str = "narrow it by project, tags, paths or since";
        let total = usize::try_from(found.total).unwrap_or(usize::MAX);
        let by_limit = if limit < MOST_RESULTS {
            format!("call search with a larger limit (up to {MOST_RESULTS}), or {NARROW}")
        } else {
            NARROW.to_owned()
        };
        let by_budget = advise_budget(
            TOOL.name,
            budget,
            "ask for fewer, or without whole sections",
        );
        LeftBeyond {
            what: if found.lists_sections {
                "sections"
            } else {
                "entries"
            },
            by_limit: total.saturating_sub(count_results(found)),
            how: [by_limit, by_budget],
        }
    }
}

/// Keeps as many of the results as fit, one at least unless there is no room at all, and says what
/// that leaves out.
fn fit_results(
    found: &mut SearchResponse,
    room: usize,
    beyond: &LeftBeyond,
    beside: &mut AnswerRemarks,
) {
    let mut left = room;
    let mut fitting = 0;
    for result in &found.results {
        let length = serde_json::to_string(result).map_or(0, |json| json.chars().count());
        if length > left && (fitting > 0 || room == 0) {
            break;
        }
        left = left.saturating_sub(length);
        fitting += 1;
    }
    let before = count_results(found);
    found.results.truncate(fitting);
    let cut = before - count_results(found);
    let [by_limit, by_budget] = &beyond.how;
    beside.leave_out(beyond.what, cut, by_budget);
    beside.leave_out(beyond.what, beyond.by_limit, by_limit);
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
fn cut_contents(found: &mut SearchResponse, room: usize, beside: &mut AnswerRemarks) {
    let sections = found.results.iter().map(|result| result.sections.len());
    let share = room / sections.sum::<usize>().max(1);
    for result in &mut found.results {
        for section in &mut result.sections {
            let Some(content) = &mut section.content else {
                continue;
            };
            let cut = cut_text(content, share);
            let lines = format!("{}-", section.line);
            let how = format!("call get with path: {}, lines: {lines}", result.path);
            beside.leave_out("lines of a section", cut.lines_left, how);
            *content = cut.kept.to_owned();
        }
    }
}
