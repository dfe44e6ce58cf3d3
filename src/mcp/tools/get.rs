//! `get`

use super::{MemoryTool, describe_tool, read_arguments, read_count, unexpected};
use crate::error::{Error, Result};
use crate::mcp::answer::{AnswerDraft, AnswerRemarks, fit_answer, render_text};
use crate::mcp::ask::Asker;
use crate::mcp::budget::{CutText, MOST, advise_budget, choose_budget, cut_line, cut_text};
use crate::ops::{
    EntryName, GetMetadataResponse, GetRequest, GetResponse, LineRange, LogRequest, LogShowRequest,
    LogShowResponse, MetadataSection, Part, Request, Response,
};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many characters an answer has by default.
const USUAL_BUDGET: usize = 40_000;

/// Longest title and longest tags that are shown, in characters.
const LONGEST_TITLE: usize = 300;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "get",
    title: "Read from the memory",
    description: "Read an entry of the memory, or part of it: by the path that `search` gave, or \
        by title; or the record of a session by its id. Of a long entry, ask for what you need: \
        `lines` around the line that `search` named, one `section`, the `last` notes of a session \
        log, or its `outline` first. What does not fit is listed, with how to go on.",
    reads_only: true,
    run: read_entry,
};

pub(super) fn describe() -> Value {
    describe_tool::<GetArguments, EntryAnswer>()
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct GetArguments {
    /// Path of the entry, such as `projects/shop/sessions.md`.
    path: Option<String>,
    /// Title of the entry, instead of its path.
    title: Option<String>,
    /// Id of a session, such as `20260111-103000`, instead of a path: its record.
    session: Option<String>,
    /// Project of the session, where several have one of that id.
    project: Option<String>,
    /// Only these lines: `40-80`, `40-`, `-80` or `40`.
    lines: Option<String>,
    /// Only the sections with this heading, or a heading that begins so.
    section: Option<String>,
    /// Only the last so many dated notes.
    #[serde(deserialize_with = "read_count")]
    last: Option<usize>,
    /// Only what is known of the entry and its headings with their lines, without the text.
    outline: bool,
    /// Without the first so many characters of what was asked for: to go on where an answer was cut.
    #[serde(deserialize_with = "read_count")]
    offset: Option<usize>,
    /// Most characters of the whole answer, which has the text twice, as text and as data; 40000
    /// unless given, from 2000 to 200000.
    #[serde(deserialize_with = "read_count")]
    #[schemars(range(max = 200_000))]
    budget: Option<usize>,
}

/// An entry or part of it.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
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
    let mut beside = AnswerRemarks::default();
    beside.add_bound("budget", arguments.budget, MOST);
    let offset = arguments.offset.unwrap_or_default();
    let part = arguments.choose_part()?;
    let lines = match &part {
        Part::Whole => LineRange::parse("1-").ok(),
        Part::Lines(lines) => Some(*lines),
        _ => None,
    };
    let request = arguments.choose_request(part)?;
    let reply = asker.ask(request)?;
    beside.add_reply(&reply);
    let (entry, lines) = match reply.response {
        Response::Get(got) => (got.into(), lines),
        Response::LogShow(shown) => (shown.into(), None),
        Response::GetMetadata(metadata) => {
            return Ok(cut_outline(&metadata, budget, &beside));
        }
        _ => return Err(unexpected(TOOL.name)),
    };
    let excerpt = EntryExcerpt::skip_beginning(entry, lines, offset)?;
    Ok(fit_answer(budget, |room| {
        excerpt.draft_entry(room, beside.clone())
    }))
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
        if self.project.is_some() && self.session.is_none() {
            return Err(Error::usage("project is only of use with session"));
        }
        let entry = match (self.path, self.title, self.session) {
            (Some(path), None, None) => EntryName::Path(path),
            (None, Some(title), None) => EntryName::Title(title),
            (None, None, Some(id)) if part == Part::Whole => {
                return Ok(Request::Log(LogRequest::Show(LogShowRequest {
                    id: Some(id),
                    project: self.project,
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

/// What was asked for of an entry.
struct EntryExcerpt {
    entry: EntryAnswer,
    content: String,
    /// Its lines in the entry, where they are known.
    lines: Option<LineRange>,
    /// How many characters before it were skipped.
    offset: usize,
}

impl EntryExcerpt {
    /// Takes what is behind the first `offset` characters.
    fn skip_beginning(
        mut entry: EntryAnswer,
        lines: Option<LineRange>,
        offset: usize,
    ) -> Result<Self> {
        entry.shorten();
        let mut content = entry.content.take().unwrap_or_default();
        if offset > 0 {
            let Some((start, _)) = content.char_indices().nth(offset) else {
                let length = content.chars().count();
                let message =
                    format!("offset {offset} is behind the end: it has {length} characters");
                return Err(Error::usage(message));
            };
            content.drain(..start);
        }
        Ok(EntryExcerpt {
            entry,
            content,
            lines,
            offset,
        })
    }

    fn draft_entry(&self, room: usize, mut beside: AnswerRemarks) -> AnswerDraft<EntryAnswer> {
        let cut = cut_text(&self.content, room);
        let (what, left) = if cut.is_within_line() {
            ("characters", cut.left)
        } else {
            ("lines", cut.lines_left)
        };
        beside.leave_out(what, left, self.how_to_go_on(&cut));
        let mut answer = self.entry.clone();
        answer.content = Some(cut.kept.to_owned());
        AnswerDraft {
            answer,
            text: cut.kept.to_owned(),
            beside,
        }
    }

    fn how_to_go_on(&self, cut: &CutText<'_>) -> String {
        match self
            .lines
            .filter(|_| self.offset == 0 && !cut.is_within_line())
        {
            Some(LineRange { first, last }) => {
                let next = first + cut.lines as u64;
                let last = last.map_or_else(String::new, |last| last.to_string());
                format!(
                    "call get with path: {}, lines: {next}-{last}",
                    self.entry.path
                )
            }
            None => {
                let next = self.offset + cut.kept.chars().count();
                format!("call get with the same arguments and offset: {next}")
            }
        }
    }
}

impl EntryAnswer {
    /// Shortens what could make an answer of any length.
    fn shorten(&mut self) {
        self.title = cut_line(&self.title, LONGEST_TITLE);
        let mut left = LONGEST_TITLE;
        self.tags.retain(|tag| {
            let length = tag.chars().count();
            let fits = length <= left;
            left -= if fits { length } else { 0 };
            fits
        });
    }
}

fn cut_outline(
    metadata: &GetMetadataResponse,
    budget: usize,
    beside: &AnswerRemarks,
) -> CallToolResult {
    let how = advise_budget(TOOL.name, budget, "call get with lines or a section");
    let mut entry = EntryAnswer {
        path: metadata.path.clone(),
        title: metadata.title.clone(),
        tags: metadata.tags.clone(),
        project: metadata.project.clone(),
        updated: metadata.updated.clone(),
        content: None,
        sections: None,
    };
    entry.shorten();
    fit_answer(budget, |room| {
        let headings = metadata.sections.iter().map(|section| &section.heading);
        let fitting = count_fitting(headings, room);
        let links = count_fitting(metadata.links.iter(), room / 4);
        let mut beside = beside.clone();
        beside.leave_out("headings", metadata.sections.len() - fitting, &how);
        beside.leave_out("links", metadata.links.len() - links, &how);
        let sections = &metadata.sections[..fitting];
        let description = metadata.description.as_ref();
        let text = render_text(Response::GetMetadata(GetMetadataResponse {
            title: entry.title.clone(),
            tags: entry.tags.clone(),
            description: description.map(|text| cut_line(text, LONGEST_TITLE)),
            aliases: Vec::new(),
            links: metadata.links[..links].to_vec(),
            sections: sections.to_vec(),
            ..metadata.clone()
        }));
        let mut answer = entry.clone();
        answer.sections = Some(sections.to_vec());
        AnswerDraft {
            answer,
            text,
            beside,
        }
    })
}

/// Returns how many of the texts, from the first, fit with what stands beside each.
fn count_fitting<'a>(texts: impl Iterator<Item = &'a String>, room: usize) -> usize {
    const BESIDE: usize = 40;
    let mut left = room;
    let fits = |text: &&String| {
        let length = text.chars().count() + BESIDE;
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    };
    texts.take_while(fits).count()
}
