//! The hooks of Claude Code, which others have taken over in large part.
//!
//! Source: `docs/hooks.md` and `docs/agent-sdk__typescript.md` of Claude Code, August 2026, and
//! what version 2.1.332 sends.

use super::results::{read_error, read_response};
use crate::agents::hooks::{HookBase, HookEvent, HookWriter, read_lifecycle_event};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::ToolResult;
use serde_json::Value;

/// Where the response of a tool stands.
pub(crate) const RESPONSE: &[&str] = &["tool_response", "tool_result", "tool_output"];

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let result = |json: &Value| match base.event_key().as_str() {
        "posttooluse" => Some(read_response(json.at(RESPONSE))),
        "posttoolusefailure" => Some(read_failure(json)),
        "permissiondenied" => Some(read_denial(json)),
        _ => None,
    };
    if base.event_key() == "precompact" {
        // It may come to nothing: the next event shows.
        return HookEvent::Compaction;
    }
    read_tool_hook(base, writer, result)
}

/// Reads a call in the form of Claude Code: `result` holds the outcome of a tool, if the event is
/// about one.
pub(crate) fn read_tool_hook(
    base: &HookBase<'_>,
    writer: &mut HookWriter<'_>,
    result: impl FnOnce(&Value) -> Option<ToolResult>,
) -> HookEvent {
    let json = base.json;
    let Some(result) = result(json) else {
        return read_lifecycle_event(&base.event_key(), base, writer);
    };
    let name = json.text(&["tool_name"]).unwrap_or_default();
    writer.add_known_tool(name, json.at(&["tool_input"]), &result);
    HookEvent::Tool
}

/// Reads the event of a tool that failed.
pub(crate) fn read_failure(json: &Value) -> ToolResult {
    let error = json.text(&["error", "error_message"]);
    let error = error.or_else(|| json.at(&["error"]).text(&["message"]));
    let result = read_error(error.unwrap_or_default());
    ToolResult {
        exit: result.exit.or_else(|| json.number(&["exit_code"])),
        interrupted: result.interrupted || json.flag(&["is_interrupt"]) == Some(true),
        ..result
    }
}

/// Reads the event of a tool that was refused.
pub(crate) fn read_denial(json: &Value) -> ToolResult {
    let reason = json.text(&["reason", "error"]);
    ToolResult::refusal(reason.unwrap_or("permission denied"))
}
