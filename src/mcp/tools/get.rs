//! `get`

use super::{MemoryTool, read_arguments, unexpected};
use crate::error::{Error, Result};
use crate::mcp::answer::{AnswerRemarks, render_text};
use crate::mcp::ask::Asker;
use crate::mcp::budget::{choose_budget, cut_text};
use crate::ops::{
    EntryName, GetMetadataResponse, GetRequest, GetResponse, LineRange, LogRequest, LogShowRequest,
    LogShowResponse, MetadataSection, Part, Request, Response,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many characters an answer has unless somebody says otherwise.
const USUAL_BUDGET: usize = 20_000;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "get",
    title: "Read from the memory",
    description: "Read an entry of the memory, or part of it: by the path that `search` gave, or \
        by title; or the record of a session by its id. Of a long entry, ask for what you need: \
        `lines` around the line that `search` named, one `section`, the `last` notes of a session \
        log, or its `outline` first.",
    reads_only: true,
    describe: |tool| tool.describe_with::<GetArguments, EntryAnswer>(),
    run: read_entry,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct GetArguments {
    /// Path of the entry, such as `projects/shop/sessions.md`.
    path: Option<String>,
    /// Title of the entry, instead of its path.
    title: Option<String>,
    /// Id of a session, such as `20260111-103000`, instead of a path: its record.
    session: Option<String>,
    /// Only these lines: `40-80`, `40-`, `-80` or `40`.
    lines: Option<String>,
    /// Only the sections with this heading, or a heading that begins so.
    section: Option<String>,
    /// Only the last so many dated notes.
    last: Option<usize>,
    /// Only what is known of the entry and its headings with their lines, without the text.
    outline: bool,
    /// Most characters of the text; 20000 unless given.
    budget: Option<usize>,
}

/// An entry or part of it.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct EntryAnswer {
    /// Path of the entry.
    path: String,
    /// Title of the entry.
    title: String,
    /// Tags of the entry.
    tags: Vec<String>,
    /// Project that it belongs to.
    project: Option<String>,
    /// When it was updated, RFC 3339.
    updated: Option<String>,
    /// The text that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// The headings, where the outline was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    sections: Option<Vec<MetadataSection>>,
}

fn read_entry(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: GetArguments = read_arguments(TOOL.name, arguments)?;
    let budget = choose_budget(arguments.budget, USUAL_BUDGET);
    let part = arguments.choose_part()?;
    let first_line = match &part {
        Part::Whole => Some(1),
        Part::Lines(lines) => Some(lines.first),
        _ => None,
    };
    let request = arguments.choose_request(part)?;
    let reply = asker.ask(request)?;
    let mut beside = AnswerRemarks::default();
    beside.add_reply(&reply);
    match reply.response {
        Response::Get(got) => Ok(cut_entry(got.into(), first_line, budget, beside)),
        Response::LogShow(shown) => Ok(cut_entry(shown.into(), None, budget, beside)),
        Response::GetMetadata(metadata) => Ok(cut_outline(metadata, budget, beside)),
        _ => Err(unexpected(TOOL.name)),
    }
}

impl GetArguments {
    fn choose_part(&self) -> Result<Part> {
        let lines = self.lines.as_deref().map(LineRange::parse).transpose()?;
        let parts = [
            lines.map(Part::Lines),
            self.section.clone().map(Part::Section),
            self.last.map(Part::Last),
            self.outline.then_some(Part::Metadata),
        ];
        let mut parts = parts.into_iter().flatten();
        let part = parts.next().unwrap_or_default();
        if parts.next().is_some() {
            return Err(Error::usage(
                "give one of lines, section, last and outline, not several",
            ));
        }
        Ok(part)
    }

    fn choose_request(self, part: Part) -> Result<Request> {
        let entry = match (self.path, self.title, self.session) {
            (Some(path), None, None) => EntryName::Path(path),
            (None, Some(title), None) => EntryName::Title(title),
            (None, None, Some(id)) if part == Part::Whole => {
                return Ok(Request::Log(LogRequest::Show(LogShowRequest {
                    id: Some(id),
                    project: None,
                })));
            }
            (None, None, Some(_)) => {
                return Err(Error::usage("the record of a session is read as a whole")
                    .with_hint("for part of it, give its path"));
            }
            _ => return Err(Error::usage("give one of path, title and session")),
        };
        Ok(Request::Get(GetRequest {
            entry,
            part,
            raw: false,
        }))
    }
}

impl From<GetResponse> for EntryAnswer {
    fn from(got: GetResponse) -> Self {
        EntryAnswer {
            path: got.path,
            title: got.title,
            tags: got.tags,
            project: got.project,
            updated: got.updated,
            content: Some(got.content),
            sections: None,
        }
    }
}

impl From<LogShowResponse> for EntryAnswer {
    fn from(shown: LogShowResponse) -> Self {
        let session = shown.session.as_ref();
        EntryAnswer {
            title: session.map_or_else(String::new, |session| format!("Session {}", session.id)),
            project: session.map(|session| session.project.clone()),
            updated: session.and_then(|session| session.ended.clone()),
            path: shown.path,
            content: Some(shown.content),
            ..EntryAnswer::default()
        }
    }
}

/// Cuts the text to the budget. `first_line` is the line in the entry with which it begins.
fn cut_entry(
    mut entry: EntryAnswer,
    first_line: Option<u64>,
    budget: usize,
    mut beside: AnswerRemarks,
) -> CallToolResult {
    let content = entry.content.unwrap_or_default();
    let (kept, lines, left) = cut_text(&content, budget);
    let how = match first_line {
        Some(first) => format!(
            "call get with path: {}, lines: {}-",
            entry.path,
            first + lines as u64
        ),
        None => "call get with a larger budget".to_owned(),
    };
    beside.leave_out("lines", left, how);
    let text = kept.to_owned();
    entry.content = Some(text.clone());
    beside.finish(entry, text)
}

fn cut_outline(
    mut metadata: GetMetadataResponse,
    budget: usize,
    mut beside: AnswerRemarks,
) -> CallToolResult {
    let length = |section: &MetadataSection| section.heading.chars().count() + 40;
    let mut left = budget;
    let fitting = metadata.sections.iter().take_while(|section| {
        let fits = length(section) <= left;
        left = left.saturating_sub(length(section));
        fits
    });
    let fitting = fitting.count();
    let cut = metadata.sections.len() - fitting;
    beside.leave_out("headings", cut, "call get with a larger budget");
    metadata.sections.truncate(fitting);
    let answer = EntryAnswer {
        path: metadata.path.clone(),
        title: metadata.title.clone(),
        tags: metadata.tags.clone(),
        project: metadata.project.clone(),
        updated: metadata.updated.clone(),
        content: None,
        sections: Some(metadata.sections.clone()),
    };
    let text = render_text(Response::GetMetadata(metadata));
    beside.finish(answer, text)
}
