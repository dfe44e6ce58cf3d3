//! The hooks of GitHub Copilot CLI. Its payloads in camel case do not name their event: the
//! configuration does, and without it the fields decide. Under the names of Claude Code's events it
//! sends those fields instead.
//!
//! Source: docs.github.com, cli-hooks-reference, and what versions 1.0.91 and 1.0.102 send.

use super::results::read_result;
use crate::agents::hooks::{
    HookBase, HookEvent, HookWriter, read_denial, read_failure, read_lifecycle_event,
};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolKind, ToolResult, tool_kind};
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let json = base.json;
    let key = match base.event {
        Some(_) => base.event_key(),
        None => event_of_fields(json).to_owned(),
    };
    let response = json.at(&["toolResult", "tool_result", "tool_response"]);
    let name = json.text(&["toolName", "tool_name"]).unwrap_or_default();
    let input = json.at(&["toolArgs", "toolInput", "tool_input"]);
    let is_shell = tool_kind(name, input) == ToolKind::Shell;
    let result: ToolResult = match key.as_str() {
        "posttooluse" => read_result(response, is_shell),
        "posttoolusefailure" => read_failure(json),
        "permissiondenied" => read_denial(json),
        key => return read_lifecycle_event(key, base, writer),
    };
    // Tools of MCP servers have names like any other, so that none is unknown.
    writer.add_tool(name, input, &result);
    HookEvent::Tool
}

/// Returns the event that sends these fields.
fn event_of_fields(json: &Value) -> &'static str {
    let tool = json.has(&["toolName", "tool_name"]);
    let result = json.has(&["toolResult", "tool_result", "tool_response"]);
    if tool && result {
        "posttooluse"
    } else if tool && json.has(&["error"]) {
        "posttoolusefailure"
    } else if tool {
        "pretooluse"
    } else if json.has(&["prompt"]) {
        "userpromptsubmitted"
    } else if json.has(&["stopReason", "stop_reason"]) {
        "agentstop"
    } else if json.has(&["agentName", "agentId"]) {
        "subagentstop"
    } else if json.has(&["trigger", "customInstructions"]) {
        "precompact"
    } else if json.has(&["error"]) {
        "erroroccurred"
    } else if json.has(&["source", "initialPrompt"]) {
        "sessionstart"
    } else if json.has(&["reason"]) {
        "sessionend"
    } else if json.has(&["message", "notification_type"]) {
        "notification"
    } else {
        ""
    }
}
