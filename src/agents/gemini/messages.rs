//! The messages of a Gemini transcript.

use super::line::GeminiLine;
use super::results::read_result_text;
use super::rewind::RewoundMessages;
use crate::agents::event_text::limit;
use crate::agents::json::raw_field::{
    Raw, raw_object, read_head, read_list, read_object, read_text, read_texts, read_time,
};
use crate::agents::json::{JsonFields as _, read_bounded_field, read_tool_field};
use crate::agents::tool_effect::{ToolKind, ToolResult, read_answers, read_tool_call, tool_kind};
use crate::agents::transcript::{
    LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptScan, TranscriptWriter, file_name_text,
    hash_texts,
};
use crate::kb::read_text_or_nothing;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::path::Path;

raw_object! {
    GeminiCall: id, name, args, result, display = "resultDisplay", status, timestamp,
}

raw_object! {
    GeminiPart: text,
}

/// Reads what the path implies.
pub(super) fn read_place(writer: &mut TranscriptWriter<'_>) {
    let Some(above) = writer.file.path.parent() else {
        return;
    };
    let chats = above.ancestors().find(|at| at.ends_with("chats"));
    let Some(project) = chats.and_then(Path::parent) else {
        return;
    };
    if chats != Some(above) {
        // Below the session that it works for.
        writer.state.session.sub_agent = true;
        writer.state.session.id = file_name_text(above.file_name()).into_owned();
    }
    let id = writer.clean(&file_name_text(project.file_name()), limit::PATH);
    writer.state.session.project = Some(id);
    let root = read_text_or_nothing(&project.join(".project_root"), limit::PATH as u64);
    let root = root.trim();
    if !root.is_empty() && root.len() < limit::PATH {
        writer.state.session.cwd = Some(writer.clean(root, limit::PATH));
    }
}

/// Reads a line.
pub(super) fn read_line(
    line: &str,
    rewound: &RewoundMessages,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let Ok(line) = serde_json::from_str::<GeminiLine<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    if line.rewind.is_some() {
        return LineOutcome::Understood;
    }
    if let Some(id) = read_text(line.id) {
        return read_message(&line, &id, rewound, writer);
    }
    if let Some(set) = read_object::<GeminiLine<'_>>(line.set) {
        return read_update(&set, rewound, writer);
    }
    if line.session_id.is_some() {
        return read_session(&line, writer);
    }
    LineOutcome::Unknown(read_text(line.kind).unwrap_or_default().into_owned())
}

/// Reads a transcript that is one document with a list of messages, as Gemini CLI wrote them before it
/// wrote lines.
pub(super) fn read_document_text(text: &str, scan: &mut TranscriptScan<'_>) {
    let Ok(document) = serde_json::from_str::<GeminiLine<'_>>(text) else {
        return scan.count(LineOutcome::Malformed);
    };
    let outcome = read_session(&document, &mut scan.writer);
    scan.count(outcome);
    let rewound = RewoundMessages::default();
    for message in read_list(document.messages) {
        scan.read_object(message.get(), &|line, writer| {
            read_line(line, &rewound, writer)
        });
    }
}

/// A change of the session, which may hold messages, each as in a line of its own.
fn read_update(
    set: &GeminiLine<'_>,
    rewound: &RewoundMessages,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let mut outcome = read_session(set, writer);
    for message in read_list(set.messages) {
        let message = read_object::<GeminiLine<'_>>(Some(message)).unwrap_or_default();
        if let Some(id) = read_text(message.id)
            && read_message(&message, &id, rewound, writer) == LineOutcome::Understood
        {
            outcome = LineOutcome::Understood;
        }
    }
    outcome
}

/// Reads what a line says of the session as a whole.
fn read_session(line: &GeminiLine<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let mut outcome = LineOutcome::Ignored;
    if let Some(id) = read_text(line.session_id) {
        if read_text(line.session_kind).is_some_and(|kind| kind == "subagent") {
            writer.state.session.sub_agent = true;
        }
        if writer.state.session.id.is_empty() {
            writer.state.session.id = id.into_owned();
        }
        outcome = LineOutcome::Understood;
    }
    if let Some(hash) = read_text(line.project_hash) {
        let hash = writer.clean(&hash, limit::PATH);
        writer.state.session.project.get_or_insert(hash);
    }
    if let Some(title) = read_text(line.summary).filter(|title| !title.trim().is_empty()) {
        writer.set_title(&title);
        outcome = LineOutcome::Understood;
    }
    if let Some(first) = read_texts(line.directories).first() {
        let first = writer.clean(first, limit::PATH);
        writer.state.session.cwd.get_or_insert(first);
    }
    if let Some(started) = read_time(line.start_time) {
        writer.note_time(started);
    }
    outcome
}

fn read_message(
    line: &GeminiLine<'_>,
    id: &str,
    rewound: &RewoundMessages,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let key = hash_texts(&["gemini", id]);
    let time = read_time(line.timestamp);
    match read_text(line.kind).unwrap_or_default().as_ref() {
        "user" => {
            writer.begin_line(time, Some(key));
            begin_session(writer);
            let text = join_texts(line.display_content.or(line.content));
            let once = !writer.state.seen.contains(key);
            let gone = rewound.contains(key) || writer.state.session.sub_agent;
            if !once || gone || !writer.add_prompt(&text) {
                return LineOutcome::Ignored;
            }
            writer.state.seen.insert(key);
            LineOutcome::Understood
        }
        "gemini" => {
            writer.begin_line(time, Some(key));
            begin_session(writer);
            read_model_message(line, key, rewound, writer);
            LineOutcome::Understood
        }
        "info" | "error" | "warning" => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(unknown.to_owned()),
    }
}

fn begin_session(writer: &mut TranscriptWriter<'_>) {
    if !writer.state.begun {
        let cwd = writer.state.session.cwd.clone();
        writer.begin_session("", cwd.as_deref());
    }
}

fn read_model_message(
    line: &GeminiLine<'_>,
    key: u64,
    rewound: &RewoundMessages,
    writer: &mut TranscriptWriter<'_>,
) {
    let side = writer.state.session.sub_agent;
    let calls = read_list(line.tool_calls);
    for call in &calls {
        let Some(call) = read_object::<GeminiCall<'_>>(Some(*call)) else {
            continue;
        };
        let status = read_text(call.status).unwrap_or_default();
        let id = read_text(call.id).unwrap_or_default();
        let known = matches!(&*status, "" | "success" | "error" | "cancelled");
        let once = hash_texts(&["use", &id, &key.to_string()]);
        if !known || !writer.state.seen.insert(once) {
            continue;
        }
        writer.begin_line(read_time(call.timestamp), Some(once));
        let name = read_text(call.name).unwrap_or_default();
        let input = read_tool_field(call.args);
        let is_shell = tool_kind(&name, &input) == ToolKind::Shell;
        writer.add_call(TranscriptCall {
            id: &id,
            message: key,
            side,
            call: read_tool_call(&name, &input),
        });
        writer.add_result(&id, &read_result(&call, &status, is_shell));
    }
    // Text beside the use of a tool is no answer. Until it is reported, the later form counts.
    let text = join_texts(line.content);
    let answered = hash_texts(&["answered", &key.to_string()]);
    let gone = rewound.contains(key) || side;
    let says = calls.is_empty() && !gone && !text.trim().is_empty();
    if says && (writer.state.seen.insert(answered) || writer.holds_answer_of(key)) {
        writer.begin_line(read_time(line.timestamp), Some(key));
        writer.hold_answer(key, &text);
    }
}

fn read_result(call: &GeminiCall<'_>, status: &str, is_shell: bool) -> ToolResult {
    let parts = read_bounded_field(call.result);
    let parts = parts.as_array().map_or(&[][..], Vec::as_slice);
    let mut text = String::new();
    let mut failed = false;
    let mut answers = Vec::new();
    for part in parts {
        let response = part.at(&["functionResponse"]).at(&["response"]);
        failed |= response.has(&["error"]);
        let told = response.text(&["error", "output"]).or(part.text(&["text"]));
        text.push_str(told.unwrap_or_default());
        answers.extend(read_answers(response.at(&["answers"])));
    }
    if text.is_empty() {
        let shown = read_head(call.display, MOST_LOOKED_AT);
        text = shown.unwrap_or_default().into_owned();
    }
    let told = match status {
        "success" => Some(!failed),
        "" => None,
        _ => Some(false),
    };
    let read = read_result_text(&text, told, is_shell);
    let answers = if answers.is_empty() {
        read.answers.clone()
    } else {
        answers
    };
    ToolResult {
        refused: status == "cancelled" && !read.interrupted,
        answers,
        ..read
    }
}

/// Returns the texts of a content: a text, a part, or a list of either.
fn join_texts(raw: Raw<'_>) -> String {
    if let Some(text) = read_head(raw, MOST_LOOKED_AT) {
        return text.into_owned();
    }
    let text = |raw: &RawValue| {
        let part = read_object::<GeminiPart<'_>>(Some(raw));
        let text = part.and_then(|part| read_head(part.text, MOST_LOOKED_AT).map(Cow::into_owned));
        text.or_else(|| read_head(Some(raw), MOST_LOOKED_AT).map(Cow::into_owned))
    };
    if let Some(text) = raw.filter(|raw| raw.get().starts_with('{')).and_then(text) {
        return text;
    }
    let texts = read_list(raw).into_iter().take(64).filter_map(text);
    texts.collect::<Vec<_>>().join("\n")
}
