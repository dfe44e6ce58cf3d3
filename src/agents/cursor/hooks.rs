//! The hooks of Cursor, whose events come twice: `postToolUse` for every tool, and one for each
//! sort of it (`afterShellExecution`, `afterFileEdit`). Only the former is counted as the use of a
//! tool; of the latter a command counts only if it holds its outcome, which the former may not.
//!
//! Source: ponytail's `docs/cursor-hooks.md` (client 3.20) and cursor.com/docs/hooks.

use super::results::read_response;
use crate::agents::hooks::{
    HookBase, HookEvent, HookWriter, read_denial, read_failure, read_tool_hook,
};
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{ToolKind, ToolResult, read_path, tool_kind};
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let (key, json) = (base.event_key(), base.json);
    let path = || read_path(json).unwrap_or_default();
    match key.as_str() {
        // Without a status it adds nothing to `postToolUse`.
        "aftershellexecution" => {
            if let Some(exit) = json.number(&["exit_code", "exitCode"]) {
                let command = json.text(&["command"]).unwrap_or_default();
                let output = json.text(&["output"]).unwrap_or_default();
                writer.add_command(command, &ToolResult::exited(exit, output));
            }
        }
        "afterfileedit" => writer.add_file(path(), read_edit_action(json)),
        "beforereadfile" => writer.add_file(path(), FileAction::Read),
        key => return read_tool_hook(base, writer, |json| read_tool_result(key, json)),
    }
    HookEvent::Tool
}

fn read_tool_result(key: &str, json: &Value) -> Option<ToolResult> {
    match key {
        "posttooluse" => {
            let response = json.at(&["tool_output", "tool_response", "result_json"]);
            let name = json.text(&["tool_name"]).unwrap_or_default();
            let is_shell = tool_kind(name, json.at(&["tool_input"])) == ToolKind::Shell;
            Some(read_response(response, is_shell))
        }
        "posttoolusefailure" => Some(ToolResult {
            refused: json.text(&["failure_type"]) == Some("permission_denied"),
            ..read_failure(json)
        }),
        "permissiondenied" => Some(read_denial(json)),
        _ => None,
    }
}

/// A file whose only edit replaces nothing is new.
fn read_edit_action(json: &Value) -> FileAction {
    match json.items(&["edits"]) {
        [edit] if edit.get("old_string").and_then(Value::as_str) == Some("") => FileAction::Created,
        _ => FileAction::Modified,
    }
}
