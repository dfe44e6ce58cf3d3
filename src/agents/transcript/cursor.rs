//! Transcripts of Cursor: `projects/SLUG/agent-transcripts/ID/ID.jsonl`.
//!
//! A line is `{role, message: {content: [text | tool_use]}}`: without times, ids or results. The
//! times are those of the file.

use super::super::tools::{self, Action, Deed};
use super::super::wire::{self, Raw};
use super::Heard;
use super::calls::{Answered, Call};
use super::places::TranscriptFile;
use super::reading::name;
use super::scribe::{LOOK, Scribe, hash, limit};
use crate::model::FileAction;
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    text: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
}

/// What the place and the times of the file tell.
pub(super) fn place(file: &TranscriptFile, scribe: &mut Scribe<'_>) {
    let mut parts: Vec<_> = file
        .path
        .components()
        .map(|part| part.as_os_str())
        .collect();
    let stem = name(file.path.file_stem()).into_owned();
    let at = parts.iter().position(|part| *part == "agent-transcripts");
    let side = parts.iter().any(|part| *part == "subagents");
    if let Some(at) = at {
        let project = at.checked_sub(1).map(|before| name(Some(parts[before])));
        let project = project.map(|project| scribe.clean(&project, limit::PATH));
        scribe.state.session.project = project;
        parts.drain(..=at);
    }
    let session = &mut scribe.state.session;
    session.sub_agent = side;
    session.id = match (at, side) {
        (Some(_), true) => name(parts.first().copied()).into_owned(),
        _ => stem,
    };
    let began = file.created.filter(|created| *created < file.modified);
    session.started = began.or(Some(file.modified));
    session.last = Some(file.modified);
}

/// Reads a line.
pub(super) fn line(line: &str, scribe: &mut Scribe<'_>) -> Heard {
    let Ok(line) = serde_json::from_str::<Line<'_>>(line) else {
        return Heard::Malformed;
    };
    let Some(message) = wire::object::<Block<'_>>(line.message) else {
        let kind = wire::text(line.kind.or(line.role)).unwrap_or_default();
        return Heard::Unknown(kind.into_owned());
    };
    let time = wire::time(line.timestamp).unwrap_or(scribe.fallback);
    if !scribe.state.begun {
        let began = scribe.state.session.started;
        scribe.line(began, None);
        scribe.begin("", None);
    }
    scribe.line(Some(time), None);
    match wire::text(line.role).unwrap_or_default().as_ref() {
        "user" => user(&message, scribe),
        "assistant" => assistant(&message, scribe),
        "system" | "tool" => Heard::Ignored,
        unknown => Heard::Unknown(unknown.to_owned()),
    }
}

fn user(message: &Block<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let mut texts = Vec::new();
    texts.extend(wire::head(message.content, LOOK));
    let blocks: Vec<Block<'_>> = blocks(message);
    texts.extend(
        blocks
            .iter()
            .filter_map(|block| wire::head(block.text, LOOK)),
    );
    if scribe.state.session.sub_agent || !scribe.prompt(&texts.join("\n")) {
        return Heard::Ignored;
    }
    Heard::Understood
}

fn assistant(message: &Block<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let side = scribe.state.session.sub_agent;
    let mut said = wire::head(message.content, LOOK)
        .unwrap_or_default()
        .into_owned();
    let blocks = blocks(message);
    let mut used = false;
    for block in &blocks {
        match wire::text(block.kind).as_deref() {
            Some("text") => {
                let text = wire::head(block.text, LOOK).unwrap_or_default();
                said.push_str(&text);
                said.push('\n');
            }
            Some("tool_use") => {
                tool(block, side, scribe);
                used = true;
            }
            _ => {}
        }
    }
    // In place of what the model thought.
    let said = said.replace("[REDACTED]", "");
    if !used && !side {
        scribe.says(0, &said);
    }
    if used || !said.trim().is_empty() {
        Heard::Understood
    } else {
        Heard::Ignored
    }
}

fn blocks<'a>(message: &Block<'a>) -> Vec<Block<'a>> {
    let blocks = wire::list(message.content).into_iter();
    blocks
        .filter_map(|block| wire::object(Some(block)))
        .collect()
}

/// There is no result: what was used is taken to have been done. A file that is written whole and
/// was not spoken of before is a new one.
fn tool(block: &Block<'_>, side: bool, scribe: &mut Scribe<'_>) {
    let name = wire::text(block.name).unwrap_or_default();
    let used = tools::tool_use(&name, block.input);
    let mut answered = Answered::default();
    for deed in &used.deeds {
        if let Deed::File { path, action, .. } = deed {
            let fresh = scribe.state.seen.insert(hash(&["file", path]));
            if *action == Action::Write && fresh {
                answered.written = Some(FileAction::Created);
            }
        }
    }
    scribe.uses(Call {
        id: "",
        message: 0,
        side,
        used,
    });
    scribe.result("", answered);
}
