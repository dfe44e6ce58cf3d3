//! Claude Code, whose hooks others have taken over in large part.
//!
//! Source: `docs/hooks.md` and `docs/agent-sdk__typescript.md` of Claude Code, August 2026.

use super::HookEvent;
use super::base::Base;
use super::lifecycle;
use super::shell::leading_number;
use super::sink::Sink;
use super::tools::{Outcome, Use, used};
use super::wire::Fields as _;
use crate::model::FileAction;
use serde_json::Value;

pub(super) fn read(base: &Base<'_>, sink: &mut Sink<'_>) -> HookEvent {
    let key = base.event_key();
    match key.as_str() {
        "posttooluse" => {
            let response = base.json.at(RESPONSE);
            tool(base.json, outcome(response), sink);
            files_changed_by_shell(response, sink);
            HookEvent::Tool
        }
        "posttoolusefailure" => {
            tool(base.json, failure(base.json), sink);
            HookEvent::Tool
        }
        "permissiondenied" => {
            tool(base.json, refusal(base.json), sink);
            HookEvent::Tool
        }
        key => lifecycle::read(key, base, sink),
    }
}

/// Where the response of a tool stands.
pub(super) const RESPONSE: &[&str] = &["tool_response", "tool_result", "tool_output"];

/// Reads the use of a tool that came to `outcome`.
pub(super) fn tool(json: &Value, outcome: Outcome<'_>, sink: &mut Sink<'_>) {
    let name = json.text(&["tool_name"]).unwrap_or_default();
    let known = used(
        &Use {
            name,
            input: json.at(&["tool_input"]),
            response: json.at(RESPONSE),
            outcome,
        },
        sink,
    );
    if !known {
        sink.unknown_tool(name);
    }
}

/// Reads the response of a tool that succeeded, since the event comes only then.
fn outcome(response: &Value) -> Outcome<'_> {
    let exit = response.number(&["exit_code", "exitCode"]);
    let failed = response.flag(&["is_error", "isError"]) == Some(true);
    // A status such as that of `grep` without a match, which the agent does not take for failure.
    let explained = response.has(&["returnCodeInterpretation"]);
    let running = response.has(&["backgroundTaskId", "timedOutAfterMs"]);
    let failed = failed || (exit.is_some_and(|exit| exit != 0) && !explained);
    let fresh = response.get("originalFile").is_some_and(Value::is_null);
    Outcome {
        ok: (!running).then_some(!failed),
        exit,
        error: if failed {
            response.text(&["error", "stderr"]).unwrap_or_default()
        } else {
            ""
        },
        interrupted: response.flag(&["interrupted"]) == Some(true),
        output: response
            .text(&["stdout", "output"])
            .or(response.as_str())
            .unwrap_or_default(),
        created: match response.text(&["type"]) {
            Some("create") => Some(true),
            Some("update") => Some(false),
            _ => fresh.then_some(true),
        },
        ..Outcome::default()
    }
}

/// Reads the error of a tool that failed; for commands its first line is `Exit code 1`.
pub(super) fn failure(json: &Value) -> Outcome<'_> {
    let error = json.text(&["error", "error_message"]);
    let error = error
        .or_else(|| json.at(&["error"]).text(&["message"]))
        .unwrap_or_default();
    let (first, rest) = error.split_once('\n').unwrap_or((error, ""));
    let status = first.trim().strip_prefix("Exit code");
    let exit = status.and_then(leading_number);
    Outcome {
        ok: Some(false),
        exit: exit.or_else(|| json.number(&["exit_code"])),
        error: match exit {
            Some(_) => rest,
            None => error,
        },
        interrupted: json.flag(&["is_interrupt"]) == Some(true),
        ..Outcome::default()
    }
}

fn refusal(json: &Value) -> Outcome<'_> {
    Outcome {
        ok: Some(false),
        error: json
            .text(&["reason", "error"])
            .unwrap_or("permission denied"),
        refused: true,
        ..Outcome::default()
    }
}

/// Files that a command changed, as the agent saw it (since version 2.1.269).
fn files_changed_by_shell(response: &Value, sink: &mut Sink<'_>) {
    let diff = response.at(&["bashEditDiff"]);
    let path = |file: &Value| -> Option<String> {
        let path = file
            .text(&["filePath", "file_path", "path"])
            .or(file.as_str());
        path.map(str::to_owned)
    };
    let mut told = Vec::new();
    for file in diff.items(&["files"]) {
        let Some(path) = path(file) else { continue };
        let is = |name: &str| file.flag(&[name]) == Some(true);
        let action = match (is("deleted"), is("created")) {
            (true, _) => FileAction::Deleted,
            (false, true) => FileAction::Created,
            (false, false) => FileAction::Modified,
        };
        sink.file(&path, action);
        told.push(path);
    }
    for path in diff.items(&["changedFiles"]).iter().filter_map(path) {
        if !told.contains(&path) {
            sink.file(&path, FileAction::Modified);
        }
    }
}
