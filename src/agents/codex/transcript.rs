//! Transcripts of Codex CLI: `sessions/YYYY/MM/DD/rollout-TIME-ID.jsonl`, or `.jsonl.zst`.
//!
//! A line is `{timestamp, type, payload}`. The input and output of the model are `response_item`s,
//! of which `event_msg`s repeat some. A fork begins with copies of the lines of the session that
//! it comes from, written all at once when it was made.

use super::common_tool_name;
use super::completed::{read_command_end, read_completed_item, read_patch_end};
use super::messages::{read_message, read_prompt};
use super::payload::{CodexPart, CodexPayload};
use super::results::read_output;
use crate::agents::event::EventKind;
use crate::agents::event_text::limit;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::json::raw_field::{
    Raw, raw_object, read_head, read_object, read_text, read_time,
};
use crate::agents::json::{read_bounded_field, read_tool_field};
use crate::agents::profile::{TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::tool_effect::read_tool_call;
use crate::agents::transcript::{
    LineFormat, LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter, file_name_text,
    hash_texts, is_uuid,
};
use std::borrow::Cow;
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
    let codex = homes.directory("CODEX_HOME", ".codex");
    vec![codex.join("sessions"), codex.join("archived_sessions")]
}

fn recognises(head: &FileHead<'_>) -> bool {
    head.has_line(&|line| {
        line.has_all(&["payload", "type"]) || line.has_all(&["instructions", "id", "timestamp"])
    }) || head.begins_with_all(&["\"type\":\"session_meta\"", "\"payload\""])
}

/// For how long, in milliseconds, after a fork was made its lines are copies.
const COPYING: i64 = 2_000;

raw_object! {
    CodexLine: timestamp, kind = "type", payload, id, record_type,
}

/// Reads what the name of the file implies: it ends with the id.
fn read_place(writer: &mut TranscriptWriter<'_>) {
    let file = file_name_text(writer.file.path.file_name());
    let stem = file.split(".jsonl").next().unwrap_or_default();
    let at = stem.len().saturating_sub(36);
    if let Some(id) = stem.get(at..).filter(|id| is_uuid(id)) {
        writer.state.session.id = id.to_owned();
    }
}

fn read_line(line: &str, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let Ok(outer) = serde_json::from_str::<CodexLine<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    let kind = read_text(outer.kind).unwrap_or_default();
    let time = read_time(outer.timestamp);
    let Some(payload) = read_object::<CodexPayload<'_>>(outer.payload) else {
        return read_bare_line(line, &outer, &kind, writer);
    };
    if kind == "session_meta" {
        return read_session_meta(&payload, time, writer);
    }
    end_copies_at_own_turn(&payload, time, writer);
    if writer.state.copying {
        return LineOutcome::Ignored;
    }
    let item = read_object::<CodexPayload<'_>>(payload.item).unwrap_or_default();
    let call = read_text(payload.call_id.or(item.id)).unwrap_or_default();
    let key = (!call.is_empty()).then(|| hash_texts(&["codex", &call]));
    writer.begin_line(time, key);
    match kind.as_ref() {
        "response_item" => read_item(&payload, writer),
        "event_msg" => read_event(&payload, writer),
        "turn_context" => {
            writer.begin_session("", read_text(payload.cwd).as_deref());
            LineOutcome::Understood
        }
        "compacted" => {
            let summary = read_head(payload.message, MOST_LOOKED_AT).unwrap_or_default();
            writer.add_compaction(&summary);
            LineOutcome::Understood
        }
        "ghost_snapshot"
        | "world_state"
        | "inter_agent_communication"
        | "inter_agent_communication_metadata"
        | "session_state"
        | "token_usage_record" => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(unknown.to_owned()),
    }
}

/// The form before September 2025: items stand by themselves, the first line is the session.
fn read_bare_line(
    line: &str,
    outer: &CodexLine<'_>,
    kind: &str,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    if outer.record_type.is_some() {
        return LineOutcome::Ignored;
    }
    let Ok(payload) = serde_json::from_str::<CodexPayload<'_>>(line) else {
        return LineOutcome::Malformed;
    };
    match kind {
        "" if outer.id.is_some() => read_session_meta(&payload, read_time(outer.timestamp), writer),
        "" => LineOutcome::Unknown(String::new()),
        _ => {
            writer.begin_line(read_time(outer.timestamp), None);
            read_item(&payload, writer)
        }
    }
}

fn read_session_meta(
    payload: &CodexPayload<'_>,
    time: Option<i64>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let id = read_text(payload.id.or(payload.session_id)).unwrap_or_default();
    let session = &mut writer.state.session;
    if session.id.is_empty() {
        session.id = id.clone().into_owned();
    }
    if session.id != id || writer.state.begun {
        // That of the session from which this one was forked, or of a later resumption.
        return LineOutcome::Ignored;
    }
    let source = read_object::<CodexPart<'_>>(payload.source).unwrap_or_default();
    let spawned = read_object::<CodexPart<'_>>(source.subagent).unwrap_or_default();
    let spawned = read_object::<CodexPart<'_>>(spawned.thread_spawn).unwrap_or_default();
    let parent = read_text(payload.parent_thread_id.or(spawned.parent_thread_id));
    let side = source.subagent.is_some()
        || read_text(payload.thread_source).is_some_and(|source| source == "subagent");
    let forked = read_text(payload.forked_from_id);
    if let (true, Some(parent)) = (side, &parent) {
        session.sub_agent = true;
        session.id = parent.clone().into_owned();
    }
    session.parent = forked.clone().map(Cow::into_owned);
    let git = read_object::<CodexPart<'_>>(payload.git).unwrap_or_default();
    let branch = read_text(git.branch);
    writer.state.session.branch = branch.map(|branch| writer.clean(&branch, limit::NAME));
    let began = read_time(payload.timestamp).or(time);
    writer.begin_line(began, Some(hash_texts(&["codex", &id])));
    writer.begin_session("", read_text(payload.cwd).as_deref());
    writer.state.copying = forked.is_some();
    LineOutcome::Understood
}

/// Ends the copies at the head of a fork with the first line that is its own.
fn end_copies_at_own_turn(
    payload: &CodexPayload<'_>,
    time: Option<i64>,
    writer: &mut TranscriptWriter<'_>,
) {
    if !writer.state.copying {
        return;
    }
    let began = writer.state.session.started.unwrap_or(0);
    let turn = read_text(payload.turn_id).and_then(|id| creation_time(&id));
    let later = time.is_some_and(|time| time > began + COPYING);
    if later || turn.is_some_and(|turn| turn >= began) {
        writer.state.copying = false;
    }
}

/// Returns when an id of version 7 was made.
fn creation_time(uuid: &str) -> Option<i64> {
    let version_7 = is_uuid(uuid) && uuid.as_bytes()[14] == b'7';
    let digits = version_7.then(|| [&uuid[..8], &uuid[9..13]].concat())?;
    i64::from_str_radix(&digits, 16).ok()
}

/// Items that say nothing for a record.
const QUIET_ITEMS: [&str; 11] = [
    "reasoning",
    "ghost_snapshot",
    "compaction",
    "context_compaction",
    "compaction_summary",
    "tool_search_call",
    "tool_search_output",
    "image_generation_call",
    "other",
    "additional_tools",
    "agent_message",
];

fn read_item(payload: &CodexPayload<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    match read_text(payload.kind).unwrap_or_default().as_ref() {
        "message" => read_message(payload, writer),
        "function_call" => read_call(payload, payload.arguments, writer),
        // A program that the model wrote: what it runs are items of their own.
        "custom_tool_call" if is_program(payload) => LineOutcome::Understood,
        "custom_tool_call" => read_call(payload, payload.input.or(payload.arguments), writer),
        "local_shell_call" => read_named_call("local_shell", payload, payload.action, writer),
        "function_call_output" | "custom_tool_call_output" | "local_shell_call_output" => {
            read_call_output(payload, writer)
        }
        "web_search_call" => {
            writer.begin_session("", None);
            writer.add(EventKind::Tool {
                name: "web_search".to_owned(),
            });
            LineOutcome::Understood
        }
        kind if QUIET_ITEMS.contains(&kind) => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(format!("response_item/{unknown}")),
    }
}

/// Events that say nothing for a record, or what an item says too.
const QUIET_EVENTS: [&str; 46] = [
    "agent_message",
    "agent_reasoning",
    "mcp_tool_call_end",
    "agent_reasoning_raw_content",
    "token_count",
    "turn_aborted",
    "task_started",
    "turn_started",
    "context_compacted",
    "error",
    "warning",
    "stream_error",
    "entered_review_mode",
    "exited_review_mode",
    "item_started",
    "thread_rolled_back",
    "undo_completed",
    "exec_command_begin",
    "patch_apply_begin",
    "mcp_tool_call_begin",
    "web_search_end",
    "web_search_begin",
    "image_generation_end",
    "view_image_tool_call",
    "turn_diff",
    "plan_update",
    "background_event",
    "thread_goal_updated",
    "thread_settings_applied",
    "dynamic_tool_call_request",
    "dynamic_tool_call_response",
    "guardian_assessment",
    "collab_agent_spawn_begin",
    "collab_agent_spawn_end",
    "collab_waiting_begin",
    "collab_waiting_end",
    "collab_close_begin",
    "collab_close_end",
    "collab_agent_interaction_begin",
    "collab_agent_interaction_end",
    "model_reroute",
    "shutdown_complete",
    "session_configured",
    "deprecation_notice",
    "agent_reasoning_section_break",
    "sub_agent_activity",
];

fn read_event(payload: &CodexPayload<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    match read_text(payload.kind).unwrap_or_default().as_ref() {
        "user_message" => {
            let text = read_head(payload.message, MOST_LOOKED_AT).unwrap_or_default();
            read_prompt(&text, 2, writer)
        }
        "task_complete" | "turn_complete" => {
            if !writer.state.session.sub_agent {
                writer.confirm_answer();
            }
            match payload.last_agent_message {
                Some(_) => LineOutcome::Understood,
                None => LineOutcome::Ignored,
            }
        }
        "exec_command_end" => read_command_end(payload, writer),
        "patch_apply_end" => read_patch_end(payload, writer),
        "item_completed" => read_completed_item(payload.item, writer),
        "thread_name_updated" => {
            writer.set_title(&read_text(payload.thread_name).unwrap_or_default());
            LineOutcome::Understood
        }
        kind if QUIET_EVENTS.contains(&kind) => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(format!("event_msg/{unknown}")),
    }
}

fn read_call(
    payload: &CodexPayload<'_>,
    input: Raw<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let name = read_text(payload.name).unwrap_or_default();
    read_named_call(&name, payload, input, writer)
}

fn read_named_call(
    name: &str,
    payload: &CodexPayload<'_>,
    input: Raw<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let id = read_text(payload.call_id.or(payload.id)).unwrap_or_default();
    let is_new = writer.add_call_once(TranscriptCall {
        id: &id,
        message: 1,
        side: writer.state.session.sub_agent,
        call: read_tool_call(common_tool_name(name), &read_tool_field(input)),
    });
    LineOutcome::understood_if(is_new)
}

fn read_call_output(payload: &CodexPayload<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let id = read_text(payload.call_id).unwrap_or_default();
    if !writer.awaits(&id) {
        return LineOutcome::Ignored;
    }
    let result = read_output(&read_bounded_field(payload.output));
    writer.add_result(&id, &result);
    LineOutcome::Understood
}

/// Returns whether a call is a program of the model.
fn is_program(payload: &CodexPayload<'_>) -> bool {
    read_text(payload.name).is_some_and(|name| matches!(&*name, "exec" | "wait"))
}
