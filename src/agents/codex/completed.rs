//! What a Codex rollout records when it is done: commands, patches, messages. It is all there is of
//! what the programs did that the model wrote (code mode), and says the exit status of the others.
//!
//! Up to version 0.146 these are events of their own (`exec_command_end`), since then items of
//! `item_completed`.

use super::messages::{read_answer, read_prompt};
use super::payload::{CodexPayload, join_texts};
use crate::agents::event::EventKind;
use crate::agents::json::raw_field::{
    Raw, raw_object, read_exit_status, read_flag, read_head, read_list, read_object, read_text,
};
use crate::agents::json::{read_bounded_field, read_tool_field};
use crate::agents::tool_effect::{Effect, IntendedAction, ToolCall, ToolResult, read_tool_call};
use crate::agents::transcript::{LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter};
use serde_json::json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Reads an item that is completed.
pub(super) fn read_completed_item(item: Raw<'_>, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    let item = read_object::<CodexPayload<'_>>(item).unwrap_or_default();
    match read_text(item.kind).unwrap_or_default().as_ref() {
        "UserMessage" => read_prompt(&join_texts(item.content).join("\n"), 2, writer),
        "AgentMessage" => {
            read_answer(&join_texts(item.content).join("\n"), writer);
            LineOutcome::Understood
        }
        "CommandExecution" => end_call(&item, command_call(&item), &command_result(&item), writer),
        "FileChange" => end_call(&item, patch_call(&item), &item_result(&item), writer),
        "McpToolCall" => end_call(&item, mcp_call(&item), &item_result(&item), writer),
        "WebSearch" => {
            let call = ToolCall {
                name: "web_search".to_owned(),
                ..ToolCall::default()
            };
            end_call(&item, call, &item_result(&item), writer)
        }
        "ContextCompaction" => {
            writer.add(EventKind::Compaction {
                summary: String::new(),
            });
            LineOutcome::Understood
        }
        // The others say nothing that is wanted: reasoning, plans, images, sub-agents.
        _ => LineOutcome::Ignored,
    }
}

/// A command that is known only by its end, because a program that the model wrote ran it.
pub(super) fn read_command_end(
    payload: &CodexPayload<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let id = read_text(payload.call_id).unwrap_or_default();
    if writer.awaits(&id) {
        return LineOutcome::Ignored;
    }
    end_call(
        payload,
        command_call(payload),
        &command_result(payload),
        writer,
    )
}

/// Files that were changed by a patch that is known only by its end.
pub(super) fn read_patch_end(
    payload: &CodexPayload<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let id = read_text(payload.call_id).unwrap_or_default();
    if writer.awaits(&id) {
        return LineOutcome::Ignored;
    }
    end_call(payload, patch_call(payload), &item_result(payload), writer)
}

/// Adds the result of a call that was recorded, else a call that is known only by its end.
fn end_call(
    payload: &CodexPayload<'_>,
    call: ToolCall,
    result: &ToolResult,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let id = read_text(payload.call_id.or(payload.id)).unwrap_or_default();
    if writer.add_result(&id, result) {
        return LineOutcome::Understood;
    }
    let is_new = writer.add_call_once(TranscriptCall {
        id: &id,
        message: 1,
        side: writer.state.session.sub_agent,
        call,
    });
    LineOutcome::understood_if(is_new && writer.add_result(&id, result))
}

fn command_call(payload: &CodexPayload<'_>) -> ToolCall {
    let command = read_bounded_field(payload.command);
    read_tool_call("Bash", &json!({ "command": command }))
}

fn command_result(payload: &CodexPayload<'_>) -> ToolResult {
    let output = read_head(payload.aggregated_output.or(payload.stdout), MOST_LOOKED_AT);
    let output = output.unwrap_or_default();
    match read_exit_status(payload.exit_code) {
        // A command that was stopped has no status.
        Some(-1) => ToolResult {
            output: output.into_owned(),
            interrupted: true,
            ..ToolResult::default()
        },
        Some(exit) => ToolResult::exited(exit, &output),
        None => ToolResult {
            output: output.into_owned(),
            ..item_result(payload)
        },
    }
}

fn patch_call(payload: &CodexPayload<'_>) -> ToolCall {
    let effects = read_changes(payload.changes);
    let subject = match effects.first() {
        Some(Effect::File { path, .. }) => path.clone(),
        _ => String::new(),
    };
    ToolCall {
        name: "apply_patch".to_owned(),
        subject,
        effects,
        unknown: false,
    }
}

fn mcp_call(item: &CodexPayload<'_>) -> ToolCall {
    let server = read_text(item.server).unwrap_or_default();
    let tool = read_text(item.tool).unwrap_or_default();
    read_tool_call(
        &format!("mcp__{server}__{tool}"),
        &read_tool_field(item.arguments),
    )
}

/// Returns what the status of an item says.
fn item_result(item: &CodexPayload<'_>) -> ToolResult {
    let ok = match read_text(item.status).as_deref() {
        Some("completed") => Some(true),
        Some("failed" | "declined") => Some(false),
        _ => read_flag(item.success),
    };
    let failed = ok == Some(false);
    let error = read_head(item.error.or(item.stdout), MOST_LOOKED_AT);
    ToolResult {
        ok,
        error: error.filter(|_| failed).unwrap_or_default().into_owned(),
        refused: read_text(item.status).is_some_and(|status| status == "declined"),
        ..ToolResult::default()
    }
}

raw_object! {
    CodexChange: path, kind = "type", named_kind = "kind", move_path,
}

/// Returns what changes do to files: an object from paths to changes, or a list of changes.
fn read_changes(changes: Raw<'_>) -> Vec<Effect> {
    let named: BTreeMap<String, &RawValue> = read_object(changes).unwrap_or_default();
    let named = named.into_iter().map(|(path, raw)| {
        let change = read_object::<CodexChange<'_>>(Some(raw)).unwrap_or_default();
        effect_of_change(path, &change)
    });
    let listed = read_list(changes).into_iter().filter_map(|raw| {
        let change = read_object::<CodexChange<'_>>(Some(raw))?;
        let path = read_text(change.path)?.into_owned();
        Some(effect_of_change(path, &change))
    });
    named.chain(listed).take(500).collect()
}

fn effect_of_change(path: String, change: &CodexChange<'_>) -> Effect {
    // The kind is a name, or an object with one as its type.
    let inner = read_object::<CodexChange<'_>>(change.named_kind).unwrap_or_default();
    let kind = read_text(change.kind.or(change.named_kind)).or_else(|| read_text(inner.kind));
    match read_text(change.move_path.or(inner.move_path)) {
        Some(to) => Effect::File {
            path: to.into_owned(),
            action: IntendedAction::Rename,
            from: Some(path),
        },
        None => Effect::File {
            path,
            action: IntendedAction::from_change_name(&kind.unwrap_or_default()),
            from: None,
        },
    }
}
