//! The hooks that report tools, in the form that most agents have taken over from Claude Code.

use super::base::HookBase;
use super::call::HookEvent;
use super::lifecycle::read_lifecycle_event;
use super::writer::HookWriter;
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolResult, is_interruption, is_refusal, read_leading_number};
use serde_json::Value;

/// Where the response of a tool stands.
pub(crate) const RESPONSE: &[&str] = &["tool_response", "tool_result", "tool_output"];

/// Reads a call: `result` returns the outcome of a tool, if the event is about one.
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

/// Reads the error of a tool that failed; for commands its first line is `Exit code 1`. What the
/// program itself turned down is marked: `<tool_use_error>`.
pub(crate) fn read_error(error: &str) -> ToolResult {
    let error = error.trim().trim_start_matches("Error: ");
    let (first, rest) = error.split_once('\n').unwrap_or((error, ""));
    let status = first.trim().strip_prefix("Exit code");
    let exit = status.and_then(read_leading_number);
    ToolResult {
        ok: Some(false),
        exit,
        error: if exit.is_some() { rest } else { error }.to_owned(),
        refused: exit.is_none() && is_refusal(error),
        interrupted: is_interruption(error),
        invalid: error.starts_with("<tool_use_error>"),
        ..ToolResult::default()
    }
}
