//! The results of opencode's tools: an output, an error, and `metadata`. The plugin passes on what
//! opencode keeps in its store.

use crate::agents::json::JsonFields as _;
use crate::agents::tool_effect::{Answered, ToolResult, is_interruption, is_refusal};
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
        interrupted: metadata.flag(&["interrupted"]) == Some(true)
            || (exit.is_none() && says_aborted(result, output)),
        created: metadata.flag(&["exists"]).map(|existed| !existed),
        answers: read_answers(metadata.items(&["answers"])),
        ..ToolResult::default()
    }
}

/// Returns whether the user stopped the tool, as the error says, or what stands behind the output of
/// a command.
fn says_aborted(result: &Value, output: &str) -> bool {
    let behind = output
        .rsplit_once("<bash_metadata>")
        .map(|(_, behind)| behind);
    let error = result.text(&["error"]);
    error.or(behind).is_some_and(is_interruption)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_user_stopped_did_not_fail() {
        for (result, interrupted) in [
            (json!({"error": "Tool execution aborted"}), true),
            (
                json!({"error": "x", "metadata": {"interrupted": true}}),
                true,
            ),
            (
                json!({"output": "x\n<bash_metadata>\nUser aborted the command\n</bash_metadata>"}),
                true,
            ),
            (
                json!({"output": "Tool execution aborted", "metadata": {"exit": 1}}),
                false,
            ),
            (json!({"error": "oldString not found"}), false),
        ] {
            assert_eq!(
                read_result(&result, true).interrupted,
                interrupted,
                "{result}"
            );
        }
    }
}
