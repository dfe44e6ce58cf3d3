//! Transcripts of Codex CLI: `sessions/YYYY/MM/DD/rollout-TIME-ID.jsonl`, or `.jsonl.zst`.
//!
//! A line is `{timestamp, type, payload}`. What the model was told and said are `response_item`s,
//! of which `event_msg`s repeat some. A fork begins with copies of the lines of the session that
//! it comes from, written all at once when it was made.

use super::super::happening::HappeningKind;
use super::super::tools::{self, Action, Deed, ToolUse};
use super::super::wire::{self, Raw};
use super::Heard;
use super::calls::{Answered, Call};
use super::reading::name;
use super::said;
use super::scribe::{LOOK, Scribe, hash, limit};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// For how long, in milliseconds, after a fork was made its lines are copies.
const COPYING: i64 = 2_000;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'a> {
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    payload: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    record_type: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    session_id: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    cwd: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    thread_source: Raw<'a>,
    #[serde(borrow)]
    forked_from_id: Raw<'a>,
    #[serde(borrow)]
    parent_thread_id: Raw<'a>,
    #[serde(borrow)]
    git: Raw<'a>,
    #[serde(borrow)]
    turn_id: Raw<'a>,
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    phase: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    arguments: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    action: Raw<'a>,
    #[serde(borrow)]
    call_id: Raw<'a>,
    #[serde(borrow)]
    output: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    last_agent_message: Raw<'a>,
    #[serde(borrow)]
    success: Raw<'a>,
    #[serde(borrow)]
    changes: Raw<'a>,
    #[serde(borrow)]
    command: Raw<'a>,
    #[serde(borrow)]
    exit_code: Raw<'a>,
    #[serde(borrow)]
    thread_name: Raw<'a>,
    #[serde(borrow)]
    invocation: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow)]
    text: Raw<'a>,
    #[serde(borrow)]
    branch: Raw<'a>,
    #[serde(borrow)]
    subagent: Raw<'a>,
    #[serde(borrow)]
    thread_spawn: Raw<'a>,
    #[serde(borrow)]
    parent_thread_id: Raw<'a>,
}

/// What the name of the file tells: it ends with the id.
pub(super) fn place(path: &Path, scribe: &mut Scribe<'_>) {
    let file = name(path.file_name());
    let stem = file.split(".jsonl").next().unwrap_or_default();
    let at = stem.len().saturating_sub(36);
    if let Some(id) = stem.get(at..).filter(|id| super::claude::is_uuid(id)) {
        scribe.state.session.id = id.to_owned();
    }
}

/// Reads a line.
pub(super) fn line(line: &str, scribe: &mut Scribe<'_>) -> Heard {
    let Ok(outer) = serde_json::from_str::<Line<'_>>(line) else {
        return Heard::Malformed;
    };
    let kind = wire::text(outer.kind).unwrap_or_default();
    let time = wire::time(outer.timestamp);
    let Some(payload) = wire::object::<Payload<'_>>(outer.payload) else {
        return without_payload(line, &outer, &kind, scribe);
    };
    if kind == "session_meta" {
        return meta(&payload, time, scribe);
    }
    own_turn(&payload, time, scribe);
    if scribe.state.copying {
        return Heard::Ignored;
    }
    let call = wire::text(payload.call_id).unwrap_or_default();
    let key = (!call.is_empty()).then(|| hash(&["codex", &call]));
    scribe.line(time, key);
    match kind.as_ref() {
        "response_item" => item(&payload, scribe),
        "event_msg" => event(&payload, scribe),
        "turn_context" => {
            scribe.begin("", wire::text(payload.cwd).as_deref());
            Heard::Understood
        }
        "compacted" => {
            let summary = wire::head(payload.message, LOOK).unwrap_or_default();
            scribe.compacted(&summary);
            Heard::Understood
        }
        "ghost_snapshot"
        | "world_state"
        | "inter_agent_communication"
        | "inter_agent_communication_metadata"
        | "session_state" => Heard::Ignored,
        unknown => Heard::Unknown(unknown.to_owned()),
    }
}

/// The form before September 2025: items stand by themselves, the first line is the session.
fn without_payload(line: &str, outer: &Line<'_>, kind: &str, scribe: &mut Scribe<'_>) -> Heard {
    if outer.record_type.is_some() {
        return Heard::Ignored;
    }
    let Ok(payload) = serde_json::from_str::<Payload<'_>>(line) else {
        return Heard::Malformed;
    };
    match kind {
        "" if outer.id.is_some() => meta(&payload, wire::time(outer.timestamp), scribe),
        "" => Heard::Unknown(String::new()),
        _ => {
            scribe.line(wire::time(outer.timestamp), None);
            item(&payload, scribe)
        }
    }
}

fn meta(payload: &Payload<'_>, time: Option<i64>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(payload.id.or(payload.session_id)).unwrap_or_default();
    let session = &mut scribe.state.session;
    if session.id.is_empty() {
        session.id = id.clone().into_owned();
    }
    if session.id != id || scribe.state.begun {
        // That of the session from which this one was forked, or of a later resumption.
        return Heard::Ignored;
    }
    let source = wire::object::<Part<'_>>(payload.source).unwrap_or_default();
    let spawned = wire::object::<Part<'_>>(source.subagent).unwrap_or_default();
    let spawned = wire::object::<Part<'_>>(spawned.thread_spawn).unwrap_or_default();
    let parent = wire::text(payload.parent_thread_id.or(spawned.parent_thread_id));
    let side = source.subagent.is_some()
        || wire::text(payload.thread_source).is_some_and(|source| source == "subagent");
    let forked = wire::text(payload.forked_from_id);
    if let (true, Some(parent)) = (side, &parent) {
        session.sub_agent = true;
        session.id = parent.clone().into_owned();
    }
    session.parent = forked.clone().map(Cow::into_owned);
    let git = wire::object::<Part<'_>>(payload.git).unwrap_or_default();
    let branch = wire::text(git.branch);
    scribe.state.session.branch = branch.map(|branch| scribe.clean(&branch, limit::NAME));
    let began = wire::time(payload.timestamp).or(time);
    scribe.line(began, Some(hash(&["codex", &id])));
    scribe.begin("", wire::text(payload.cwd).as_deref());
    scribe.state.copying = forked.is_some();
    Heard::Understood
}

/// Ends the copies at the head of a fork with the first line that is its own.
fn own_turn(payload: &Payload<'_>, time: Option<i64>, scribe: &mut Scribe<'_>) {
    if !scribe.state.copying {
        return;
    }
    let began = scribe.state.session.started.unwrap_or(0);
    let turn = wire::text(payload.turn_id).and_then(|id| made(&id));
    let later = time.is_some_and(|time| time > began + COPYING);
    if later || turn.is_some_and(|turn| turn >= began) {
        scribe.state.copying = false;
    }
}

/// Returns when an id of version 7 was made.
fn made(uuid: &str) -> Option<i64> {
    let version_7 = super::claude::is_uuid(uuid) && uuid.as_bytes()[14] == b'7';
    let digits = version_7.then(|| [&uuid[..8], &uuid[9..13]].concat())?;
    i64::from_str_radix(&digits, 16).ok()
}

fn item(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    match wire::text(payload.kind).unwrap_or_default().as_ref() {
        "message" => message(payload, scribe),
        "function_call" => call(payload, payload.arguments, scribe),
        "custom_tool_call" => call(payload, payload.input.or(payload.arguments), scribe),
        "local_shell_call" => call_named("local_shell", payload, payload.action, scribe),
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            output(payload, scribe)
        }
        "web_search_call" => {
            scribe.begin("", None);
            scribe.tell(HappeningKind::Tool {
                name: "web_search".to_owned(),
            });
            Heard::Understood
        }
        "reasoning"
        | "ghost_snapshot"
        | "compaction"
        | "context_compaction"
        | "compaction_summary"
        | "tool_search_call"
        | "tool_search_output"
        | "image_generation_call"
        | "other"
        | "agent_message" => Heard::Ignored,
        unknown => Heard::Unknown(format!("response_item/{unknown}")),
    }
}

fn event(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    match wire::text(payload.kind).unwrap_or_default().as_ref() {
        "user_message" => {
            let text = wire::head(payload.message, LOOK).unwrap_or_default();
            prompt(&text, 2, scribe)
        }
        "task_complete" | "turn_complete" => {
            if !scribe.state.session.sub_agent {
                scribe.answered();
            }
            match payload.last_agent_message {
                Some(_) => Heard::Understood,
                None => Heard::Ignored,
            }
        }
        "exec_command_end" => executed(payload, scribe),
        "patch_apply_end" => patched(payload, scribe),
        "mcp_tool_call_end" => {
            // The call itself is an item of its own, but in the newest form.
            let _ = payload.invocation;
            Heard::Ignored
        }
        "thread_name_updated" => {
            let title = wire::text(payload.thread_name);
            let title = title.map(|title| scribe.clean(title.trim(), limit::LINE));
            scribe.state.session.title = title.filter(|title| !title.is_empty());
            Heard::Understood
        }
        "agent_message"
        | "agent_reasoning"
        | "agent_reasoning_raw_content"
        | "token_count"
        | "turn_aborted"
        | "task_started"
        | "turn_started"
        | "context_compacted"
        | "error"
        | "warning"
        | "stream_error"
        | "entered_review_mode"
        | "exited_review_mode"
        | "item_completed"
        | "item_started"
        | "thread_rolled_back"
        | "undo_completed"
        | "exec_command_begin"
        | "patch_apply_begin"
        | "mcp_tool_call_begin"
        | "web_search_end"
        | "web_search_begin"
        | "image_generation_end"
        | "view_image_tool_call"
        | "turn_diff"
        | "plan_update"
        | "background_event"
        | "thread_goal_updated"
        | "thread_settings_applied"
        | "dynamic_tool_call_request"
        | "dynamic_tool_call_response"
        | "guardian_assessment"
        | "collab_agent_spawn_begin"
        | "collab_agent_spawn_end"
        | "collab_waiting_begin"
        | "collab_waiting_end"
        | "collab_close_begin"
        | "collab_close_end"
        | "collab_agent_interaction_begin"
        | "collab_agent_interaction_end"
        | "model_reroute"
        | "shutdown_complete"
        | "session_configured"
        | "deprecation_notice"
        | "agent_reasoning_section_break"
        | "sub_agent_activity" => Heard::Ignored,
        unknown => Heard::Unknown(format!("event_msg/{unknown}")),
    }
}

/// Returns the texts of a message, one below the other.
fn texts(content: Raw<'_>) -> Vec<String> {
    if let Some(text) = wire::head(content, LOOK) {
        return vec![text.into_owned()];
    }
    let text = |part: &RawValue| {
        let part = wire::object::<Part<'_>>(Some(part))?;
        wire::head(part.text, LOOK).map(Cow::into_owned)
    };
    wire::list(content)
        .into_iter()
        .take(64)
        .filter_map(text)
        .collect()
}

fn message(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let texts = texts(payload.content);
    match wire::text(payload.role).as_deref() {
        Some("user") => {
            let own = |text: &String| {
                let shell = text.contains("<user_shell_command>");
                let wrapped = text.contains("<user_query>") || text.contains("<bash-input>");
                shell || wrapped || !said::is_block(text)
            };
            let text = texts.into_iter().filter(own).collect::<Vec<_>>().join("\n");
            prompt(&text, 1, scribe)
        }
        Some("assistant") => {
            if scribe.state.session.sub_agent {
                return Heard::Ignored;
            }
            scribe.begin("", None);
            let text = texts.join("\n");
            let text = text.trim();
            let number = scribe.state.prompts.to_string();
            let key = hash(&["codex", "answer", &scribe.state.session.id, &number, text]);
            scribe.line(None, Some(key));
            scribe.says(key, text);
            if wire::text(payload.phase).is_some_and(|phase| phase == "final_answer") {
                scribe.answered();
            }
            Heard::Understood
        }
        _ => Heard::Ignored,
    }
}

/// A prompt stands in the transcript twice: as what the model was told (1), and as what the user
/// typed (2), in either order. Of the two the first is told.
fn prompt(text: &str, place: u8, scribe: &mut Scribe<'_>) -> Heard {
    if scribe.state.session.sub_agent {
        return Heard::Ignored;
    }
    let read = match said::read(text) {
        said::Said::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => format!("{other:?}"),
    };
    let same = hash(&[&read]);
    let before = scribe.state.prompt;
    if before.is_some_and(|(before, hash)| before != place && hash == same) {
        scribe.state.prompt = None;
        return Heard::Understood;
    }
    // The same in a fork as in the session that it comes from: the history before it is the same.
    let session = &scribe.state.session;
    let root = session.parent.as_ref().unwrap_or(&session.id);
    let number = scribe.state.prompts.to_string();
    let key = hash(&["codex", "prompt", root, &number, &read]);
    scribe.line(None, Some(key));
    if !scribe.prompt(text) {
        return Heard::Ignored;
    }
    scribe.state.prompt = Some((place, same));
    Heard::Understood
}

fn call(payload: &Payload<'_>, input: Raw<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let name = wire::text(payload.name).unwrap_or_default();
    call_named(&name, payload, input, scribe)
}

fn call_named(name: &str, payload: &Payload<'_>, input: Raw<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(payload.call_id.or(payload.id)).unwrap_or_default();
    if !id.is_empty() && !scribe.state.seen.insert(hash(&["use", &id])) {
        return Heard::Ignored;
    }
    let used = tools::tool_use(name, input);
    let side = scribe.state.session.sub_agent;
    scribe.uses(Call {
        id: &id,
        message: 1,
        side,
        used,
    });
    Heard::Understood
}

fn output(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(payload.call_id).unwrap_or_default();
    if !scribe.awaits(&id) {
        return Heard::Ignored;
    }
    let answered = answered(payload.output);
    scribe.result(&id, answered);
    Heard::Understood
}

/// An output is a text, a list of texts, an object with one, or JSON in a text; the exit status
/// stands in its first lines or beside it.
fn answered(raw: Raw<'_>) -> Answered {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Output<'a> {
        #[serde(borrow)]
        output: Raw<'a>,
        #[serde(borrow)]
        content: Raw<'a>,
        #[serde(borrow)]
        metadata: Raw<'a>,
        #[serde(borrow)]
        exit_code: Raw<'a>,
        #[serde(borrow)]
        success: Raw<'a>,
        #[serde(borrow)]
        answers: Raw<'a>,
    }
    let json = raw.map_or("", RawValue::get);
    let boxed = if json.starts_with("\"{") {
        wire::text(raw)
    } else {
        None
    };
    let object: Option<Output<'_>> = match &boxed {
        Some(text) => serde_json::from_str(text).ok(),
        None => wire::object(raw),
    };
    let Some(object) = object else {
        let text = texts(raw).join("\n");
        let mut answered = Answered::of(None, &text);
        if answered.exit.is_none() && failed(&text) {
            answered.ok = Some(false);
        }
        answered.running = running(&text);
        return answered;
    };
    let text = texts(object.output.or(object.content)).join("\n");
    let mut answered = Answered::of(wire::flag(object.success), &text);
    let metadata = wire::object::<Output<'_>>(object.metadata).unwrap_or_default();
    if let Some(exit) = wire::exit(metadata.exit_code.or(object.exit_code)) {
        (answered.ok, answered.exit) = (Some(exit == 0), Some(exit));
    }
    answered.answers = answers(object.answers);
    answered.running = running(&text);
    answered
}

/// Returns answers of the user: `{id: {answers: [label]}}`, in the order of the questions.
fn answers(raw: Raw<'_>) -> Vec<(String, String)> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Answer<'a> {
        #[serde(borrow)]
        answers: Raw<'a>,
    }
    let answers: BTreeMap<String, Box<RawValue>> = wire::object(raw).unwrap_or_default();
    let label = |raw: &RawValue| {
        let answer = wire::object::<Answer<'_>>(Some(raw)).unwrap_or_default();
        wire::texts(answer.answers).join(", ")
    };
    let told = answers.values().map(|raw| (String::new(), label(raw)));
    told.collect()
}

fn running(text: &str) -> Option<i64> {
    let head = wire::beginning(text, 600);
    let (_, rest) = head.split_once("Process running with session ID ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn failed(text: &str) -> bool {
    const SIGNS: [&str; 6] = [
        "apply_patch verification failed",
        "failed to parse function arguments",
        "failed in sandbox",
        "execution error",
        "exec_command failed",
        "unsupported call",
    ];
    SIGNS.iter().any(|sign| text.starts_with(sign))
}

/// A command that is known only by its end, because a program that the model wrote ran it.
fn executed(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(payload.call_id).unwrap_or_default();
    if scribe.awaits(&id) || !scribe.state.seen.insert(hash(&["use", &id])) {
        return Heard::Ignored;
    }
    let raw = payload.command.map_or("null", RawValue::get);
    let Ok(input) = RawValue::from_string(format!("{{\"command\":{raw}}}")) else {
        return Heard::Malformed;
    };
    let used = tools::tool_use("shell", Some(&input));
    let side = scribe.state.session.sub_agent;
    scribe.uses(Call {
        id: &id,
        message: 1,
        side,
        used,
    });
    let exit = wire::exit(payload.exit_code);
    let ok = exit.map(|exit| exit == 0);
    let answered = Answered {
        ok,
        exit,
        ..Answered::default()
    };
    scribe.result(&id, answered);
    Heard::Understood
}

/// Files that were changed by a patch that is known only by its end.
fn patched(payload: &Payload<'_>, scribe: &mut Scribe<'_>) -> Heard {
    let id = wire::text(payload.call_id).unwrap_or_default();
    if scribe.awaits(&id) || !scribe.state.seen.insert(hash(&["use", &id])) {
        return Heard::Ignored;
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Change<'a> {
        #[serde(borrow, rename = "type")]
        kind: Raw<'a>,
        #[serde(borrow)]
        move_path: Raw<'a>,
    }
    let changes: BTreeMap<String, Box<RawValue>> =
        wire::object(payload.changes).unwrap_or_default();
    let deeds = changes.iter().take(500).map(|(path, raw)| {
        let change = wire::object::<Change<'_>>(Some(raw)).unwrap_or_default();
        let action = Action::of_change(&wire::text(change.kind).unwrap_or_default());
        match wire::text(change.move_path) {
            Some(to) => Deed::File {
                path: to.into_owned(),
                action: Action::Rename,
                from: Some(path.clone()),
            },
            None => Deed::File {
                path: path.clone(),
                action,
                from: None,
            },
        }
    });
    let used = ToolUse {
        name: "apply_patch".to_owned(),
        deeds: deeds.collect(),
        ..ToolUse::default()
    };
    let side = scribe.state.session.sub_agent;
    scribe.uses(Call {
        id: &id,
        message: 1,
        side,
        used,
    });
    let ok = wire::flag(payload.success);
    scribe.result(
        &id,
        Answered {
            ok,
            ..Answered::default()
        },
    );
    Heard::Understood
}
