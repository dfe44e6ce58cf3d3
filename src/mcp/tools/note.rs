//! `note`

use super::{MemoryTool, describe_tool, read_arguments, read_texts, unexpected};
use crate::error::Result;
use crate::mcp::answer::{AnswerRemarks, render_text};
use crate::mcp::ask::Asker;
use crate::ops::{Request, Response, SessionLogRequest, SessionLogResponse};
use rmcp::model::{CallToolResult, JsonObject};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub(super) const TOOL: MemoryTool = MemoryTool {
    name: "note",
    title: "Note for later sessions",
    description: "Keep something that later sessions should know and `log` has no place for: how \
        something works, what was found out, what to avoid, with the reason and exact names. One \
        note a matter, in Markdown. It is on disk when this answers, and `search` finds it at once. \
        Never note passwords or other secrets.",
    reads_only: false,
    run: write_note,
};

pub(super) fn describe() -> Value {
    describe_tool::<NoteArguments, SessionLogResponse>()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoteArguments {
    /// The note, in Markdown; it gets a heading with the time.
    text: String,
    /// Tags, such as `auth` or `decision`.
    #[serde(default, deserialize_with = "read_texts")]
    tags: Vec<String>,
    /// Related entries: paths, titles, or addresses of the web.
    #[serde(default, deserialize_with = "read_texts")]
    links: Vec<String>,
    /// Path of the entry to add it to; unless given, the one that the project's context names, else
    /// `projects/NAME/sessions.md`.
    entry: Option<String>,
    /// Absolute path of the project's directory, if it is not the one you work in; with `entry` it may
    /// be left out.
    directory: Option<String>,
}

fn write_note(asker: &Asker<'_>, arguments: JsonObject) -> Result<CallToolResult> {
    let arguments: NoteArguments = read_arguments(TOOL.name, arguments)?;
    let asker = asker.within(arguments.directory.as_deref())?;
    let names_entry = arguments.entry.is_some();
    let request = Request::SessionLog(SessionLogRequest {
        message: arguments.text,
        entry: arguments.entry,
        tags: arguments.tags,
        links: arguments.links,
        heading: true,
        or_usual_entry: true,
    });
    let reply = if names_entry {
        asker.ask_in_kb(request)?
    } else {
        asker.ask_here_or("or entry: the path of the entry to add it to", request)?
    };
    let mut beside = AnswerRemarks::default();
    beside.add_reply(&reply);
    let Response::SessionLog(logged) = reply.response else {
        return Err(unexpected(TOOL.name));
    };
    let text = render_text(Response::SessionLog(logged.clone()));
    Ok(beside.finish(logged, text))
}
