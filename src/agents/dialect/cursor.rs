//! Cursor, whose events come twice: `postToolUse` for every tool, and one for each sort of it
//! (`afterShellExecution`, `afterFileEdit`). Only the former is counted as the use of a tool; a
//! command whose outcome is not said may follow, or come before, the same command with one.
//!
//! Source: ponytail's `docs/cursor-hooks.md` (client 3.20) and cursor.com/docs/hooks.

use super::HookEvent;
use super::base::Base;
use super::claude;
use super::lifecycle;
use super::sink::Sink;
use super::tools::{Outcome, path};
use super::wire::{Fields as _, within};
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let (key, json) = (base.event_key(), base.json);
    match key.as_str() {
        "posttooluse" => {
            let response = json.at(&["tool_output", "tool_response", "result_json"]);
            let parsed = response.as_str().and_then(within);
            claude::tool(json, outcome(parsed.as_ref().unwrap_or(response)), sink);
        }
        "posttoolusefailure" => claude::tool(json, failure(json), sink),
        "permissiondenied" => return claude::read(base, sink),
        "aftershellexecution" => {
            let exit = json.number(&["exit_code", "exitCode"]);
            let command = json.text(&["command"]).unwrap_or_default();
            sink.command(command, exit.map(|exit| exit == 0), exit, "");
        }
        "afterfileedit" => sink.file(path(json).unwrap_or_default(), edit(json)),
        "beforereadfile" => sink.file(path(json).unwrap_or_default(), FileAction::Read),
        key => return lifecycle::read(key, base, sink),
    }
    HookEvent::Tool
}

fn outcome(response: &Value) -> Outcome<'_> {
    let exit = response.number(&["exitCode", "exit_code"]);
    let failed = response.flag(&["isError", "is_error"]).unwrap_or(false);
    let output = response.text(&["output", "stdout"]).unwrap_or_default();
    let ok = exit.map_or(!failed, |exit| exit == 0);
    Outcome {
        ok: (exit.is_some() || response.is_object()).then_some(ok),
        exit,
        error: if ok {
            ""
        } else {
            response.text(&["error", "stderr"]).unwrap_or(output)
        },
        output,
        ..Outcome::default()
    }
}

fn failure(json: &Value) -> Outcome<'_> {
    Outcome {
        refused: json.text(&["failure_type"]) == Some("permission_denied"),
        ..claude::failure(json)
    }
}

/// A file whose only edit replaces nothing is new.
fn edit(json: &Value) -> FileAction {
    match json.items(&["edits"]) {
        [edit] if edit.get("old_string").and_then(Value::as_str) == Some("") => FileAction::Created,
        _ => FileAction::Modified,
    }
}
