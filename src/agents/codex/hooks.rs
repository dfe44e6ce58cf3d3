//! The hooks of Codex CLI: those of Claude Code, with its own tools and its own form of their
//! results, and the older `notify`.
//!
//! Since version 0.171 the response of a command is what it printed, without its status; see
//! [`transcript`](super::transcript). Source: developers.openai.com/codex/hooks.

use super::common_tool_name;
use super::results::read_output;
use crate::agents::hooks::{HookBase, HookEvent, HookWriter, RESPONSE, read_lifecycle_event};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::ToolResult;
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    if base.event.is_none() && base.json.text(&["type"]) == Some("agent-turn-complete") {
        return read_notification(base.json, writer);
    }
    let json = base.json;
    let result = match base.event_key().as_str() {
        "posttooluse" => read_output(json.at(RESPONSE)),
        // It may come to nothing: the next event shows.
        "precompact" => return HookEvent::Compaction,
        "posttoolusefailure" => ToolResult::failure(json.text(&["error"]).unwrap_or_default()),
        key => return read_lifecycle_event(key, base, writer),
    };
    let name = common_tool_name(json.text(&["tool_name"]).unwrap_or_default());
    let input = json.at(&["tool_input"]);
    let result = ToolResult {
        reported_later: json.has(&["transcript_path"]),
        ..result
    };
    writer.add_known_tool(name, input, &result);
    HookEvent::Tool
}

/// The program that is called at the end of a turn, where hooks are not installed.
fn read_notification(json: &Value, writer: &mut HookWriter<'_>) -> HookEvent {
    let messages = json.items(&["input-messages", "input_messages"]);
    for message in messages.iter().filter_map(Value::as_str) {
        writer.add_prompt(message);
    }
    let names = ["last-assistant-message", "last_assistant_message"];
    writer.add_answer(json.text(&names).unwrap_or_default());
    HookEvent::Stop
}
