//! Transcripts of Cursor: `projects/SLUG/agent-transcripts/ID/ID.jsonl`.
//!
//! A line is `{role, message: {content: [text | tool_use]}}`: without times, ids or results. The
//! times are those of the file.

use crate::agents::event_text::limit;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::json::raw_field::{
    raw_object, read_head, read_list, read_object, read_text, read_time,
};
use crate::agents::json::read_tool_field;
use crate::agents::profile::{TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::tool_effect::{Effect, ToolKind, ToolResult, read_tool_call, tool_kind};
use crate::agents::transcript::{
    LineFormat, LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter, file_name_text,
    hash_texts,
};
use std::path::PathBuf;

pub(super) static FORMAT: TranscriptFormat = TranscriptFormat {
    places,
    recognises,
    form: TranscriptForm::Lines(LineFormat {
        read_place,
        read_line: &read_line,
    }),
    files: TranscriptFiles::LINES,
    sub_sessions: None,
};

fn places(homes: &AgentHomes) -> Vec<PathBuf> {
    vec![homes.home.join(".cursor").join("projects")]
}

fn recognises(head: &FileHead<'_>) -> bool {
    head.has_line(&|line| line.has_all(&["role", "message"]))
        || head.begins_with_all(&["{\"role\":", "\"message\""])
}

raw_object! {
    CursorLine: role, kind = "type", message, timestamp,
}

raw_object! {
    CursorBlock: kind = "type", content, text, name, input,
}

/// Reads what the path and the times of the file imply.
fn read_place(writer: &mut TranscriptWriter<'_>) {
    let file = writer.file;
    let parts = file.path.components();
    let mut parts: Vec<_> = parts.map(|part| part.as_os_str()).collect();
    let stem = file_name_text(file.path.file_stem()).into_owned();
    let at = parts.iter().position(|part| *part == "agent-transcripts");
    let side = parts.iter().any(|part| *part == "subagents");
    if let Some(at) = at {
        let project = at
            .checked_sub(1)
            .map(|before| file_name_text(Some(parts[before])));
        let project = project.map(|project| writer.clean(&project, limit::PATH));
        writer.state.session.project = project;
        parts.drain(..=at);
    }
    let session = &mut writer.state.session;
    session.sub_agent = side;
    session.id = match (at, side) {
        (Some(_), true) => file_name_text(parts.first().copied()).into_owned(),
        _ => stem,
    };
    let began = file.created.filter(|created| *created < file.modified);
    session.started = began.or(Some(file.modified));
    session.last = Some(file.modified);
}

fn read_line(line: &str, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let Ok(line) = serde_json::from_str::<CursorLine<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    let Some(message) = read_object::<CursorBlock<'_>>(line.message) else {
        let kind = read_text(line.kind.or(line.role)).unwrap_or_default();
        return LineOutcome::Unknown(kind.into_owned());
    };
    let time = read_time(line.timestamp).unwrap_or(writer.file.modified);
    if !writer.state.begun {
        let began = writer.state.session.started;
        writer.begin_line(began, None);
        writer.begin_session("", None);
    }
    writer.begin_line(Some(time), None);
    match read_text(line.role).unwrap_or_default().as_ref() {
        "user" => read_user_message(&message, writer),
        "assistant" => read_model_message(&message, writer),
        "system" | "tool" => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(unknown.to_owned()),
    }
}

fn read_user_message(message: &CursorBlock<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let mut texts = Vec::new();
    texts.extend(read_head(message.content, MOST_LOOKED_AT));
    let blocks = read_blocks(message);
    let told = blocks.iter();
    texts.extend(told.filter_map(|block| read_head(block.text, MOST_LOOKED_AT)));
    if writer.state.session.sub_agent || !writer.add_prompt(&texts.join("\n")) {
        return LineOutcome::Ignored;
    }
    LineOutcome::Understood
}

fn read_model_message(message: &CursorBlock<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let side = writer.state.session.sub_agent;
    let whole = read_head(message.content, MOST_LOOKED_AT);
    let mut said = whole.unwrap_or_default().into_owned();
    let mut used = false;
    for block in &read_blocks(message) {
        match read_text(block.kind).as_deref() {
            Some("text") => {
                said.push_str(&read_head(block.text, MOST_LOOKED_AT).unwrap_or_default());
                said.push('\n');
            }
            Some("tool_use") => {
                read_call(block, side, writer);
                used = true;
            }
            _ => {}
        }
    }
    // In place of what the model thought.
    let said = said.replace("[REDACTED]", "");
    if !used && !side {
        writer.hold_answer(0, &said);
    }
    LineOutcome::understood_if(used || !said.trim().is_empty())
}

fn read_blocks<'a>(message: &CursorBlock<'a>) -> Vec<CursorBlock<'a>> {
    let blocks = read_list(message.content).into_iter();
    blocks
        .filter_map(|block| read_object(Some(block)))
        .collect()
}

/// There is no result: what was used is taken to have been done. A file that is written whole and
/// was not spoken of before is a new one.
fn read_call(block: &CursorBlock<'_>, side: bool, writer: &mut TranscriptWriter<'_>) {
    let name = read_text(block.name).unwrap_or_default();
    let input = read_tool_field(block.input);
    let call = read_tool_call(&name, &input);
    let writes = tool_kind(&name, &input) == ToolKind::Write;
    let mut result = ToolResult::default();
    for effect in &call.effects {
        if let Effect::File { path, .. } = effect {
            let fresh = writer.state.seen.insert(hash_texts(&["file", path]));
            result.created = (fresh && writes).then_some(true);
        }
    }
    writer.add_call(TranscriptCall {
        id: "",
        message: 0,
        side,
        call,
    });
    writer.add_result("", &result);
}
