//! The results of Claude Code's tools. Hooks are sent what the transcript keeps beside the text for
//! the model (`toolUseResult`); errors are the same text in both.

use crate::agents::hooks::read_error;
use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{
    Effect, GitOperation, IntendedAction, ToolResult, number_of_background, read_answers,
    read_leading_number,
};
use serde_json::Value;

/// Reads the response of a tool that succeeded.
pub(crate) fn read_response(response: &Value) -> ToolResult {
    let first = response.as_array().and_then(|blocks| blocks.first());
    let text = response.as_str().or_else(|| first?.text(&["text"]));
    if let Some(text) = text.filter(|text| is_error_text(text)) {
        return read_error(text);
    }
    let own = response.number(&["exit_code", "exitCode"]);
    let failed = response.flag(&["is_error", "isError"]) == Some(true);
    // A status such as that of `grep` without a match, which the agent does not take for failure.
    let explained = response.has(&["returnCodeInterpretation"]);
    let running = response.has(&["backgroundTaskId", "timedOutAfterMs"]);
    let failed = failed || (own.is_some_and(|exit| exit != 0) && !explained);
    let output = response.text(&["stdout", "output"]).or(response.as_str());
    let output = output.or_else(|| response.at(&["task"]).text(&["output"]));
    let error = response.text(&["error", "stderr"]).unwrap_or_default();
    let task = response.at(&["task"]);
    // The report on a command that ran in the background.
    let exit = own.or_else(|| task.number(&["exitCode", "exit_code"]));
    let background = response.text(&["backgroundTaskId"]);
    let old = response.items(&["oldTodos"]).iter();
    ToolResult {
        ok: (!running).then_some(!failed),
        exit,
        error: if failed { error } else { "" }.to_owned(),
        output: output.unwrap_or_default().to_owned(),
        interrupted: response.flag(&["interrupted"]) == Some(true),
        created: read_created(response),
        git: GitOperation::read(response.at(&["gitOperation"])),
        files: read_bash_edit_diff(response.at(&["bashEditDiff"])),
        answers: read_answers(response.at(&["answers"])),
        plan: response.text(&["plan"]).map(str::to_owned),
        step_id: task.text(&["id"]).map(str::to_owned),
        step: task.text(&["subject", "content"]).map(str::to_owned),
        earlier_steps: old.filter_map(read_finished_todo).collect(),
        running: background.map(number_of_background),
        ..ToolResult::default()
    }
}

fn read_finished_todo(step: &Value) -> Option<String> {
    let done = step.text(&["status"]) == Some("completed");
    step.text(&["content"]).filter(|_| done).map(str::to_owned)
}

fn read_created(response: &Value) -> Option<bool> {
    match response.text(&["type"]) {
        Some("create") => Some(true),
        Some("update") => Some(false),
        _ => {
            let is_new = response.get("originalFile").is_some_and(Value::is_null);
            is_new.then_some(true)
        }
    }
}

/// Whether a text is that of an error, where it stands in place of a response.
fn is_error_text(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix("Error: ").unwrap_or(text);
    let status = text.strip_prefix("Exit code ");
    text.starts_with("<tool_use_error>")
        || status.is_some_and(|status| !matches!(read_leading_number(status), None | Some(0)))
}

/// Files that a command changed, as the agent saw it (since version 2.1.269).
fn read_bash_edit_diff(diff: &Value) -> Vec<Effect> {
    let path = |file: &Value| {
        let path = file.text(&["filePath", "file_path", "path"]);
        path.or(file.as_str()).map(str::to_owned)
    };
    let mut found: Vec<(String, IntendedAction)> = Vec::new();
    for file in diff.items(&["files"]) {
        let Some(path) = path(file) else { continue };
        let is = |name: &str| file.flag(&[name]) == Some(true);
        let action = match (is("deleted"), is("created")) {
            (true, _) => IntendedAction::Delete,
            (false, true) => IntendedAction::Create,
            (false, false) => IntendedAction::Modify,
        };
        found.push((path, action));
    }
    for path in diff.items(&["changedFiles"]).iter().filter_map(path) {
        if !found.iter().any(|(known, _)| *known == path) {
            found.push((path, IntendedAction::Modify));
        }
    }
    let effect = |(path, action)| Effect::File {
        path,
        action,
        from: None,
    };
    found.into_iter().map(effect).collect()
}
