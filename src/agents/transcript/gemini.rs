//! Transcripts of Gemini CLI: `tmp/PROJECT/chats/session-TIME-ID.jsonl`, or one document `.json`.
//!
//! The first line tells of the session; then come messages `{id, timestamp, type, content,
//! toolCalls}`. A message that grew is written again as a whole under the same id; `$set` changes
//! what is told of the session, `$rewindTo` takes back a message and all that follow. What was
//! taken back was not said, but what tools did until then was done.

use super::super::tools;
use super::super::wire::{self, Raw};
use super::Heard;
use super::calls::{Answered, Call};
use super::lines::{Line as Read, Lines};
use super::reading::name;
use super::scribe::{LOOK, Scribe, hash, limit};
use crate::model::FileAction;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::path::Path;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    display_content: Raw<'a>,
    #[serde(borrow)]
    tool_calls: Raw<'a>,
    #[serde(borrow, rename = "$set")]
    set: Raw<'a>,
    #[serde(borrow, rename = "$rewindTo")]
    rewind: Raw<'a>,
    #[serde(borrow)]
    session_id: Raw<'a>,
    #[serde(borrow)]
    project_hash: Raw<'a>,
    #[serde(borrow)]
    start_time: Raw<'a>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    directories: Raw<'a>,
    // `kind` of the session, which is no `type`.
    #[serde(borrow, rename = "kind")]
    session_kind: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Used<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    args: Raw<'a>,
    #[serde(borrow)]
    result: Raw<'a>,
    #[serde(borrow, rename = "resultDisplay")]
    display: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow)]
    text: Raw<'a>,
    #[serde(borrow, rename = "functionResponse")]
    response_of: Raw<'a>,
    #[serde(borrow)]
    response: Raw<'a>,
    #[serde(borrow)]
    output: Raw<'a>,
    #[serde(borrow)]
    error: Raw<'a>,
    #[serde(borrow)]
    answers: Raw<'a>,
}

/// What the place of the file tells.
pub(super) fn place(path: &Path, scribe: &mut Scribe<'_>) {
    let Some(above) = path.parent() else { return };
    let chats = above.ancestors().find(|at| at.ends_with("chats"));
    let Some(project) = chats.and_then(Path::parent) else {
        return;
    };
    if chats != Some(above) {
        // Below the session that it works for.
        scribe.state.session.sub_agent = true;
        scribe.state.session.id = name(above.file_name()).into_owned();
    }
    let id = scribe.clean(&name(project.file_name()), limit::PATH);
    scribe.state.session.project = Some(id);
    let root = std::fs::read_to_string(project.join(".project_root")).unwrap_or_default();
    let root = root.trim();
    if !root.is_empty() && root.len() < limit::PATH {
        scribe.state.session.cwd = Some(scribe.clean(root, limit::PATH));
    }
}

/// Reads a line.
pub(super) fn line(line: &str, dropped: &Dropped, scribe: &mut Scribe<'_>) -> Heard {
    let Ok(line) = serde_json::from_str::<Line<'_>>(line) else {
        return Heard::Malformed;
    };
    if line.rewind.is_some() {
        return Heard::Understood;
    }
    if let Some(id) = wire::text(line.id) {
        return message(&line, &id, dropped, scribe);
    }
    if let Some(set) = wire::object::<Line<'_>>(line.set) {
        return about(&set, scribe);
    }
    if line.session_id.is_some() {
        return about(&line, scribe);
    }
    Heard::Unknown(wire::text(line.kind).unwrap_or_default().into_owned())
}

/// What is told of the session as a whole.
fn about(line: &Line<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let mut heard = Heard::Ignored;
    if let Some(id) = wire::text(line.session_id) {
        if wire::text(line.session_kind).is_some_and(|kind| kind == "subagent") {
            scribe.state.session.sub_agent = true;
        }
        if scribe.state.session.id.is_empty() {
            scribe.state.session.id = id.into_owned();
        }
        heard = Heard::Understood;
    }
    if let Some(hash) = wire::text(line.project_hash) {
        let hash = scribe.clean(&hash, limit::PATH);
        scribe.state.session.project.get_or_insert(hash);
    }
    if let Some(title) = wire::text(line.summary).filter(|title| !title.trim().is_empty()) {
        scribe.state.session.title = Some(scribe.clean(title.trim(), limit::LINE));
        heard = Heard::Understood;
    }
    if let Some(first) = wire::texts(line.directories).first() {
        let first = scribe.clean(first, limit::PATH);
        scribe.state.session.cwd.get_or_insert(first);
    }
    if let Some(started) = wire::time(line.start_time) {
        let session = &mut scribe.state.session;
        session.started = Some(session.started.map_or(started, |known| known.min(started)));
        session.last = Some(session.last.map_or(started, |known| known.max(started)));
    }
    heard
}

fn message(line: &Line<'_>, id: &str, dropped: &Dropped, scribe: &mut Scribe<'_>) -> Heard {
    let key = hash(&["gemini", id]);
    let time = wire::time(line.timestamp);
    match wire::text(line.kind).unwrap_or_default().as_ref() {
        "user" => {
            scribe.line(time, Some(key));
            start(scribe);
            let text = texts(line.display_content.or(line.content));
            let once = !scribe.state.seen.contains(key);
            let gone = dropped.0.contains(&key) || scribe.state.session.sub_agent;
            if !once || gone || !scribe.prompt(&text) {
                return Heard::Ignored;
            }
            scribe.state.seen.insert(key);
            Heard::Understood
        }
        "gemini" => {
            scribe.line(time, Some(key));
            start(scribe);
            model(line, key, dropped, scribe);
            Heard::Understood
        }
        "info" | "error" | "warning" => Heard::Ignored,
        unknown => Heard::Unknown(unknown.to_owned()),
    }
}

fn start(scribe: &mut Scribe<'_>) {
    if !scribe.state.begun {
        let cwd = scribe.state.session.cwd.clone();
        scribe.begin("", cwd.as_deref());
    }
}

fn model(line: &Line<'_>, key: u64, dropped: &Dropped, scribe: &mut Scribe<'_>) {
    let side = scribe.state.session.sub_agent;
    let calls = wire::list(line.tool_calls);
    for call in &calls {
        let Some(call) = wire::object::<Used<'_>>(Some(*call)) else {
            continue;
        };
        let status = wire::text(call.status).unwrap_or_default();
        let id = wire::text(call.id).unwrap_or_default();
        let known = matches!(&*status, "" | "success" | "error" | "cancelled");
        let once = hash(&["use", &id, &key.to_string()]);
        if !known || !scribe.state.seen.insert(once) {
            continue;
        }
        scribe.line(wire::time(call.timestamp), Some(once));
        let name = wire::text(call.name).unwrap_or_default();
        let used = tools::tool_use(&name, call.args);
        scribe.uses(Call {
            id: &id,
            message: key,
            side,
            used,
        });
        scribe.result(&id, answered(&call, &status));
    }
    // What is said beside the use of a tool is no answer, and one that was told stays told.
    let text = texts(line.content);
    let answered = hash(&["answered", &key.to_string()]);
    let gone = dropped.0.contains(&key) || side;
    let says = calls.is_empty() && !gone && !text.trim().is_empty();
    if says && scribe.state.seen.insert(answered) {
        scribe.line(wire::time(line.timestamp), Some(key));
        scribe.says(key, &text);
    }
}

fn answered(call: &Used<'_>, status: &str) -> Answered {
    let mut text = String::new();
    let mut failed = false;
    let mut answers = Vec::new();
    for part in wire::list(call.result) {
        let part: Part<'_> = wire::object(Some(part)).unwrap_or_default();
        let inner: Part<'_> = wire::object(part.response_of).unwrap_or_default();
        let response: Part<'_> = wire::object(inner.response).unwrap_or_default();
        failed |= response.error.is_some();
        let told = [response.error, response.output, part.text];
        let told = told.into_iter().find_map(|raw| wire::head(raw, LOOK));
        text.push_str(&told.unwrap_or_default());
        answers.extend(chosen(response.answers));
    }
    if text.is_empty() {
        text = wire::head(call.display, LOOK)
            .unwrap_or_default()
            .into_owned();
    }
    if answers.is_empty() {
        let part: Part<'_> = serde_json::from_str(&text).unwrap_or_default();
        answers = chosen(part.answers);
    }
    let ok = match status {
        "success" => Some(!failed),
        "" => None,
        _ => Some(false),
    };
    let mut answered = Answered::of(ok, &text);
    answered.refused = status == "cancelled";
    answered.answers = answers;
    answered.written = if text.contains("to new file") {
        Some(FileAction::Created)
    } else {
        None
    };
    answered
}

/// Returns answers of the user, an object from the number of the question.
fn chosen(raw: Raw<'_>) -> Vec<(String, String)> {
    let answers: std::collections::BTreeMap<String, Box<RawValue>> =
        wire::object(raw).unwrap_or_default();
    let told = answers
        .values()
        .filter_map(|raw| wire::text(Some(raw)).map(Cow::into_owned));
    told.map(|answer| (String::new(), answer)).collect()
}

/// Returns the texts of a content: a text, a part, or a list of either.
fn texts(raw: Raw<'_>) -> String {
    if let Some(text) = wire::head(raw, LOOK) {
        return text.into_owned();
    }
    let text = |raw: &RawValue| {
        let part = wire::object::<Part<'_>>(Some(raw));
        let text = part.and_then(|part| wire::head(part.text, LOOK).map(Cow::into_owned));
        text.or_else(|| wire::head(Some(raw), LOOK).map(Cow::into_owned))
    };
    if let Some(text) = raw.filter(|raw| raw.get().starts_with('{')).and_then(text) {
        return text;
    }
    let texts = wire::list(raw).into_iter().take(64).filter_map(text);
    texts.collect::<Vec<_>>().join("\n")
}

/// Messages that were taken back, by their keys.
#[derive(Default)]
pub(super) struct Dropped(HashSet<u64>);

impl Dropped {
    /// Finds what was taken back in the whole of a transcript.
    pub(super) fn find<R: io::Read>(lines: &mut Lines<R>) -> io::Result<Self> {
        let mut dropped = HashSet::new();
        let mut alive: Vec<u64> = Vec::new();
        let mut known = HashSet::new();
        while let Some(line) = lines.next()? {
            let Read::Whole(line) = line else { continue };
            let text = wire::lossy(line);
            let Ok(line) = serde_json::from_str::<Line<'_>>(&text) else {
                continue;
            };
            if let Some(id) = wire::text(line.rewind) {
                let id = hash(&["gemini", &id]);
                // One that is not known takes back everything.
                let at = alive.iter().position(|one| *one == id).unwrap_or(0);
                for id in alive.drain(at..) {
                    known.remove(&id);
                    dropped.insert(id);
                }
            } else if let Some(id) = wire::text(line.id) {
                let id = hash(&["gemini", &id]);
                if known.insert(id) {
                    alive.push(id);
                    dropped.remove(&id);
                }
            }
        }
        Ok(Dropped(dropped))
    }
}

/// Returns whether anything is taken back in the lines.
pub(super) fn takes_back<R: io::Read>(lines: &mut Lines<R>) -> io::Result<bool> {
    while let Some(line) = lines.next()? {
        if let Read::Whole(line) = line {
            // It stands at the head of a line of its own.
            let head = &line[..line.len().min(64)];
            if head.windows(11).any(|window| window == b"\"$rewindTo\"") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
