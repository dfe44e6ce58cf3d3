//! What came of opencode's tools: an output, an error, and `metadata`. The plugin passes on what
//! opencode keeps in its store.

use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{Answered, ToolResult, is_refusal};
use serde_json::Value;

/// Reads the result of a tool. A command without a status says nothing of its success.
pub(super) fn read_result(result: &Value, is_shell: bool) -> ToolResult {
    let metadata = result.at(&["metadata"]);
    let exit = metadata.number(&["exit", "exitCode", "exit_code"]);
    let error = result
        .text(&["error"])
        .or_else(|| metadata.text(&["error"]));
    let output = result.text(&["output"]).unwrap_or_default();
    let ok = match (exit, error) {
        (Some(exit), _) => Some(exit == 0),
        (None, Some(_)) => Some(false),
        (None, None) => (!is_shell).then_some(true),
    };
    let failed = ok == Some(false);
    let error = if failed { error.unwrap_or(output) } else { "" };
    ToolResult {
        ok,
        exit,
        error: without_placeholder(error).to_owned(),
        output: output.to_owned(),
        refused: failed && exit.is_none() && is_refusal(error),
        created: metadata.flag(&["exists"]).map(|existed| !existed),
        answers: read_answers(metadata.items(&["answers"])),
        ..ToolResult::default()
    }
}

/// What opencode writes where a command printed nothing.
fn without_placeholder(output: &str) -> &str {
    match output.trim() {
        "(no output)" => "",
        output => output,
    }
}

/// Returns the answers, in the order of the questions.
fn read_answers(answers: &[Value]) -> Vec<Answered> {
    let labels = |answer: &Value| match answer.as_array() {
        Some(labels) => labels
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        None => answer.as_str().map(str::to_owned).into_iter().collect(),
    };
    let answered = |answer| Answered {
        question: String::new(),
        labels: labels(answer),
    };
    answers.iter().map(answered).collect()
}
